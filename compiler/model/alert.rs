//! What is measured, what must hold, and how each alert is proved.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Origin, Slo,
    response::{PRIORITY, TEAM},
};
use crate::{
    syntax::Node,
    values::{AbsPath, Bound, Decimal, Duration, Labels, Name, Port, UrlPath},
};

/// Everything that Prometheus and Grafana need.
#[derive(Clone, Debug)]
pub struct Monitoring {
    /// Time between two scrapes and two evaluations.
    pub interval: Duration,
    /// Where metrics come from.
    pub scrapes: Vec<Scrape>,
    /// What must hold.
    pub alerts: Vec<Alert>,
    /// What makes other alerts superfluous.
    pub causes: Vec<Cause>,
    /// Names of the alerts that are about something on this host: what its guide explains.
    pub explained: BTreeSet<String>,
    /// The hosts whose guides explain an alert, of all alerts.
    pub guides: BTreeMap<String, Vec<Name>>,
    /// What share must go well.
    pub slos: Vec<Slo>,
    /// The dashboard, row by row.
    pub rows: Vec<PanelRow>,
    /// Dashboards with panels of one's own choice.
    pub boards: Vec<Board>,
    /// The service that is Prometheus, and its port.
    pub prometheus: (Name, Port),
    /// The service that is Alertmanager, and its port; none when nobody is to be told.
    pub alertmanager: Option<(Name, Port)>,
    /// The service that asks externals whether they work, and its port; none when nothing is asked.
    pub prober: Option<(Name, Port)>,
    /// The service that is Grafana, and its port; none without a dashboard.
    pub grafana: Option<(Name, Port)>,
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
    /// Where it is stated.
    pub origin: Origin,
}

impl Monitoring {
    /// The alerts that are about something on this host.
    pub fn explained(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(|alert| self.explained.contains(&alert.name))
    }
}

/// What the alert is called that a recovery of everything would take longer than the objective allows; of several hosts
/// the name of the host stands in front.
pub const RECOVERY_TOO_LONG: &str = "RecoveryTooLong";

/// Something that is away, and whose alerts say enough.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The alerts that tell of it.
    pub alerts: Vec<String>,
    /// What need not be told beside them.
    pub symptoms: Symptoms,
    /// Priorities that are more urgent than its own: what has one is told all the same.
    pub above: Vec<String>,
}

/// Alerts that follow from one cause.
#[derive(Clone, Debug)]
pub enum Symptoms {
    /// Those that tell of it once more, later.
    Again(Vec<String>),
    /// All of services that cannot work without it.
    Services(Vec<Name>),
    /// All of what is on a host.
    Host(Name),
}

/// One scrape job.
#[derive(Clone, Debug)]
pub struct Scrape {
    /// Its name: the service that is scraped.
    pub job: Name,
    /// The port of its containers.
    pub port: Port,
    /// Where it answers, on each host that it runs on.
    pub targets: Vec<ScrapeTarget>,
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

/// Where metrics are asked for.
#[derive(Clone, Debug)]
pub struct ScrapeTarget {
    /// `host:port`; a container's name where Prometheus runs itself, else the address of the host.
    pub address: String,
    /// The host, when metrics are about it or when there are several.
    pub host: Option<Name>,
}

/// How urgent an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Within working hours.
    Warning,
    /// Now.
    Critical,
}

/// An alerting rule with the proof that it fires and is silent.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its name, such as `RedisDown`; unique in the system.
    pub name: String,
    /// Addresses of what it follows from: `watch/latency-p95`, `backup/redis`, `kind/redis`.
    pub from: Vec<String>,
    /// Rule group: the service, `host` or `jobs`.
    pub group: String,
    /// The expression, complete with its bound.
    pub expr: String,
    /// How long the expression must hold.
    pub hold: Duration,
    /// How urgent.
    pub severity: Severity,
    /// Labels that the rule puts on, without `severity`: whom it is about, and what watch it belongs to.
    pub labels: Labels,
    /// One line for people, in the system's language.
    pub summary: Message,
    /// What it means and what was measured, in the system's language.
    pub description: Message,
    /// What to do, for the runbook.
    pub steps: Vec<String>,
    /// Input series that prove it.
    pub test: AlertTest,
    /// The bound as people write it (`> 1s`), for runbook and dashboard; none for alerts of state.
    pub bound: Option<String>,
    /// Where the bound is stated, or what brings the alert.
    pub origin: Origin,
}

impl Alert {
    /// Its priority, if the system has such.
    pub fn priority(&self) -> Option<&str> {
        self.labels.get(PRIORITY).map(String::as_str)
    }

    /// The team that owns what it is about, if one does.
    pub fn team(&self) -> Option<&str> {
        self.labels.get(TEAM).map(String::as_str)
    }
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
    /// Other conditions under which it fires: what they are, and their series.
    pub also: Vec<(&'static str, Vec<Series>)>,
    /// Series under which it is silent (just within the bound).
    pub silent: Vec<Series>,
    /// Other conditions under which it is silent.
    pub still: Vec<(&'static str, Vec<Series>)>,
    /// Labels that the firing alert carries from its series, beside those that the rule puts on.
    pub labels: Labels,
    /// The measured value when it fires; none when the texts do not tell it.
    pub value: Option<Decimal>,
}

/// A text for people in which Prometheus fills in what it knows only when the alert fires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(pub Vec<Piece>);

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Text(String),
    /// The measured value, in this unit.
    Value(Unit),
    /// The value of a label of the alert.
    Label(String),
}

/// What a measured value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A plain number.
    Number,
    /// Seconds.
    Seconds,
    /// A share, where 1 is the whole.
    Ratio,
    /// Bytes.
    Bytes,
    /// Dollars.
    Dollars,
    /// Requests per second.
    Requests,
    /// Bytes per second.
    BytesPerSecond,
    /// Dollars per second.
    DollarsPerSecond,
    /// Other events per second.
    PerSecond,
}

impl Unit {
    /// Whether it counts by the second.
    pub fn is_per_second(self) -> bool {
        matches!(self, Unit::Requests | Unit::BytesPerSecond | Unit::DollarsPerSecond | Unit::PerSecond)
    }
}

impl Message {
    /// With text behind it.
    pub fn text(mut self, text: impl Into<String>) -> Message {
        self.0.push(Piece::Text(text.into()));
        self
    }

    /// With the measured value behind it.
    pub fn value(mut self, unit: Unit) -> Message {
        self.0.push(Piece::Value(unit));
        self
    }

    /// With the value of a label behind it.
    pub fn label(mut self, name: impl Into<String>) -> Message {
        self.0.push(Piece::Label(name.into()));
        self
    }

    /// Whether it names the value of that label.
    pub fn names(&self, label: &str) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Label(name) if name == label))
    }

    /// As it reads before anything has been measured: `…` for what Prometheus fills in.
    pub fn plain(&self) -> String {
        self.0.iter().map(|piece| if let Piece::Text(text) = piece { text } else { "…" }).collect()
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message::default().text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::default().text(text)
    }
}

/// An input series in promtool's notation.
#[derive(Clone, Debug)]
pub struct Series {
    /// `name{label="value"}`.
    pub series: String,
    /// `1+0x10` and the like.
    pub values: String,
}

/// A dashboard with panels of one's own choice.
#[derive(Clone, Debug)]
pub struct Board {
    /// Its name.
    pub name: Name,
    /// Its name for people.
    pub title: String,
    /// Its panels.
    pub panels: Vec<Panel>,
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
    /// The unit of its axis.
    pub unit: Unit,
    /// Bounds with their severities, drawn as thresholds; all in one direction.
    pub bounds: Vec<(Bound, Severity)>,
    /// How it is drawn.
    pub shape: Shape,
    /// The alerts on its bounds: name and bound. The runbook has a section of each.
    pub alerts: Vec<(String, String)>,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Over time.
    Graph,
    /// The present value.
    Number,
}
