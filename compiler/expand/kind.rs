//! A kind of service, as data: what `kind "redis" { … }` says. Built-in kinds and a user's own are read alike.
//!
//! Text in a kind may hold placeholders such as `{port}` or `{memory:mb}`, which `expand::template` fills; PromQL,
//! where braces mean something else, writes `$self` for the labels of the service.

use super::setting::{Setting, setting};
use crate::{
    model::{MetricType, Severity, Unit},
    source::{Located, Span},
    syntax::Reader,
    values::{
        AbsPath, AlertName, Count, Decimal, Duration, EnvName, Line, MetricName, Name, Port, Promql, Prose,
        Samples, Selector, UrlPath, Version, choice,
    },
};

/// What a kind says about its services.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Its name.
    pub name: Located<Name>,
    /// What it is.
    pub about: Phrase,
    /// What part it plays; some parts are looked for by the compiler.
    pub role: Role,
    /// The version when none is stated.
    pub version: Option<Located<Version>>,
    /// The image that is pulled; none for kinds that are built from source.
    pub image: Option<Located<Line>>,
    /// The port on which it serves.
    pub port: Option<Located<Port>>,
    /// How others connect: the first whose placeholders all have values.
    pub urls: Vec<Located<Line>>,
    /// The command, argument by argument; a group is left out when a placeholder in it has no value.
    pub command: Vec<Vec<Located<Line>>>,
    /// Environment variables, left out likewise.
    pub environment: Vec<(Located<EnvName>, Located<Line>)>,
    /// What the kind's services can be told.
    pub settings: Vec<Setting>,
    /// What is mounted.
    pub mounts: Vec<KindMount>,
    /// Memory-backed directories.
    pub tmpfs: Vec<Located<AbsPath>>,
    /// How to tell that it works.
    pub health: Option<KindHealth>,
    /// The path of the health check when none is stated.
    pub health_path: Option<Located<UrlPath>>,
    /// Where it exports metrics itself when nothing is stated.
    pub metrics_path: Option<Located<UrlPath>>,
    /// The kind that exports metrics for it.
    pub exporter: Option<Located<Name>>,
    /// Metrics that it exports.
    pub metrics: Vec<KindMetric>,
    /// Named measures that `watch` can bound.
    pub measures: Vec<Measure>,
    /// Alerts worth having.
    pub alerts: Vec<KindAlert>,
    /// Panels of the dashboard.
    pub panels: Vec<KindPanel>,
    /// How its data is dumped and comes back.
    pub backup: Option<KindBackup>,
    /// The user that it runs as.
    pub run_as: Option<Located<Line>>,
    /// Whether its root file system is read-only.
    pub read_only: bool,
    /// Capabilities that are kept while all others are dropped; none to leave the image's.
    pub capabilities: Option<Vec<Located<Line>>>,
    /// Time to stop in.
    pub stop_grace: Option<Located<Duration>>,
    /// Facts of the definition, kept for the plan.
    pub span: Span,
}

/// What part a kind plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A program of the user's.
    Application,
    /// Keeps data.
    Datastore,
    /// The reverse proxy.
    Ingress,
    /// Prometheus.
    Metrics,
    /// Alertmanager.
    Alerts,
    /// Grafana.
    Dashboard,
    /// Exports metrics of another service.
    Exporter,
    /// Exports metrics of the host.
    HostExporter,
    /// Issues certificates.
    Certificates,
}

choice! { Role, "a role", {
    "application" => Application, "datastore" => Datastore, "ingress" => Ingress, "metrics" => Metrics,
    "alerts" => Alerts, "dashboard" => Dashboard, "exporter" => Exporter, "host-exporter" => HostExporter,
    "certificates" => Certificates,
} }

/// A text in the languages of the runbook.
#[derive(Clone, Debug, Default)]
pub struct Phrase {
    /// English.
    pub en: String,
    /// Korean; English stands in when there is none.
    pub ko: Option<String>,
}

impl Phrase {
    /// The text in that language.
    pub fn get(&self, language: crate::values::Language) -> &str {
        match (language, &self.ko) {
            (crate::values::Language::Korean, Some(ko)) => ko,
            _ => &self.en,
        }
    }
}

/// Something that a kind mounts.
#[derive(Clone, Debug)]
pub struct KindMount {
    /// A volume's name, a path of the generated tree or a path of the host.
    pub source: KindMountSource,
    /// Where in the container.
    pub target: Located<AbsPath>,
    /// Whether it can be written there.
    pub read_only: bool,
}

/// What a kind mounts.
#[derive(Clone, Debug)]
pub enum KindMountSource {
    /// A named volume.
    Volume(Name),
    /// A file or folder of the generated tree.
    Tree(String),
    /// A path of the host.
    Host(AbsPath),
}

/// How a kind tells that a service works.
#[derive(Clone, Debug)]
pub struct KindHealth {
    /// The command.
    pub command: Vec<Located<Line>>,
    /// Time between two tests.
    pub interval: Duration,
    /// Time after which a test has failed.
    pub timeout: Duration,
    /// Failures in a row.
    pub retries: Count,
    /// Time in which failures do not count.
    pub start_period: Duration,
}

/// A metric that a kind exports.
#[derive(Clone, Debug)]
pub struct KindMetric {
    /// Its name.
    pub name: Located<MetricName>,
    /// Its type.
    pub kind: MetricType,
    /// Its labels.
    pub labels: Vec<Located<Line>>,
    /// What it counts.
    pub about: String,
}

choice! { MetricType, "a type of metric", {
    "counter" => Counter, "gauge" => Gauge, "histogram" => Histogram, "summary" => Summary,
} }

choice! { Severity, "a severity", { "warning" => Warning, "critical" => Critical, } }

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A quantile of a histogram; the number in thousandths.
    Quantile(u32, Selector),
    /// `max`, `min`, `avg` or `sum` of a gauge.
    Aggregate(&'static str, Selector),
    /// Growth of a counter per second.
    Rate(Selector),
    /// The growth of one counter as a share of another's.
    Ratio(Selector, Selector),
    /// PromQL; the series prove it.
    Expression(Promql, Vec<Sample>),
}

/// How an input series of a unit test follows from the value that is to be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The series: the first one that the selector selects.
    pub series: Selector,
    /// The sample is `from + times × value`.
    pub from: Decimal,
    /// See `from`.
    pub times: Decimal,
    /// Whether the sample is the growth per second of a counter rather than a level.
    pub counter: bool,
}

/// A named measure.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name.
    pub name: Located<Name>,
    /// What is measured.
    pub form: Form,
    /// What it is called.
    pub about: Phrase,
}

/// An alert that a kind brings.
#[derive(Clone, Debug)]
pub struct KindAlert {
    /// Its name, put behind the service's: `Down` becomes `RedisDown`.
    pub name: Located<AlertName>,
    /// How urgent.
    pub severity: Severity,
    /// How long it must hold.
    pub hold: Duration,
    /// The expression.
    pub expr: Located<Promql>,
    /// One line.
    pub summary: Phrase,
    /// What it means.
    pub description: Phrase,
    /// What to do.
    pub steps: Vec<Located<Line>>,
    /// Series under which it fires: series and values in promtool's notation.
    pub fires: Vec<(Selector, Samples)>,
    /// Series under which it is silent.
    pub silent: Vec<(Selector, Samples)>,
    /// How long the series run before the alert is looked at.
    pub after: Duration,
    /// Labels of the firing alert that come from its series.
    pub labels: Vec<(String, String)>,
}

/// A panel that a kind brings.
#[derive(Clone, Debug)]
pub struct KindPanel {
    /// Its title.
    pub title: Phrase,
    /// The unit of its axis.
    pub unit: Unit,
    /// Expressions and legends.
    pub queries: Vec<(Promql, String)>,
    /// The measure whose bounds are drawn.
    pub measure: Option<Name>,
}

choice! { Unit, "a unit", {
    "seconds" => Seconds, "percent" => Ratio, "bytes" => Bytes, "requests" => PerSecond, "number" => Number,
} }

/// How data of a kind is dumped and comes back. Placeholders are put in as shell words.
#[derive(Clone, Debug)]
pub struct KindBackup {
    /// Suffix of the file.
    pub extension: Located<Name>,
    /// Writes the dump to standard output.
    pub dump: Located<Prose>,
    /// Reads a dump, fails unless it is whole.
    pub verify: Located<Prose>,
    /// Brings it back from standard input.
    pub restore: Located<Prose>,
    /// Whether the service is stopped meanwhile.
    pub offline: bool,
    /// Prints how much there is, fails when it cannot be read.
    pub check: Located<Prose>,
    /// Brings back a part: title and command.
    pub part: Option<(Phrase, Located<Prose>)>,
    /// Environment for a scratch container of the drill.
    pub drill_environment: Vec<(Located<EnvName>, Located<Line>)>,
}

/// Reads a `kind` node.
pub fn kind(r: &mut Reader) -> Option<Kind> {
    r.example(
        "kind \"mailpit\" {\n    about \"catches mail in development\"\n    role \"application\"\n    version \"v1.21\"\n    image \"axllent/mailpit:{version}\"\n    port 8025\n    health { command \"/mailpit\" \"readyz\" }\n}",
    );
    let name = r.arg::<Name>("name", "what services of this kind call it").required();
    let about = r.block("about", "what it is", phrase);
    let role = r.prop::<Role>("role", "what part it plays").or("application");
    let version = r.prop::<Version>("version", "the version when a service states none").optional();
    let image = r
        .prop::<Line>("image", "the image that is pulled, `{version}` in it; without one, services are built")
        .optional();
    let port = r.prop::<Port>("port", "the port on which it serves").optional();
    let urls = r.list::<Line>("url", "how others connect: the first whose placeholders all have values");
    let command = r
        .block("command", "the command, when it is not the image's own", |r| {
            r.example("command { arg \"redis-server\"; arg \"--maxmemory\" \"{memory:mb}\" }");
            Some(r.blocks(
                "arg",
                "arguments that belong together; left out when a placeholder in them has no value",
                |r| Some(r.args::<Line>("text", "the arguments")),
            ))
        })
        .unwrap_or_default();
    let environment =
        r.map::<EnvName, Line>("env", "environment variables; left out when a placeholder has no value");
    let settings = r.keyed("setting", "something that a service of this kind can be told", setting);
    let mut mounts = r.keyed("volume", "a named volume", |r| {
        let name = r.arg::<Name>("name", "its name").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        Some(KindMount { source: KindMountSource::Volume(name?.value), target: target?, read_only: false })
    });
    mounts.extend(r.keyed("tree", "a file or folder of the generated tree, mounted read-only", |r| {
        let path = r.arg::<Line>("path", "its path within the tree").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        Some(KindMount {
            source: KindMountSource::Tree(path?.value.to_string()),
            target: target?,
            read_only: true,
        })
    }));
    mounts.extend(r.keyed("host-path", "a path of the host", |r| {
        let path = r.arg::<AbsPath>("path", "the path on the host").required();
        let target = r.prop::<AbsPath>("at", "where in the container").required();
        let writable = r.flag("writable", "whether it can be written there");
        Some(KindMount { source: KindMountSource::Host(path?.value), target: target?, read_only: !writable })
    }));
    let tmpfs = r.list::<AbsPath>("tmpfs", "memory-backed directories");
    let health = r.block("health", "how to tell that it works", health);
    let health_path = r
        .prop::<UrlPath>("health-path", "the path of the health check when a service states none")
        .optional();
    let metrics_path = r.prop::<UrlPath>("metrics-path", "where it exports metrics itself").optional();
    let exporter = r.prop::<Name>("exporter", "the kind that exports metrics for it").optional();
    let metrics = r.keyed("metric", "a metric that it exports", metric);
    let measures = r.keyed("measure", "a named measure that `watch` can bound", measure);
    let alerts = r.keyed("alert", "an alert worth having", alert);
    let panels = r.blocks("panel", "a panel of the dashboard", panel);
    let backup = r.block("backup", "how its data is dumped and comes back", backup);
    let run_as = r.prop::<Line>("run-as", "the user that it runs as, when not the image's own").optional();
    let read_only = r.flag("read-only", "whether its root file system is read-only");
    let drop_all =
        r.flag("drop-capabilities", "whether capabilities are dropped, but for those of `keep-capability`");
    let kept = r.list::<Line>("keep-capability", "a capability that is kept");
    let stop_grace = r.prop::<Duration>("stop-grace", "time to stop in before it is killed").optional();
    Some(Kind {
        name: name?,
        about: about.unwrap_or_default(),
        role: role?.value,
        version,
        image,
        port,
        urls,
        command,
        environment,
        settings,
        mounts,
        tmpfs,
        health,
        health_path,
        metrics_path,
        exporter,
        metrics,
        measures,
        alerts,
        panels,
        backup,
        run_as,
        read_only,
        capabilities: drop_all.then_some(kept),
        stop_grace,
        span: r.span()?,
    })
}

/// A text with its Korean form: `about "text" ko="글"`.
pub fn phrase(r: &mut Reader) -> Option<Phrase> {
    let en = r.arg::<Line>("text", "the text in English").required();
    let ko = r.prop::<Line>("ko", "the same in Korean").optional();
    Some(Phrase { en: en?.value.to_string(), ko: ko.map(|text| text.value.to_string()) })
}

fn health(r: &mut Reader) -> Option<KindHealth> {
    let command =
        r.list::<Line>("command", "the command, run in the container; placeholders may stand in it");
    let interval = r.prop::<Duration>("interval", "time between two tests").or("10s");
    let timeout = r.prop::<Duration>("timeout", "time after which a test has failed").or("5s");
    let retries = r.prop::<Count>("retries", "failures in a row that make it unhealthy").or("5");
    let start_period = r.prop::<Duration>("start-period", "time in which failures do not count").or("10s");
    Some(KindHealth {
        command,
        interval: interval?.value,
        timeout: timeout?.value,
        retries: retries?.value,
        start_period: start_period?.value,
    })
}

/// A metric: `metric "name" type="histogram" about="…"`; services state metrics in the same words.
pub fn metric(r: &mut Reader) -> Option<KindMetric> {
    r.example("metric \"llm_request_duration_seconds\" type=\"histogram\" about=\"time that a call of the model takes\"");
    let name = r.arg::<MetricName>("name", "its name; of a histogram without `_bucket`").required();
    let kind = r.prop::<MetricType>("type", "its type").required();
    let labels = r.list::<Line>("labels", "labels worth knowing");
    let about = r.prop::<Line>("about", "what it counts").optional();
    Some(KindMetric {
        name: name?,
        kind: kind?.value,
        labels,
        about: about.map(|text| text.value.to_string()).unwrap_or_default(),
    })
}

/// The properties that say what is measured; kinds use them in `measure`, systems in `watch`.
pub fn form(r: &mut Reader) -> Option<Form> {
    let mut forms = Vec::new();
    for (name, about, thousandths) in [
        ("p50", "the median of this histogram", 500),
        ("p90", "the 90th percentile of this histogram", 900),
        ("p95", "the 95th percentile of this histogram", 950),
        ("p99", "the 99th percentile of this histogram", 990),
    ] {
        let histogram = r.prop::<Selector>(name, about).optional();
        forms.extend(histogram.map(|h| (h.span, Form::Quantile(thousandths, h.value))));
    }
    for (name, about) in [
        ("max", "the largest value of this gauge"),
        ("min", "the smallest value of this gauge"),
        ("avg", "the mean of this gauge"),
        ("sum", "the sum of this gauge"),
    ] {
        let gauge = r.prop::<Selector>(name, about).optional();
        forms.extend(gauge.map(|g| (g.span, Form::Aggregate(name, g.value))));
    }
    let rate = r.prop::<Selector>("rate", "growth of this counter per second").optional();
    forms.extend(rate.map(|counter| (counter.span, Form::Rate(counter.value))));
    let part = r.prop::<Selector>("ratio", "growth of this counter as a share of that of `over`").optional();
    let whole = r.prop::<Selector>("over", "see `ratio`").optional();
    match (part, whole) {
        (Some(part), Some(whole)) => forms.push((part.span, Form::Ratio(part.value, whole.value))),
        (Some(one), None) | (None, Some(one)) => r.sink().report(
            crate::diagnostic::Diagnostic::error("missing-property", "`ratio` and `over` belong together")
                .at(one.span, "one of them is missing")
                .help("write for example ratio=\"http_errors_total\" over=\"http_requests_total\""),
        ),
        (None, None) => {}
    }
    let expr = r
        .prop::<Promql>("expr", "PromQL, with `$self` for the labels of the service; needs `series`")
        .optional();
    let samples = r.blocks(
        "series",
        "an input series of the unit test: its sample is `from` + `times` × the measured value",
        |r| {
            let series = r.arg::<Selector>("series", "the series").required();
            let from = r.prop::<Decimal>("from", "see above").or("0");
            let times = r.prop::<Decimal>("times", "see above").or("1");
            let counter = r.flag("counter", "the sample is the growth of a counter per second");
            Some(Sample { series: series?.value, from: from?.value, times: times?.value, counter })
        },
    );
    forms.extend(expr.map(|expr| (expr.span, Form::Expression(expr.value, samples))));
    if let [(first, _), (second, _), ..] = forms.as_slice() {
        r.sink().report(
            crate::diagnostic::Diagnostic::error("several-measures", "a watch measures one thing")
                .at(*second, "this is a second one")
                .at(*first, "the first")
                .help("write a second `watch`"),
        );
    }
    forms.into_iter().next().map(|(_, form)| form)
}

fn measure(r: &mut Reader) -> Option<Measure> {
    let name = r.arg::<Name>("name", "what `watch` calls it").required();
    let about = r.block("about", "what it is called", phrase);
    let form = form(r);
    Some(Measure { name: name?, form: form?, about: about.unwrap_or_default() })
}

fn alert(r: &mut Reader) -> Option<KindAlert> {
    let name = r.arg::<AlertName>("name", "its name, put behind the service's").required();
    let severity = r.prop::<Severity>("severity", "how urgent").or("warning");
    let hold = r.prop::<Duration>("for", "how long the expression must hold").or("5m");
    let expr = r.prop::<Promql>("expr", "PromQL, with `$self` for the labels of the service").required();
    let summary = r.block("summary", "one line for people", phrase);
    let description = r.block("description", "what it means", phrase);
    let steps =
        r.list::<Line>("step", "what to do, for the runbook; placeholders of the service may stand in it");
    let after = r
        .prop::<Duration>("after", "how long the series of the unit test run before the alert is looked at")
        .or("15m");
    let series = |r: &mut Reader| {
        let series = r.arg::<Selector>("series", "the series").required();
        let values =
            r.arg::<Samples>("values", "its values, a minute apart, in promtool's notation").required();
        Some((series?.value, values?.value))
    };
    let fires = r.blocks("fires", "an input series under which it fires", series);
    let silent = r.blocks("silent", "an input series under which it is silent", series);
    let labels = r.blocks("label", "a label that the firing alert takes from its series", |r| {
        let name = r.arg::<Line>("name", "its name").required();
        let value = r.arg::<Line>("value", "its value under the series of `fires`").required();
        Some((name?.value.to_string(), value?.value.to_string()))
    });
    Some(KindAlert {
        name: name?,
        severity: severity?.value,
        hold: hold?.value,
        expr: expr?,
        summary: summary.unwrap_or_default(),
        description: description.unwrap_or_default(),
        steps,
        fires,
        silent,
        after: after?.value,
        labels,
    })
}

fn panel(r: &mut Reader) -> Option<KindPanel> {
    let title = r.block("title", "its title", phrase);
    let unit = r.prop::<Unit>("unit", "the unit of its axis").or("number");
    let queries = r.blocks("query", "an expression, with `$self` for the labels of the service", |r| {
        let expr = r.arg::<Promql>("expr", "PromQL").required();
        let legend = r.prop::<Line>("legend", "the legend").optional();
        Some((expr?.value, legend.map(|text| text.value.to_string()).unwrap_or_default()))
    });
    let measure = r.prop::<Name>("measure", "the measure whose bounds are drawn").optional();
    Some(KindPanel {
        title: title.unwrap_or_default(),
        unit: unit?.value,
        queries,
        measure: measure.map(|name| name.value),
    })
}

fn backup(r: &mut Reader) -> Option<KindBackup> {
    let extension = r.prop::<Name>("extension", "suffix of the dump's file").required();
    let dump =
        r.prop::<Prose>("dump", "shell text in the container: writes the dump to standard output").required();
    let verify = r
        .prop::<Prose>(
            "verify",
            "shell text in a fresh container of the image: reads the dump, fails unless it is whole",
        )
        .required();
    let restore =
        r.prop::<Prose>("restore", "shell text: brings the dump back from standard input").required();
    let offline = r.flag(
        "offline",
        "the service is stopped, and `restore` runs in a one-off container with its volumes",
    );
    let check = r
        .prop::<Prose>(
            "check",
            "shell text in the container: prints how much there is, fails when it cannot be read",
        )
        .required();
    let part = r.block("part", "how to bring back a part", |r| {
        let title = r.block("title", "what part", phrase);
        let run = r
            .prop::<Prose>(
                "run",
                "shell text in the container; reads the dump from standard input, `$1` is the part",
            )
            .required();
        Some((title.unwrap_or_default(), run?))
    });
    let drill_environment = r.map::<EnvName, Line>(
        "drill-env",
        "environment that a scratch container needs to start for a drill; no secrets",
    );
    Some(KindBackup {
        extension: extension?,
        dump: dump?,
        verify: verify?,
        restore: restore?,
        offline,
        check: check?,
        part,
        drill_environment,
    })
}
