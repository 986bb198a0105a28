//! How the logs are rotated that services write.

use super::{context::Context, log_schema, place};
use crate::{
    expand::read::{
        rotation::{HostLogSpec, Rotation},
        service::{LogSpec, ServiceSpec},
    },
    model::{Host, Log, LogReport, Origin, Services},
    source::Span,
};

/// The folder of the host in which the logs of a container are.
pub fn folder(context: &Context, spec: &ServiceSpec) -> String {
    format!("/var/log/{}/{}", context.spec.name.value, spec.name.value)
}

/// The rotation rules of all log files that these services write.
pub fn logs(context: &Context, services: &Services) -> Vec<Log> {
    let mut logs = Vec::new();
    for spec in context.specs {
        let Some(service) = services.named(&spec.name.value) else { continue };
        let unit = service.unit();
        for log in &spec.logs {
            let mut rule = rule(context, spec, log);
            if let Some(unit) = unit {
                let owner = format!("{} {}", unit.user, unit.group);
                rule.pattern = log.path.value.to_string();
                rule.reload = unit.reload.map(|_| unit.name.clone());
                rule.copytruncate &= rule.reload.is_none();
                rule.create = (!rule.copytruncate).then(|| format!("{} {owner}", log.mode.value));
                rule.owner.get_or_insert(owner);
                rule.writer = Some(spec.name.value.clone());
            }
            rule.schema = log_schema::schema(context.sink, spec, log, &rule.pattern);
            logs.push(rule);
        }
    }
    logs
}

fn rule(context: &Context, spec: &ServiceSpec, log: &LogSpec) -> Log {
    let reports = log.reports.iter().map(|report| LogReport {
        text: report.text.value.to_string(),
        by: report.by.as_ref().map(|field| field.value.to_string()),
        about: report
            .about
            .as_ref()
            .map_or(report.text.value.as_str(), |about| about.get(context.language))
            .to_owned(),
    });
    let pattern = format!("{}/{}", folder(context, spec), log.path.value.file_name());
    Log { reports: reports.collect(), ..rotated(pattern, &log.rotation, log.span) }
}

/// The rotation rules of files of this host that none of the services writes.
pub fn of_host(context: &Context, host: &Host) -> Vec<Log> {
    let here = context.spec.logs.iter().filter(|log| place::is_on(host, &log.on));
    let rule = |log: &HostLogSpec| Log {
        create: log.create.as_ref().map(|owner| format!("{} {}", log.mode.value, owner.value)),
        ..rotated(log.path.value.to_string(), &log.rotation, log.span)
    };
    here.map(rule).collect()
}

fn rotated(pattern: String, rotation: &Rotation, span: Span) -> Log {
    Log {
        pattern,
        rhythm: rotation.rhythm.as_str(),
        keep: rotation.keep.value.get(),
        copytruncate: !rotation.reopens && rotation.after.is_empty(),
        max_size: rotation.max_size.as_ref().map(|size| size.value),
        create: None,
        owner: rotation.su.as_ref().map(|su| su.value.to_string()),
        writer: None,
        reload: None,
        dateext: rotation.dateext,
        after: rotation.after.iter().map(|text| text.value.clone()).collect(),
        raw: rotation.raw.clone(),
        schema: None,
        reports: Vec::new(),
        origin: Origin::Stated(span),
    }
}
