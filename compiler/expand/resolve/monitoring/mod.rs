//! What is scraped, what must hold, what is drawn: from `monitor`, the kinds, the jobs and the backups.
//!
//! Every alert is made together with the series that prove it.

mod boards;
mod clock;
mod externals;
mod extra;
mod kinds;
mod known;
mod measure;
mod panels;
mod proof;
mod response;
mod slo;
mod subject;
mod targets;
mod trend;
mod units;
mod watch;

use super::context::Context;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        kind::{Kind, Role},
        read::monitor::MonitorSpec,
    },
    model::{Alert, Board, Model, Monitoring, Origin, Service},
    syntax::Sink,
    values::{AbsPath, Duration, Name, Port, Value as _},
};

/// What all parts look things up in.
struct Input<'a> {
    model: &'a Model,
    monitor: &'a MonitorSpec,
    context: &'a Context<'a>,
    sink: &'a Sink,
}

impl<'a> Input<'a> {
    fn kind(&self, service: &Service) -> Option<&'a Kind> {
        self.context.kinds.get(service.kind.as_str()).map(|defined| &defined.kind)
    }

    fn pick<T>(&self, english: T, korean: T) -> T {
        self.model.language.pick(english, korean)
    }

    /// Whether metrics of the service are collected, its own or its exporter's.
    fn is_measured(&self, service: &Service) -> bool {
        service.metrics_path.is_some() || service.exporter.is_some()
    }

    /// Where what a service is like is said: in it, in what it observes, in their kinds.
    fn addresses(&self, service: &Service) -> Vec<String> {
        let observed = service.observes.as_ref().and_then(|name| self.model.service(name));
        [Some(service), observed]
            .into_iter()
            .flatten()
            .flat_map(|service| [format!("service/{}", service.name), format!("kind/{}", service.kind)])
            .collect()
    }

    /// Reports a name that is not among the known ones, with the nearest or all of them; `otherwise` is another way.
    fn unknown(&self, diagnostic: Diagnostic, name: &str, known: &[&str], otherwise: &str) {
        let suggestion = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? If not, "),
            None if known.is_empty() => String::new(),
            None => format!("known: {}; or ", known.join(", ")),
        };
        let help = match otherwise {
            "" => suggestion.trim_end_matches("; or ").trim_end_matches(" If not, ").to_owned(),
            otherwise => format!("{suggestion}{otherwise}"),
        };
        self.sink.report(diagnostic.help(help));
    }

    /// The service that plays that part, and its port.
    fn with_role(&self, role: Role) -> Option<(Name, Port)> {
        let service =
            self.model.services.iter().find(|one| self.kind(one).is_some_and(|kind| kind.role == role))?;
        Some((service.name.clone(), service.port?))
    }

    /// The service that exports metrics of the host.
    fn host_exporter(&self) -> Option<&'a Service> {
        self.model
            .services
            .iter()
            .find(|service| self.kind(service).is_some_and(|kind| kind.role == Role::HostExporter))
    }
}

/// The model with its monitoring.
pub fn monitored(mut model: Model, context: &Context) -> Model {
    let (spec, sink) = (context.spec, context.sink);
    let Some(monitor) = &spec.monitor else { return model };
    let Ok(textfiles) = AbsPath::parse("/var/lib/node_exporter/textfile_collector") else { return model };
    let input = Input { model: &model, monitor, context, sink };
    // Without one, what is wrong with it has been reported.
    let Some(prometheus) = input.with_role(Role::Metrics) else { return model };
    times(&input);
    let scrapes = targets::scrapes(&input);
    let watches = watch::watches(&input);
    let mut alerts: Vec<Alert> = watches.iter().flat_map(|watch| watch.alerts.iter().cloned()).collect();
    alerts.extend(scrapes.iter().flat_map(|scrape| targets::alerts(&input, scrape)));
    alerts.extend(externals::alerts(&input));
    alerts.extend(clock::alerts(&input));
    alerts.extend(units::alerts(&input));
    alerts.extend(kinds::alerts(&input));
    alerts.extend(trend::alerts(&input));
    let (slos, burning): (Vec<_>, Vec<_>) = slo::slos(&input).into_iter().unzip();
    alerts.extend(burning.into_iter().flatten());
    let mut unused = Vec::new();
    for without in &monitor.without {
        let before = alerts.len();
        alerts.retain(|alert| alert.name != without.value.as_str());
        if alerts.len() == before {
            unused.push(without);
        }
    }
    for name in unused {
        let known: Vec<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
        input.unknown(
            Diagnostic::error("unknown-alert", format!("there is no alert `{}`", name.value))
                .at(name.span, "named here"),
            name.value.as_str(),
            &known,
            "",
        );
    }
    alerts.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
    for pair in alerts.windows(2).filter(|pair| pair[0].name == pair[1].name) {
        sink.report(
            Diagnostic::error("duplicate", format!("two alerts are called `{}`", pair[0].name))
                .at(pair[1].origin.span(), "from here")
                .at(pair[0].origin.span(), "and from here")
                .help("rename one of the watches"),
        );
    }
    response::label(&input, &mut alerts);
    let rows = panels::rows(&input, &watches, &slos);
    let boards = boards::boards(&input, &watches, &slos);
    let extra = extra::Extra { read: context.read, sink };
    let groups = || alerts.iter().map(|alert| alert.group.as_str()).chain(["escalation_steps", "heartbeat"]);
    let rules: Vec<String> = groups().map(|group| format!("{group}.yml")).collect();
    let tests: Vec<String> = groups().map(|group| format!("{group}_test.yml")).collect();
    let own = boards.iter().map(|board: &Board| format!("{}-{}.json", model.system, board.name));
    let dashboards: Vec<String> = std::iter::once(format!("{}.json", model.system)).chain(own).collect();
    let monitoring = Monitoring {
        interval: monitor.interval.value,
        retention: monitor.retention.value,
        scrapes,
        alerts,
        slos,
        rows,
        boards,
        prometheus,
        alertmanager: spec.notify.as_ref().and_then(|_| input.with_role(Role::Alerts)),
        prober: input.with_role(Role::Prober),
        grafana: monitor.grafana.as_ref().and_then(|_| input.with_role(Role::Dashboard)),
        textfiles,
        extra_rules: extra.files(&monitor.rules, &["yml", "yaml"], &rules),
        extra_tests: extra.files(&monitor.tests, &["yml", "yaml"], &tests),
        extra_dashboards: extra.files(&monitor.dashboards, &["json"], &dashboards),
        raw_prometheus: monitor.raw_prometheus.clone(),
        origin: Origin::Stated(monitor.span),
    };
    model.monitoring = Some(monitoring);
    model
}

/// Reports times with which nothing could be measured or told.
fn times(input: &Input) {
    let interval = &input.monitor.interval;
    if !(Duration::from_seconds(1)..=Duration::from_minutes(2)).contains(&interval.value) {
        input.sink.report(
            Diagnostic::error("interval-out-of-range", "metrics are scraped every second at most, every 2 minutes at least")
                .at(interval.span, "this interval is not between those")
                .help("Prometheus takes a value for gone after 5 minutes: with a longer interval one lost scrape would be a gap"),
        );
    }
    for hold in input.monitor.watches.iter().map(|watch| &watch.hold) {
        if hold.value > Duration::from_days(1) {
            input.sink.report(
                Diagnostic::error("hold-too-long", "an alert waits for a day at most")
                    .at(hold.span, "it would come too late to be of use")
                    .help("write a shorter time, and a measure over a longer one: `expr=\"avg_over_time(…[7d])\"`"),
            );
        }
    }
}

/// `redis-cache` as part of an alert's name: `RedisCache`.
fn camel(name: &str) -> String {
    name.split('-').map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect()
}
