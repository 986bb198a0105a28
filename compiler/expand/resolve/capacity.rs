//! The plan of growth, with what it has to fit into: disk, memory, settings, bounds.

use super::{context::Context, monitoring};
use crate::{
    diagnostic::Diagnostic,
    expand::read::capacity::{CapacitySpec, FigureSpec},
    model::{
        Backup, Kept, Model, Origin, Service,
        capacity::{Capacity, Figure, Limit},
    },
    values::{Decimal, Name},
};

/// The model with its plan.
pub fn planned(mut model: Model, context: &Context) -> Model {
    let Some(stated) = &context.spec.capacity else { return model };
    if !columns(context, stated) {
        return model;
    }
    let mut figures: Vec<Figure> =
        stated.figures.iter().filter_map(|one| figure(&model, context, stated, one)).collect();
    if let Some(limit) = disk(&model, stated, &figures)
        && let Some(last) = figures.iter_mut().rfind(|figure| figure.bytes)
    {
        last.limits.push(limit);
    }
    model.capacity = Some(Capacity {
        start: stated.start.value,
        months: stated.months.iter().map(|month| month.value.get()).collect(),
        figures,
    });
    model
}

/// Whether there are columns, in their order.
fn columns(context: &Context, stated: &CapacitySpec) -> bool {
    let ascending = stated.months.windows(2).all(|pair| pair[0].value < pair[1].value);
    if stated.months.len() < 2 || !ascending {
        context.sink.report(
            Diagnostic::error("capacity-columns", "a plan needs at least two months, in their order")
                .at(stated.months.last().map_or(stated.span, |month| month.span), "the columns of the table")
                .help("write for example `months 0 6 12`"),
        );
        return false;
    }
    true
}

fn figure(model: &Model, context: &Context, plan: &CapacitySpec, stated: &FigureSpec) -> Option<Figure> {
    let bytes = !stated.sizes.is_empty();
    let values: Vec<Decimal> = if bytes {
        stated
            .sizes
            .iter()
            .map(|one| Decimal::millionths(i128::from(one.value.bytes()) * 1_000_000))
            .collect()
    } else {
        stated.counts.iter().map(|one| one.value).collect()
    };
    if values.len() != plan.months.len() || (bytes && !stated.counts.is_empty()) {
        context.sink.report(
            Diagnostic::error("capacity-columns", "a figure has one value for each of the months")
                .at(stated.span, format!("{} values", values.len()))
                .at(plan.months[0].span, format!("{} months", plan.months.len()))
                .help(
                    "write `count 1 2 3` or `size \"1GiB\" \"2GiB\" \"3GiB\"`, as many as there are `months`",
                ),
        );
        return None;
    }
    let service = match &stated.of {
        Some(name) => match model.service(&name.value) {
            Some(service) => Some(service),
            None => {
                context.sink.report(
                    Diagnostic::error("unknown-service", format!("there is no service `{}`", name.value))
                        .at(name.span, "named here")
                        .help("name a service of the system"),
                );
                return None;
            }
        },
        None => None,
    };
    let name = stated
        .about
        .as_ref()
        .map_or(stated.name.value.to_string(), |about| about.get(context.language).to_owned());
    let limits = [
        bound(model, context, stated, &values),
        setting(context, stated, service, &values),
        memory(model, stated, service, &values),
    ];
    Some(Figure {
        name,
        bytes,
        limits: limits.into_iter().flatten().collect(),
        values,
        origin: Origin::Stated(stated.span),
    })
}

/// The critical bound of a watch.
fn bound(model: &Model, context: &Context, stated: &FigureSpec, values: &[Decimal]) -> Option<Limit> {
    let name = stated.watch.as_ref()?;
    let watches = context.spec.monitor.iter().flat_map(|monitor| &monitor.watches);
    let Some(watch) = watches.into_iter().find(|watch| watch.name.value == name.value) else {
        context.sink.report(
            Diagnostic::error("unknown-measure", format!("there is no `watch` of the name `{}`", name.value))
                .at(name.span, "named here")
                .help("name a `watch` of `monitor`"),
        );
        return None;
    };
    let bound =
        watch.critical.as_ref().or(watch.warn.as_ref()).filter(|bound| bound.value.operator().is_upward())?;
    let title = monitoring::title(model, watch, context);
    Some(Limit {
        what: model.language.pick(format!("bound of {title}"), format!("{title} 임계값")),
        used: values.to_vec(),
        most: bound.value.edge(),
        bytes: false,
        alert: monitoring::of_watch(model, watch),
        origin: Origin::Stated(bound.span),
    })
}

/// A setting of the service.
fn setting(
    context: &Context,
    stated: &FigureSpec,
    service: Option<&Service>,
    values: &[Decimal],
) -> Option<Limit> {
    let name = stated.setting.as_ref()?;
    let found = service.and_then(|service| {
        let setting = service.settings.iter().find(|one| one.name == name.value.as_str())?;
        let most = crate::values::Value::parse(&setting.value).ok()?;
        Some((service, most))
    });
    let Some((service, most)) = found else {
        context.sink.report(
            Diagnostic::error("unknown-property", format!("no service `of` has a number as its setting `{}`", name.value))
                .at(name.span, "nothing limits it so")
                .help("state the setting in the service, and the service here: `of=\"postgres\" setting=\"max-connections\"`"),
        );
        return None;
    };
    Some(Limit {
        what: format!("{} {}", service.name, name.value),
        used: values.to_vec(),
        most,
        bytes: false,
        alert: monitoring::of_setting(&service.name, name.value.as_str()),
        origin: service.origin.clone(),
    })
}

/// The memory of the host, of which every container reserves its part.
fn memory(
    model: &Model,
    stated: &FigureSpec,
    service: Option<&Service>,
    values: &[Decimal],
) -> Option<Limit> {
    let (service, memory) = (service.filter(|_| stated.replicas)?, model.host.memory?);
    let each = service.reservations.memory.as_ref().or(service.limits.memory.as_ref())?.value;
    let reserved = |one: &Service| {
        let each = one.reservations.memory.as_ref().map_or(0, |size| size.value.bytes());
        i128::from(each) * i128::from(one.replicas.get())
    };
    let others: i128 = model.services.iter().filter(|one| one.name != service.name).map(reserved).sum();
    let used = values
        .iter()
        .map(|n| Decimal::millionths(n.as_millionths() * i128::from(each.bytes()) + others * 1_000_000))
        .collect();
    Some(Limit {
        what: model
            .language
            .pick(format!("memory of {}", model.host.name), format!("{} 메모리", model.host.name)),
        used,
        most: Decimal::millionths(i128::from(memory.bytes()) * 1_000_000),
        bytes: true,
        alert: monitoring::of_memory(None),
        origin: model.host.origin.clone(),
    })
}

/// The disk of the host, on which all data lies, each with the backups that are kept beside it.
fn disk(model: &Model, plan: &CapacitySpec, figures: &[Figure]) -> Option<Limit> {
    let disk = model.host.disk?;
    let mut used = vec![0i128; plan.months.len()];
    let stated =
        plan.figures.iter().filter(|one| !one.sizes.is_empty() && one.sizes.len() == plan.months.len());
    for (spec, figure) in stated.zip(figures.iter().filter(|figure| figure.bytes)) {
        let copies = spec.of.as_ref().map_or(0, |of| copies(model, &of.value));
        for (column, value) in figure.values.iter().enumerate() {
            used[column] += value.as_millionths() * (1 + i128::from(copies));
        }
    }
    Some(Limit {
        what: model.language.pick(
            format!("disk of {}, backups included", model.host.name),
            format!("{} 디스크 (백업 포함)", model.host.name),
        ),
        used: used.into_iter().map(Decimal::millionths).collect(),
        most: Decimal::millionths(i128::from(disk.bytes()) * 1_000_000),
        bytes: true,
        alert: monitoring::DISK.to_owned(),
        origin: model.host.origin.clone(),
    })
}

/// How many backups of the service lie on the host, each taken to be as large as the data.
fn copies(model: &Model, of: &Name) -> u64 {
    let of_it = |backup: &&Backup| match &backup.kept {
        Kept::Data(dump) => dump.service == *of,
        Kept::Files(files) => files.users.contains(of),
        Kept::Objects(_) => false,
    };
    // Of snapshots only the first takes the room of the data; what changes between them nothing here tells.
    let kept = |backup: &Backup| match backup.is_incremental() {
        true => 1,
        false => backup.keep.copies(backup.schedule.period()) + 1,
    };
    model.backups.iter().filter(of_it).map(kept).sum()
}
