//! What is measured, what must hold, and how each alert is proved.

use super::Origin;
use crate::{
    syntax::Node,
    values::{AbsPath, Duration, Name, Port, UrlPath},
};

/// Everything that Prometheus and Grafana need.
#[derive(Clone, Debug)]
pub struct Monitoring {
    /// Time between two scrapes and two evaluations.
    pub interval: Duration,
    /// How long samples are kept.
    pub retention: Duration,
    /// Where metrics come from.
    pub scrapes: Vec<Scrape>,
    /// What must hold.
    pub alerts: Vec<Alert>,
    /// The dashboard, row by row.
    pub rows: Vec<PanelRow>,
    /// Whether Grafana runs.
    pub grafana: bool,
    /// Whether Alertmanager runs.
    pub alertmanager: bool,
    /// Folder on the host into which jobs write their metrics for the node exporter.
    pub textfiles: AbsPath,
    /// Rule files of the user's own, placed beside the generated ones: name and contents.
    pub extra_rules: Vec<(String, String)>,
    /// Unit tests for those rules: name and contents.
    pub extra_tests: Vec<(String, String)>,
    /// Dashboards of the user's own: name and contents.
    pub extra_dashboards: Vec<(String, String)>,
    /// Nodes of a `prometheus` block, merged into the configuration as they are.
    pub raw_prometheus: Vec<Node>,
}

/// One scrape job.
#[derive(Clone, Debug)]
pub struct Scrape {
    /// Its name: the service that is scraped.
    pub job: Name,
    /// The container that answers.
    pub target: Name,
    /// Its port.
    pub port: Port,
    /// The path.
    pub path: UrlPath,
    /// Value of the label `service`: the service that the metrics are about (not its exporter).
    pub service: Name,
    /// True for the node exporter, whose metrics are about the host: label `host` instead.
    pub host: bool,
    /// Whether all containers of the service are found by DNS, since there are several.
    pub by_dns: bool,
    /// Why it is there.
    pub origin: Origin,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Within working hours.
    Warning,
    /// Now.
    Critical,
}

impl Severity {
    /// The value of the label `severity`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// An alerting rule with the proof that it fires and is silent.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name, such as `RedisDown`; unique in the system.
    pub name: String,
    /// What states it: `watch/latency-p95`, `backup/redis`, `kind/redis`.
    pub address: String,
    /// Rule group: the service, `host` or `jobs`.
    pub group: String,
    /// The expression, complete with its bound.
    pub expr: String,
    /// How long the expression must hold.
    pub hold: Duration,
    /// How urgent.
    pub severity: Severity,
    /// Labels beyond `severity`, in order.
    pub labels: Vec<(String, String)>,
    /// One line for people, in the system's language; a Go template may stand in it only where the compiler put it.
    pub summary: String,
    /// What it means and what was measured, in the system's language.
    pub description: String,
    /// What to do, for the runbook.
    pub steps: Vec<String>,
    /// Input series that prove it.
    pub test: AlertTest,
    /// The bound as people write it (`> 1s`), for runbook and dashboard; none for alerts of state.
    pub bound: Option<String>,
    /// Where the bound is stated, or what brings the alert.
    pub origin: Origin,
}

/// Proof of an alert: series under which it must fire and series under which it must not.
#[derive(Clone, Debug)]
pub struct AlertTest {
    /// Time between two values of the series.
    pub interval: Duration,
    /// When the alert is looked at, from the start.
    pub at: Duration,
    /// Series under which it fires.
    pub fires: Vec<Series>,
    /// Series under which it is silent (just within the bound).
    pub silent: Vec<Series>,
    /// Labels that the firing alert carries beside `alertname`, sorted by name, rule labels included.
    pub labels: Vec<(String, String)>,
    /// What `{{ $value }}` is when it fires, exactly as `printf "%.4g"` prints it; none when the texts do not use it.
    pub value: Option<String>,
}

/// An input series in promtool's notation.
#[derive(Clone, Debug)]
pub struct Series {
    /// `name{label="value"}`.
    pub series: String,
    /// `1+0x10` and the like.
    pub values: String,
}

/// A row of the dashboard.
#[derive(Clone, Debug)]
pub struct PanelRow {
    /// Its title.
    pub title: String,
    /// Its panels.
    pub panels: Vec<Panel>,
}

/// A panel of the dashboard.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Expressions with their legends.
    pub queries: Vec<(String, String)>,
    /// Grafana's unit: `s`, `percentunit`, `bytes`, `reqps`, `short`.
    pub unit: &'static str,
    /// Bounds: value in the panel's unit and severity, drawn as thresholds.
    pub bounds: Vec<(String, Severity)>,
}
