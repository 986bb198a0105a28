//! Alerts on the trend of a system with a plan of growth: what by its own pace is used up within a month, ahead of the day
//! on which it is, and whatever the plan expected.

use super::{Input, measure::Measure, proof::series, subject::Subject, used, watch::Watch, watch::watched};
use crate::{
    expand::{
        kind::{self, Form},
        read::{
            capacity::{CapacitySpec, FigureSpec},
            monitor::WatchSpec,
        },
    },
    model::{Alert, AlertTest, Message, Model, Origin, Series, Severity},
    values::{Decimal, Duration, Labels, Name, Value as _, camel},
};

/// The alert on disks, with which backups are on them.
pub const DISK: &str = "HostDiskFillsIn30Days";

/// What is no disk.
const NO_DISK: &str = "fstype!~\"tmpfs|overlay|squashfs\"";

/// What grows on disks has few ups and downs: the pace of a week tells. What people make busy has those of the day and of
/// the weekend, and is compared week by week, by the hours that are busier than 95 % of them.
const WEEK: Duration = Duration::from_days(7);

/// The alert on what a watch bounds.
pub fn of_watch(model: &Model, watch: &WatchSpec) -> String {
    let service = watch.of.as_ref().filter(|of| model.service(&of.value).is_some());
    named(service.map(|of| &of.value), &watch.name.value.camel())
}

/// The alert on what a setting of the service limits.
pub fn of_setting(service: &Name, setting: &str) -> String {
    named(Some(service), &camel(setting))
}

/// The alert on the memory of the service, or of the host.
pub fn of_memory(service: Option<&Name>) -> String {
    named(service, "Memory")
}

fn named(service: Option<&Name>, what: &str) -> String {
    let prefix = service.map_or_else(|| "Host".to_owned(), Name::camel);
    format!("{prefix}{what}RunsOutIn4Weeks")
}

/// The alerts; none without a plan, of what nothing measures, or when samples are not kept for as long as it takes.
pub fn alerts(input: &Input, watches: &[Watch]) -> Vec<Alert> {
    let Some(plan) = &input.context.spec.capacity else { return Vec::new() };
    let mut alerts: Vec<Alert> = disk(input, plan).into_iter().collect();
    if input.monitor.retention.value >= Duration::from_days(15) {
        for figure in &plan.figures {
            let growing = [
                bound(input, figure, watches),
                setting(input, figure),
                host_memory(input, figure),
                service_memory(input, figure),
            ];
            alerts.extend(growing.into_iter().flatten().filter_map(|growing| growing.alert(input, plan)));
        }
    }
    // Several figures may end at the same.
    alerts.sort_by(|a, b| a.name.cmp(&b.name));
    alerts.dedup_by(|a, b| a.name == b.name && a.expr == b.expr);
    alerts
}

/// Disks that at the pace of a week are full in a month.
fn disk(input: &Input, plan: &CapacitySpec) -> Option<Alert> {
    input.host_exporter()?;
    if input.monitor.retention.value < WEEK {
        return None;
    }
    let subject = Subject::Host(input.model.host.name.clone());
    let month = Duration::from_days(30).whole_seconds();
    let free = |values: &str| {
        let disk = [("fstype", "ext4"), ("mountpoint", "/")];
        let mut labels: Labels = disk.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        labels.extend(subject.labels());
        vec![Series { series: series("node_filesystem_avail_bytes", &labels), values: values.to_owned() }]
    };
    let pick = |english: &str, korean: &str| input.pick(english.to_owned(), korean.to_owned());
    Some(Alert {
        name: DISK.to_owned(),
        from: vec!["capacity".to_owned()],
        group: subject.group(),
        // What the first days write, images and dumps, is no pace: a week has to be known.
        expr: format!(
            "min(predict_linear({disks}[{week}], {month}) and {disks} offset {week}) < 0",
            disks = format_args!("node_filesystem_avail_bytes{{{NO_DISK},{}}}", subject.matcher()),
            week = WEEK.prometheus()
        ),
        hold: Duration::from_hours(1),
        severity: Severity::Warning,
        labels: subject.labels(),
        summary: Message::from(format!(
            "{}: {}",
            subject.name(),
            pick("a disk will be full within 30 days", "디스크가 30일 안에 가득 참")
        )),
        description: Message::from(pick(
            "At the pace of the last week no space is left in 30 days: compare the capacity plan.",
            "지난 한 주의 속도라면 30일 뒤 남는 공간이 없습니다. 용량 계획과 비교하십시오.",
        )),
        steps: vec![
            "df -h".to_owned(),
            "docker system df".to_owned(),
            "docker system df --verbose".to_owned(),
        ],
        test: AlertTest {
            interval: Duration::from_hours(1),
            at: Duration::from_days(8),
            // 400 GB are left of a terabyte, and 72 go each day; or 1 goes.
            fires: free("1000000000000-3000000000x200"),
            also: Vec::new(),
            silent: free("1000000000000-41000000x200"),
            still: Vec::new(),
            labels: Labels::new(),
            value: None,
        },
        bound: None,
        origin: Origin::Derived { because: "growth is planned".to_owned(), from: plan.span },
    })
}

/// What grows until it ends.
struct Growing {
    name: String,
    measure: Measure,
    /// What it is called.
    title: String,
    /// Where it ends, in the unit of the measure and for people.
    most: Decimal,
    end: String,
    /// What states it beside the plan.
    from: Vec<String>,
    steps: Vec<String>,
}

/// What the bound of a watch limits.
fn bound(input: &Input, figure: &FigureSpec, watches: &[Watch]) -> Option<Growing> {
    let stated = figure.watch.as_ref()?;
    let watch = watches.iter().find(|watch| watch.stated == stated.value)?;
    let spec = input.monitor.watches.iter().find(|watch| watch.name.value == stated.value)?;
    // The critical one, as in the plan.
    let (bound, _) = watch.bounds.last().filter(|(bound, _)| bound.operator().is_upward())?;
    Some(Growing {
        name: of_watch(input.model, spec),
        measure: watch.measure.clone(),
        title: watch.title.clone(),
        most: bound.edge(),
        end: bound.quantity().to_string(),
        from: vec![format!("watch/{}", stated.value)],
        steps: steps(input, &watch.measure.subject),
    })
}

/// What a setting of the service limits, and its kind or that of its exporter measures.
fn setting(input: &Input, figure: &FigureSpec) -> Option<Growing> {
    let (of, stated) = (figure.of.as_ref()?, figure.setting.as_ref()?);
    let service = input.model.service(&of.value)?;
    let setting = service.settings.iter().find(|one| one.name == stated.value.as_str())?;
    let (subject, services) = watched(input, Some(of))?;
    let limited = |measure: &&kind::Measure| {
        measure.setting.as_ref().is_some_and(|name| name.value.as_str() == setting.name)
    };
    let kinds = services.iter().filter_map(|service| input.kind(service));
    let measure = kinds.flat_map(|kind| &kind.measures).find(limited)?;
    Some(Growing {
        name: of_setting(&service.name, &setting.name),
        title: measure.about.get(input.model.language).to_owned(),
        measure: measured(input, measure.form.clone(), subject.clone()),
        most: Decimal::parse(&setting.value).ok()?,
        end: setting.value.clone(),
        from: input.addresses(service),
        steps: steps(input, &subject),
    })
}

/// The memory of the host, when containers are what grows.
fn host_memory(input: &Input, figure: &FigureSpec) -> Option<Growing> {
    if !figure.replicas {
        return None;
    }
    let kind = input.kind(input.host_exporter()?)?;
    let measure = kind.measures.iter().find(|measure| measure.name.value.as_str() == "memory")?;
    let subject = Subject::Host(input.model.host.name.clone());
    Some(Growing {
        name: of_memory(None),
        title: measure.about.get(input.model.language).to_owned(),
        measure: measured(input, measure.form.clone(), subject.clone()),
        most: Decimal::whole(1),
        end: "100%".to_owned(),
        from: Vec::new(),
        steps: steps(input, &subject),
    })
}

/// The memory of the service that a figure is about, of what it may use.
fn service_memory(input: &Input, figure: &FigureSpec) -> Option<Growing> {
    let service = input.model.service(&figure.of.as_ref()?.value)?;
    let (form, about) = used::measure(input, service, &Name::parse("memory").ok()?)?;
    let subject = Subject::Service(service.name.clone());
    Some(Growing {
        name: of_memory(Some(&service.name)),
        title: about.get(input.model.language).to_owned(),
        measure: measured(input, form, subject.clone()),
        most: Decimal::whole(1),
        end: "100%".to_owned(),
        from: input.addresses(service),
        steps: steps(input, &subject),
    })
}

fn measured(input: &Input, form: Form, subject: Subject) -> Measure {
    Measure { form, subject, window: super::measure::window(input.monitor.interval.value) }
}

fn steps(input: &Input, subject: &Subject) -> Vec<String> {
    match subject {
        Subject::Service(name) => {
            input.model.service(name).map(|service| service.looks()).unwrap_or_default()
        }
        Subject::Host(_) => vec!["free -h".to_owned(), "docker stats --no-stream".to_owned()],
    }
}

impl Growing {
    /// The alert; none when no series would prove it.
    fn alert(self, input: &Input, plan: &CapacitySpec) -> Option<Alert> {
        let Growing { name, measure, title, most, end, from, steps } = self;
        // No way leads to a bound of nothing, which often means that there is none.
        if most.as_millionths() <= 0 {
            return None;
        }
        let value = measure.expr(true);
        let busy = |offset: &str| format!("quantile_over_time(0.95, ({value})[1w:1h]{offset})");
        let (subject, words) = (measure.subject.clone(), input.model.language);
        let hold = Duration::from_hours(3);
        Some(Alert {
            name,
            from: std::iter::once("capacity".to_owned()).chain(from).collect(),
            group: subject.group(),
            // Four times as much more as a week has brought. In the first two weeks nothing is known.
            expr: format!(
                "5 * {}\n  - 4 * {}\n  > {most}\nand count_over_time(({value})[1w:1h] offset 1w) > 150\n",
                busy(""),
                busy(" offset 1w"),
            ),
            hold,
            severity: Severity::Warning,
            labels: subject.labels(),
            summary: Message::from(words.pick(
                format!("{}: {title} will reach {end} within four weeks", subject.name()),
                format!("{}: {title}, 4주 안에 {end}에 도달할 추세", subject.name()),
            )),
            description: Message::from(words.pick(
                "By the busy hours of the last week and of the one before it grows so fast. Compare the capacity plan, and provide more in time.",
                "지난주와 그 전주의 바쁜 시간대를 비교하면 이 속도로 늘고 있습니다. 용량 계획과 비교하고 제때 늘리십시오.",
            )),
            steps,
            test: AlertTest {
                interval: Duration::from_minutes(1),
                at: Duration::from_days(14).plus(hold.times(2)),
                // From 60 % of it to 69 % there are 105 % in four weeks, from 60 % to 67 % there are 95 %.
                fires: weeks(&measure, part(most, 60), part(most, 69))?,
                also: Vec::new(),
                silent: weeks(&measure, part(most, 60), part(most, 67))?,
                still: Vec::new(),
                labels: Labels::new(),
                value: None,
            },
            bound: Some(words.pick(format!("on the way to {end}"), format!("{end} 도달 추세"))),
            origin: Origin::Derived { because: "growth is planned".to_owned(), from: plan.span },
        })
    }
}

/// So many hundredths of it.
fn part(whole: Decimal, hundredths: i128) -> Decimal {
    Decimal::millionths(whole.as_millionths() * hundredths / 100)
}

/// Series under which it measures one value for a week and another one from then on; none when that takes other series.
fn weeks(measure: &Measure, first: Decimal, then: Decimal) -> Option<Vec<Series>> {
    // A sample a minute, of which the first is at the beginning.
    let week = WEEK.whole_minutes();
    let (first, then) = (measure.proof(first, week - 1)?, measure.proof(then, week + 1440)?);
    let joined = |(first, then): (Series, Series)| {
        let values = format!("{} {}", first.values, then.values);
        (first.series == then.series).then_some(Series { values, ..first })
    };
    first.into_iter().zip(then).map(joined).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Selector;

    #[test]
    fn a_week_and_the_next_one_have_the_same_series() {
        let of = |form: Form| {
            let subject = Subject::Service(Name::parse("a").expect("a name"));
            let measure = Measure { form, subject, window: Duration::from_minutes(5) };
            let series = weeks(&measure, Decimal::whole(60), Decimal::whole(69))?;
            Some(series.into_iter().map(|one| one.values).collect::<Vec<_>>())
        };
        let selector = Selector::parse("x").expect("a selector");
        // A week has 10080 minutes; the samples of the first end where those of the next begin.
        let gauge = of(Form::Aggregate("sum", selector.clone()));
        assert_eq!(gauge, Some(vec!["60x10079 69x11520".to_owned()]));
        let counter = of(Form::Rate(selector.clone()));
        assert_eq!(counter, Some(vec!["0+3600x10079 0+4140x11520".to_owned()]));
        // A latency does not fill up; its buckets would be others, too.
        assert_eq!(of(Form::Quantile(950, selector)), None);
    }
}
