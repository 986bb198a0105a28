//! What is scraped, what must hold, what is drawn: from `monitor`, the kinds, the jobs and the backups.
//!
//! Every alert is made together with the series that prove it.

mod clock;
mod kinds;
mod known;
mod measure;
mod panels;
mod proof;
mod subject;
mod targets;
mod watch;

use super::context::ReadFile;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        kind::{Kind, Role},
        kinds::Kinds,
        read::{monitor::MonitorSpec, system::SystemSpec},
    },
    model::{Alert, Model, Monitoring, Service},
    source::Located,
    syntax::Sink,
    values::{AbsPath, RelPath, Value as _},
};

/// What all parts look things up in.
struct Input<'a> {
    model: &'a Model,
    monitor: &'a MonitorSpec,
    kinds: &'a Kinds,
    sink: &'a Sink,
}

impl<'a> Input<'a> {
    fn kind(&self, service: &Service) -> Option<&'a Kind> {
        self.kinds.get(service.kind.as_str()).map(|defined| &defined.kind)
    }

    fn pick<T>(&self, english: T, korean: T) -> T {
        self.model.language.pick(english, korean)
    }

    /// Whether metrics of the service are collected, its own or its exporter's.
    fn is_measured(&self, service: &Service) -> bool {
        service.metrics_path.is_some() || service.exporter.is_some()
    }

    /// Reports a name that is not among the known ones, with the nearest or all of them; `otherwise` is another way.
    fn unknown(&self, diagnostic: Diagnostic, name: &str, known: &[&str], otherwise: &str) {
        let suggestion = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => String::new(),
            None => format!("known: {}", known.join(", ")),
        };
        let parts: Vec<&str> =
            [suggestion.as_str(), otherwise].into_iter().filter(|part| !part.is_empty()).collect();
        self.sink.report(diagnostic.help(parts.join("; or ")));
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
pub fn monitored(mut model: Model, spec: &SystemSpec, kinds: &Kinds, read: &ReadFile, sink: &Sink) -> Model {
    let Some(monitor) = &spec.monitor else { return model };
    let Ok(textfiles) = AbsPath::parse("/var/lib/node_exporter/textfile_collector") else { return model };
    let input = Input { model: &model, monitor, kinds, sink };
    let scrapes = targets::scrapes(&input);
    let watches = watch::watches(&input);
    let mut alerts: Vec<Alert> = watches.iter().flat_map(|watch| watch.alerts.iter().cloned()).collect();
    alerts.extend(scrapes.iter().flat_map(|scrape| targets::alerts(&input, scrape)));
    alerts.extend(clock::alerts(&input));
    alerts.extend(kinds::alerts(&input));
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
    let rows = panels::rows(&input, &watches);
    let files = |paths: &[Located<RelPath>]| -> Vec<(String, String)> {
        paths.iter().filter_map(|path| extra(path, read, sink)).collect()
    };
    let monitoring = Monitoring {
        interval: monitor.interval.value,
        retention: monitor.retention.value,
        scrapes,
        alerts,
        rows,
        grafana: monitor.grafana.is_some(),
        alertmanager: spec.notify.is_some(),
        textfiles,
        extra_rules: files(&monitor.rules),
        extra_tests: files(&monitor.tests),
        extra_dashboards: files(&monitor.dashboards),
        raw_prometheus: monitor.raw_prometheus.clone(),
    };
    model.monitoring = Some(monitoring);
    model
}

/// A file of the user's own: its name and its contents.
fn extra(path: &Located<RelPath>, read: &ReadFile, sink: &Sink) -> Option<(String, String)> {
    match read(path.span, &path.value) {
        Ok(text) => Some((path.value.file_name().to_owned(), text)),
        Err(error) => {
            sink.report(
                Diagnostic::error("unreadable-file", format!("`{}` cannot be read", path.value))
                    .at(path.span, error)
                    .help("the path is relative to the file in which it stands"),
            );
            None
        }
    }
}

/// `redis-cache` as part of an alert's name: `RedisCache`.
fn camel(name: &str) -> String {
    name.split('-').map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect()
}
