//! A kind of service, as data: what `kind "redis" { … }` says. Built-in kinds and a user's own are read alike.
//!
//! Text in a kind may hold placeholders such as `{port}` or `{memory:mb}`, which `expand::placeholder` fills; PromQL,
//! where braces mean something else, writes `$self` for the labels of the service.
mod alert;
mod backup;
mod health;
mod measure;
mod metric;
mod mount;
mod panel;
mod phrase;
mod role;
mod rotate;

pub use alert::KindAlert;
pub use backup::{KindBackup, KindPointInTime};
pub use health::KindHealth;
pub use measure::{Form, Measure, Sample, form};
pub use metric::{KindMetric, metric, plain as plain_metric};
pub use mount::{KindMount, KindMountSource, KindTmpfs};
pub use panel::KindPanel;
pub use phrase::{Phrase, phrase};
pub use role::Role;
pub use rotate::KindRotate;

use super::{
    read::service::{LogSpec, UnitWays, log, ways},
    setting::{Setting, setting},
};
use crate::{
    diagnostic::Diagnostic,
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{Duration, EnvName, Line, Name, Port, UrlPath, Version},
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
    /// Variables with which it asks nobody for a password.
    pub unauthenticated: Vec<(Located<EnvName>, Located<Line>)>,
    /// What the kind's services can be told.
    pub settings: Vec<Setting>,
    /// What is mounted.
    pub mounts: Vec<KindMount>,
    /// Memory-backed directories.
    pub tmpfs: Vec<KindTmpfs>,
    /// How to tell that it works.
    pub health: Option<KindHealth>,
    /// The path of the health check when none is stated.
    pub health_path: Option<Located<UrlPath>>,
    /// Where it exports metrics itself when nothing is stated.
    pub metrics_path: Option<Located<UrlPath>>,
    /// What its programs have such metrics from, when they do not come with it.
    pub metrics_library: Option<Located<Line>>,
    /// Paths that tell more than outsiders should see.
    pub private_paths: Vec<Located<UrlPath>>,
    /// Log files that its services write.
    pub logs: Vec<LogSpec>,
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
    /// How its secrets are changed that it keeps itself.
    pub rotations: Vec<KindRotate>,
    /// The user that it runs as.
    pub run_as: Option<Located<Line>>,
    /// Whether its root file system is read-only.
    pub read_only: bool,
    /// Capabilities that are kept while all others are dropped; none to leave the image's.
    pub capabilities: Option<Vec<Located<Line>>>,
    /// Time to stop in.
    pub stop_grace: Option<Located<Duration>>,
    /// What its services are like when they run on the host itself.
    pub unit: UnitWays,
    /// What every stated service of it says, in the words of a `service`, unless it says otherwise.
    pub says: Option<Node>,
    /// Facts of the definition, kept for the plan.
    pub span: Span,
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
    let command = command(r);
    let environment =
        r.map::<EnvName, Line>("env", "environment variables; left out when a placeholder has no value");
    references(r, &environment);
    let unauthenticated = r.map::<EnvName, Line>(
        "unauthenticated",
        "variables and the values with which it asks nobody for a password, so that no checklist says it does",
    );
    let settings = r.keyed("setting", "something that a service of this kind can be told", setting);
    let mounts = mount::mounts(r);
    let tmpfs = r.blocks("tmpfs", "a directory in memory", mount::tmpfs);
    let health = r.block("health", "how to tell that it works", health::health);
    let health_path = r
        .prop::<UrlPath>("health-path", "the path of the health check when a service states none")
        .optional();
    let metrics_path = r.prop::<UrlPath>("metrics-path", "where it exports metrics itself").optional();
    let metrics_library = r
        .prop::<Line>(
            "metrics-library",
            "the library that gives its programs the metrics, told where they have none yet",
        )
        .optional();
    let private_paths = r.list::<UrlPath>(
        "private",
        "a path that tells more than outsiders should see; closed at the ingress",
    );
    let logs = r.keyed(
        "log",
        "a log file that its services write, unless a service says otherwise of the same path",
        log,
    );
    let exporter = r.prop::<Name>("exporter", "the kind that exports metrics for it").optional();
    let metrics = r.keyed("metric", "a metric that it exports", metric::metric);
    let measures = r.keyed("measure", "a named measure that `watch` can bound", measure::measure);
    let alerts = r.keyed("alert", "an alert worth having", alert::alert);
    let panels = r.blocks("panel", "a panel of the dashboard", panel::panel);
    let backup = r.block("backup", "how its data is dumped and comes back", backup::backup);
    let rotations = r.keyed(
        "rotate",
        "how a secret is changed that the service keeps itself, so that a new value in its environment alone would lock others out",
        rotate::rotate,
    );
    let run_as = r.prop::<Line>("run-as", "the user that it runs as, when not the image's own").optional();
    let read_only = r.flag("read-only", "whether its root file system is read-only");
    let capabilities = capabilities(r);
    let stop_grace = r.prop::<Duration>("stop-grace", "time to stop in before it is killed").optional();
    let unit = r.block("unit", "what its services are like that run on the host itself", |r| Some(ways(r)));
    let says = r.laid_under(
        "service",
        "what stated services of the kind say, in the words of a `service`, such as `restart`, `needs`, `logging` or `env` with variables: a service's own words win, names with values and mounts are put together",
    );
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
        unauthenticated,
        settings,
        mounts,
        tmpfs,
        health,
        health_path,
        metrics_path,
        metrics_library,
        private_paths,
        logs,
        exporter,
        metrics,
        measures,
        alerts,
        panels,
        backup,
        rotations,
        run_as,
        read_only,
        capabilities,
        stop_grace,
        unit: unit.unwrap_or_default(),
        says,
        span: r.span()?,
    })
}

/// The texts of a kind are filled with settings, and nothing else: what looks like a variable stays as it is.
fn references(r: &Reader, environment: &[(Located<EnvName>, Located<Line>)]) {
    for (name, value) in environment {
        if value.value.as_str().contains("${") {
            r.sink().report(
                Diagnostic::warning("unexpanded-variable", format!("`{}` reaches programs with its `${{…}}`", name.value))
                    .at(value.span, "no variable is put in here")
                    .help(format!("a kind says what services say in a block of that name: `service {{ env {{ {} (template)\"{}\" }} }}`", name.value, value.value)),
            );
        }
    }
}

fn command(r: &mut Reader) -> Vec<Vec<Located<Line>>> {
    r.block("command", "the command, when it is not the image's own", |r| {
        r.example("command { arg \"redis-server\"; arg \"--maxmemory\" \"{memory:mb}\" }");
        Some(r.blocks(
            "arg",
            "arguments that belong together; left out when a placeholder in them has no value",
            |r| Some(r.args::<Line>("text", "the arguments")),
        ))
    })
    .unwrap_or_default()
}

/// None when the image's own are left.
fn capabilities(r: &mut Reader) -> Option<Vec<Located<Line>>> {
    let drop_all =
        r.flag("drop-capabilities", "whether capabilities are dropped, but for those of `keep-capability`");
    let kept = r.list::<Line>("keep-capability", "a capability that is kept");
    drop_all.then_some(kept)
}
