//! `monitor`: what is measured and what must hold.

use super::{
    board::{BoardSpec, board},
    from::SecretRef,
    secret_files::{Passed, passed},
    slo::{SloSpec, slo},
};
use crate::{
    expand::kind::{Form, Phrase, form, phrase},
    source::{Located, Span},
    syntax::Reader,
    values::{AlertName, Bound, Duration, Line, Name, RelPath, Version},
};

/// A stated `monitor`.
#[derive(Clone, Debug)]
pub struct MonitorSpec {
    /// The host that Prometheus, Alertmanager and Grafana run on; the only one when absent.
    pub on: Option<Located<Name>>,
    /// Time between two scrapes.
    pub interval: Located<Duration>,
    /// How long samples are kept.
    pub retention: Located<Duration>,
    /// What must hold.
    pub watches: Vec<WatchSpec>,
    /// What share must go well.
    pub slos: Vec<SloSpec>,
    /// Dashboards with panels of one's own choice.
    pub boards: Vec<BoardSpec>,
    /// Grafana.
    pub grafana: Option<GrafanaSpec>,
    /// Versions in place of the kinds'.
    pub prometheus_version: Option<Located<Version>>,
    /// See above.
    pub alertmanager_version: Option<Located<Version>>,
    /// Alerts of the kinds that are not wanted.
    pub without: Vec<Located<AlertName>>,
    /// Rule files of the user's own, relative to the description.
    pub rules: Vec<Located<RelPath>>,
    /// Unit tests for them.
    pub tests: Vec<Located<RelPath>>,
    /// Dashboards of the user's own.
    pub dashboards: Vec<Located<RelPath>>,
    /// Nodes for prometheus.yml.
    pub raw_prometheus: Passed,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `watch`.
#[derive(Clone, Debug)]
pub struct WatchSpec {
    /// Its name, which is a measure of the kind when nothing else says what is measured.
    pub name: Located<Name>,
    /// The measure of the kind, when the watch is called otherwise.
    pub measure: Option<Located<Name>>,
    /// The service or host that is watched.
    pub of: Option<Located<Name>>,
    /// What is measured, when it is not a measure of the kind.
    pub form: Option<Form>,
    /// The bound of a warning.
    pub warn: Option<Located<Bound>>,
    /// The bound of a critical alert.
    pub critical: Option<Located<Bound>>,
    /// How long it must hold.
    pub hold: Located<Duration>,
    /// What it is called.
    pub about: Option<Phrase>,
    /// What to do.
    pub steps: Vec<Located<Line>>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `grafana`.
#[derive(Clone, Debug)]
pub struct GrafanaSpec {
    /// The administrator's password.
    pub admin_password: Located<SecretRef>,
    /// Its version.
    pub version: Option<Located<Version>>,
    /// Where it is stated.
    pub span: Span,
}

/// Keys of prometheus.yml whose value can be in a file, which `KEY_file` names.
const SECRET_KEYS: &[&str] = &["bearer_token", "client_secret", "credentials", "password", "username"];

/// Reads a `monitor`.
pub fn monitor(r: &mut Reader) -> Option<MonitorSpec> {
    r.example("monitor {\n    watch \"latency-p95\" of=\"api\" warn=\">500ms\" critical=\">1s\"\n    grafana admin-password=(secret)\"GRAFANA_ADMIN_PASSWORD\"\n}");
    let on = r
        .prop::<Name>(
            "on",
            "the host that Prometheus, Alertmanager and Grafana run on, when there are several",
        )
        .optional();
    let interval = r.prop::<Duration>("interval", "time between two scrapes and two evaluations").or("15s");
    let retention = r.prop::<Duration>("retention", "how long samples are kept").above_zero().or("30d");
    let watches = r.keyed("watch", "something that must hold", watch);
    let slos = r.keyed("slo", "a share of what is asked of a service that must go well, with alerts on how fast the rest is used up", slo);
    let boards =
        r.keyed("board", "a dashboard with panels of one's own choice, beside the one of everything", board);
    let grafana = r.block("grafana", "a dashboard of the system's own metrics and bounds", |r| {
        r.example("grafana admin-password=(secret)\"GRAFANA_ADMIN_PASSWORD\"");
        let admin_password = r.prop::<SecretRef>("admin-password", "the administrator's password").required();
        let version = r.prop::<Version>("version", "version of Grafana; the kind's when absent").optional();
        Some(GrafanaSpec { admin_password: admin_password?, version, span: r.span()? })
    });
    let prometheus_version =
        r.prop::<Version>("prometheus-version", "version of Prometheus; the kind's when absent").optional();
    let alertmanager_version = r
        .prop::<Version>("alertmanager-version", "version of Alertmanager; the kind's when absent")
        .optional();
    let without = r.list::<AlertName>(
        "without",
        "the name of an alert of a kind that is not wanted, such as `RedisMemoryHigh`",
    );
    let rules = r.list::<RelPath>("rules", "a file of Prometheus rules of your own");
    let tests = r.list::<RelPath>("tests", "unit tests for those rules, in promtool's format");
    let dashboards = r.list::<RelPath>("dashboard", "a Grafana dashboard of your own, as JSON");
    let raw_prometheus = passed(
        r,
        "prometheus",
        "keys of prometheus.yml that the language has no word for, as KDL; `password (secret)\"NAME\"` becomes `password_file`",
        SECRET_KEYS,
    );
    Some(MonitorSpec {
        on,
        interval: interval?,
        retention: retention?,
        watches,
        slos,
        boards,
        grafana,
        prometheus_version,
        alertmanager_version,
        without,
        rules,
        tests,
        dashboards,
        raw_prometheus,
        span: r.span()?,
    })
}

fn watch(r: &mut Reader) -> Option<WatchSpec> {
    r.example("watch \"queue-length\" max=\"app_queue_length\" of=\"api\" warn=\">100\" critical=\">1000\" for=\"10m\"");
    let name = r
        .arg::<Name>(
            "name",
            "its name; a measure of the service's kind when nothing below says what is measured",
        )
        .required();
    let measure = r
        .prop::<Name>(
            "measure",
            "the measure of the service's kind, when the watch has a name of its own: two services can be watched alike",
        )
        .optional();
    let of = r.prop::<Name>("of", "the service or host that is watched; the host when absent").optional();
    let form = form(r);
    let warn = r.prop::<Bound>("warn", "beyond this, a warning").optional();
    let critical = r.prop::<Bound>("critical", "beyond this, a critical alert").optional();
    let hold = r.prop::<Duration>("for", "how long it must be beyond").or("5m");
    let about = r.block("about", "what is measured, for people", phrase);
    let steps = r.list::<Line>("step", "what to do when it is beyond, for the runbook");
    Some(WatchSpec {
        name: name?,
        measure,
        of,
        form,
        warn,
        critical,
        hold: hold?,
        about,
        steps,
        span: r.span()?,
    })
}
