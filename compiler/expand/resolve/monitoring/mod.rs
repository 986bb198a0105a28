//! What is scraped, what must hold, what is drawn: from `monitor`, the kinds, the jobs and the backups.
//!
//! Every alert is made together with the series that prove it.

mod boards;
mod cause;
mod clock;
mod exporters;
mod externals;
mod extra;
mod kinds;
mod known;
mod logs;
mod measure;
mod panels;
mod proof;
mod recovery;
mod response;
mod scale;
mod services;
mod slo;
mod subject;
mod targets;
mod trend;
mod used;
mod watch;

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        kind::{Kind, Role},
        read::monitor::{MonitorSpec, WatchSpec},
    },
    model::{Alert, Board, Model, Monitoring, Origin, PanelRow, Scrape, Service, Services, Slo},
    syntax::Sink,
    values::{AbsPath, Duration, Name, Value as _},
};
use watch::Watch;

pub use trend::{DISK, of_memory, of_setting, of_watch};

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

    /// Names the alert as one of several hosts: what is about a host is there for each of them.
    fn of_host(&self, alert: &mut Alert) {
        if alert.labels.contains_key("host") {
            alert.name = self.named(&alert.name);
        }
    }

    /// What an alert about the host is called: of several, behind the host's name.
    fn named(&self, name: &str) -> String {
        let host = if self.model.peers.is_empty() { String::new() } else { self.model.host.name.camel() };
        format!("{host}{name}")
    }

    /// The service that exports metrics of the host.
    fn host_exporter(&self) -> Option<&'a Service> {
        self.model
            .services
            .iter()
            .find(|service| self.kind(service).is_some_and(|kind| kind.role == Role::HostExporter))
    }
}

/// Where jobs leave their metrics for the exporter of the host.
const TEXTFILES: &str = "/var/lib/node_exporter/textfile_collector";

/// The models of all hosts with their monitoring, which is one for all of them; `services` are those of every host.
/// What is wrong with all of it together goes to `sink`, what is wrong with a part to the context's.
pub fn monitored(mut models: Vec<Model>, services: &Services, context: &Context, sink: &Sink) -> Vec<Model> {
    let spec = context.spec;
    let Some(monitor) = &spec.monitor else { return models };
    let Ok(textfiles) = AbsPath::parse(TEXTFILES) else { return models };
    let with_role = |role: Role| {
        let plays =
            |one: &&Service| context.kinds.get(one.kind.as_str()).is_some_and(|kind| kind.kind.role == role);
        let service = services.iter().find(plays)?;
        Some((service.name.clone(), service.port?))
    };
    // Without one, what is wrong with it has been reported.
    let Some(prometheus) = with_role(Role::Metrics) else { return models };
    let scraper = services.named(&prometheus.0).and_then(|service| service.hosts.first().cloned());
    times(monitor, sink);
    let inputs: Vec<Input> =
        models.iter().map(|model| Input { model, monitor, context, sink: context.sink }).collect();
    let parts: Vec<Part> = inputs.iter().map(|input| part(input, scraper.as_ref())).collect();
    let names = |part: &Part| part.alerts.iter().map(|alert| alert.name.clone()).collect();
    let explained: Vec<BTreeSet<String>> = parts.iter().map(names).collect();
    let mut guides: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for (model, names) in models.iter().zip(&explained) {
        for name in names {
            guides.entry(name.clone()).or_default().push(model.host.name.clone());
        }
    }
    let Part { scrapes, watches, mut alerts, slos, rows } = together(parts);
    let mut unused = Vec::new();
    for without in &monitor.without {
        let before = alerts.len();
        alerts.retain(|alert| alert.name != without.value.as_str());
        if alerts.len() == before {
            unused.push(without);
        }
    }
    // One model of a system with several hosts is not all of it.
    let whole = models.len() > 1 || models[0].peers.is_empty();
    for name in unused.into_iter().filter(|_| whole) {
        let known: Vec<&str> = alerts.iter().map(|alert| alert.name.as_str()).collect();
        Input { sink, ..inputs[0] }.unknown(
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
    response::label(&inputs[0], &mut alerts);
    let causes = cause::causes(&inputs[0], services, &alerts);
    let boards = boards::boards(&inputs, &watches, &slos);
    let extra = extra::Extra { read: context.read, sink: context.sink };
    let groups = || alerts.iter().map(|alert| alert.group.as_str()).chain(["escalation_steps", "heartbeat"]);
    let rules: Vec<String> = groups().map(|group| format!("{group}.yml")).collect();
    let tests: Vec<String> =
        groups().flat_map(|group| [format!("{group}_test.yml"), format!("{group}_days_test.yml")]).collect();
    let system = &spec.name.value;
    let own = boards.iter().map(|board: &Board| format!("{system}-{}.json", board.name));
    let dashboards: Vec<String> = std::iter::once(format!("{system}.json")).chain(own).collect();
    let monitoring = Monitoring {
        interval: monitor.interval.value,
        scrapes,
        alerts,
        causes,
        explained: BTreeSet::new(),
        guides,
        slos,
        rows,
        boards,
        prometheus,
        alertmanager: spec.notify.as_ref().and_then(|_| with_role(Role::Alerts)),
        prober: with_role(Role::Prober),
        grafana: monitor.grafana.as_ref().and_then(|_| with_role(Role::Dashboard)),
        textfiles,
        extra_rules: extra.files(&monitor.rules, &["yml", "yaml"], &rules),
        extra_tests: extra.files(&monitor.tests, &["yml", "yaml"], &tests),
        extra_dashboards: extra.files(&monitor.dashboards, &["json"], &dashboards),
        raw_prometheus: monitor.raw_prometheus.nodes.clone(),
        origin: Origin::Stated(monitor.span),
    };
    for (model, explained) in models.iter_mut().zip(explained) {
        model.monitoring = Some(Monitoring { explained, ..monitoring.clone() });
    }
    models
}

/// What a watch is called: as stated, else as a kind has it, else by its name.
pub fn title(model: &Model, watch: &WatchSpec, context: &Context) -> String {
    let stated = watch.about.as_ref().map(|about| about.get(model.language).to_owned());
    let kinds = || {
        // What is wrong with it is reported when everything is monitored.
        let sink = Sink::default();
        let input = Input { model, monitor: context.spec.monitor.as_ref()?, context, sink: &sink };
        Some(watch::watch(&input, watch)?.title)
    };
    stated.or_else(kinds).unwrap_or_else(|| watch.name.value.to_string())
}

/// What is measured on one host.
struct Part {
    scrapes: Vec<Scrape>,
    watches: Vec<Watch>,
    alerts: Vec<Alert>,
    slos: Vec<Slo>,
    rows: Vec<PanelRow>,
}

fn part(input: &Input, scraper: Option<&Name>) -> Part {
    let scrapes = targets::scrapes(input, scraper);
    let mut watches = watch::watches(input);
    // Panels name the alerts of a watch as everything does.
    watches.iter_mut().flat_map(|watch| &mut watch.alerts).for_each(|alert| input.of_host(alert));
    let mut alerts: Vec<Alert> = Vec::new();
    alerts.extend(scrapes.iter().flat_map(|scrape| targets::alerts(input, scrape)));
    alerts.extend(targets::host_unreachable(input, scraper, &scrapes));
    alerts.extend(externals::alerts(input));
    alerts.extend(clock::alerts(input));
    alerts.extend(services::alerts(input));
    alerts.extend(logs::alerts(input));
    alerts.extend(kinds::alerts(input));
    alerts.extend(trend::alerts(input, &watches));
    alerts.extend(scale::alerts(input));
    let (slos, burning): (Vec<_>, Vec<_>) = slo::slos(input).into_iter().unzip();
    alerts.extend(burning.into_iter().flatten());
    alerts.iter_mut().for_each(|alert| input.of_host(alert));
    let watched = watches.iter().flat_map(|watch| watch.alerts.iter().cloned());
    let alerts = watched.chain(alerts).collect();
    let rows = panels::rows(input, &watches, &slos);
    Part { scrapes, watches, alerts, slos, rows }
}

/// The parts of all hosts as one: a service on several of them is scraped on each, and its alerts and panels are there
/// once.
fn together(mut parts: Vec<Part>) -> Part {
    let rest = parts.split_off(1);
    let mut all = parts.remove(0);
    for part in rest {
        for scrape in part.scrapes {
            match all.scrapes.iter_mut().find(|known| known.job == scrape.job) {
                Some(known) => known.targets.extend(scrape.targets),
                None => all.scrapes.push(scrape),
            }
        }
        all.watches.extend(part.watches);
        let slos: BTreeSet<String> = all.slos.iter().map(|slo| slo.name.to_string()).collect();
        all.slos.extend(part.slos.into_iter().filter(|slo| !slos.contains(slo.name.as_str())));
        let names: BTreeSet<String> = all.alerts.iter().map(|alert| alert.name.clone()).collect();
        all.alerts.extend(part.alerts.into_iter().filter(|alert| !names.contains(&alert.name)));
        for row in part.rows {
            match all.rows.iter_mut().find(|known| known.title == row.title) {
                Some(known) => {
                    let titles: BTreeSet<String> =
                        known.panels.iter().map(|panel| panel.title.clone()).collect();
                    known
                        .panels
                        .extend(row.panels.into_iter().filter(|panel| !titles.contains(&panel.title)));
                }
                None => all.rows.push(row),
            }
        }
    }
    all
}

/// Reports times with which nothing could be measured or told.
fn times(monitor: &MonitorSpec, sink: &Sink) {
    let interval = &monitor.interval;
    if !(Duration::from_seconds(1)..=Duration::from_minutes(2)).contains(&interval.value) {
        sink.report(
            Diagnostic::error("interval-out-of-range", "metrics are scraped every second at most, every 2 minutes at least")
                .at(interval.span, "this interval is not between those")
                .help("Prometheus takes a value for gone after 5 minutes: with a longer interval one lost scrape would be a gap"),
        );
    }
    for hold in monitor.watches.iter().map(|watch| &watch.hold) {
        if hold.value > Duration::from_days(1) {
            sink.report(
                Diagnostic::error("hold-too-long", "an alert waits for a day at most")
                    .at(hold.span, "it would come too late to be of use")
                    .help("write a shorter time, and a measure over a longer one: `expr=\"avg_over_time(…[7d])\"`"),
            );
        }
    }
}
