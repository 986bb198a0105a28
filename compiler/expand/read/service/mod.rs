//! `service`: a program of the system.

mod build;
mod config;
pub mod container;
mod field;
mod health;
mod log;
mod metrics;
mod publish;
mod release;
mod resources;
mod scale;
mod unit;
mod volume;

pub use build::BuildSpec;
pub use config::ConfigSpec;
pub use container::{ContainerSpec, Kernel};
pub use field::{ConditionSpec, FieldSpec, LogMetricSpec};
pub use health::HealthSpec;
pub use log::{LogSpec, ReportSpec, log};
pub use metrics::MetricsSpec;
pub use publish::{PublishSpec, publish};
pub use release::{ReleaseSpec, Strategy};
pub use resources::{Cpus, ResourceSpec};
pub use scale::{ScaleSpec, TakesSpec};
pub use unit::{UnitSpec, UnitWays, ways};
pub use volume::{MountLabel, VolumeSpec};

use super::{
    allow::allows,
    compose_words,
    from::{Late, LocatedSource, Or, Source, known},
};
use crate::{
    diagnostic::{Diagnostic, meant},
    expand::{
        kind::{KindMetric, metric},
        kinds::Kinds,
        setting::{Typed, values},
    },
    model::{Allow, Mount, Origin},
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{
        AbsPath, Count, Duration, EnvKey, EnvName, Image, Line, LogPath, Name, Port, Replicas, UrlPath,
        Value as _, Version,
    },
};

/// A stated `service`.
#[derive(Clone, Debug)]
pub struct ServiceSpec {
    /// Its name.
    pub name: Located<Name>,
    /// Its kind.
    pub kind: Located<Name>,
    /// Its version.
    pub version: Option<Located<Version>>,
    /// An image in place of the kind's.
    pub image: Option<Located<Or<Image>>>,
    /// How it is built.
    pub build: Option<BuildSpec>,
    /// How it runs on the host itself, when not in a container.
    pub unit: Option<UnitSpec>,
    /// The hosts that it runs on; the only one when empty.
    pub on: Vec<Located<Name>>,
    /// How many containers run on each.
    pub replicas: Located<Count>,
    /// Its port.
    pub port: Option<Located<Port>>,
    /// Its command in place of the kind's.
    pub command: Vec<LocatedSource>,
    /// Words behind the kind's command.
    pub arguments: Vec<LocatedSource>,
    /// Its health check.
    pub health: Option<HealthSpec>,
    /// Paths of detailed health.
    pub health_detail: Vec<Located<UrlPath>>,
    /// Where it exports metrics.
    pub metrics: Option<MetricsSpec>,
    /// Paths of WebSockets.
    pub websocket: Vec<Located<UrlPath>>,
    /// Services that must work before it starts.
    pub needs: Vec<Located<Name>>,
    /// Environment variables.
    pub env: Vec<(Located<EnvName>, LocatedSource)>,
    /// Settings of the kind: name, values, whether stated, place.
    pub settings: Vec<(Name, Vec<Typed>, bool, Span)>,
    /// Most that it may use.
    pub limits: Option<ResourceSpec>,
    /// What is kept free for it.
    pub reserve: Option<ResourceSpec>,
    /// Ports that the host offers.
    pub publish: Vec<PublishSpec>,
    /// What is mounted.
    pub volumes: Vec<VolumeSpec>,
    /// Log files that it writes.
    pub logs: Vec<LogSpec>,
    /// Configuration files.
    pub configs: Vec<ConfigSpec>,
    /// Metrics of its own.
    pub own_metrics: Vec<KindMetric>,
    /// How a new release takes over.
    pub release: Option<ReleaseSpec>,
    /// How it grows.
    pub scale: Option<ScaleSpec>,
    /// Time to stop in.
    pub stop_grace: Option<Located<Duration>>,
    /// The user that it runs as.
    pub run_as: Option<Located<Or<Line>>>,
    /// How its container runs.
    pub container: ContainerSpec,
    /// Further bounds of one container.
    pub kernel: Kernel,
    /// What compose fills in of what is known here otherwise.
    pub late: Vec<Late>,
    /// Nodes for compose.
    pub raw_compose: Vec<Node>,
    /// Whether it keeps a database although its kind does not say so.
    pub datastore: bool,
    /// Warnings that are accepted for it.
    pub allows: Vec<Allow>,
    /// What the compiler gives it.
    pub derived: Derivation,
    /// Why it exists, when the compiler derived it.
    pub origin: Option<Origin>,
    /// Whether something about it is wrong: what is missing may be missing for that.
    pub faulty: bool,
    /// Where it is stated.
    pub span: Span,
}

/// What a service gets because of what is stated elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Derivation {
    /// The service whose metrics it exports.
    pub observes: Option<Name>,
    /// The service that exports its metrics.
    pub exported_by: Option<Name>,
    /// Services that it is started after, beside those that it states.
    pub needs: Vec<Located<Name>>,
    /// Values of placeholders.
    pub settings: Vec<(&'static str, Vec<Typed>)>,
    /// Mounts.
    pub mounts: Vec<Mount>,
    /// Variables that it reads from files.
    pub secret_files: Vec<(EnvName, AbsPath)>,
    /// The compose profile by which it is started on demand.
    pub profile: Option<Name>,
}

impl ServiceSpec {
    /// A service of which nothing is said but its kind: what the compiler derives starts from it.
    pub fn bare(
        name: Name,
        kind: Name,
        settings: Vec<(Name, Vec<Typed>, bool, Span)>,
        origin: Origin,
    ) -> Option<ServiceSpec> {
        let span = origin.span();
        Some(ServiceSpec {
            name: Located::new(name, span),
            kind: Located::new(kind, span),
            version: None,
            image: None,
            build: None,
            unit: None,
            on: Vec::new(),
            replicas: Located::new(Count::new(1), span),
            port: None,
            command: Vec::new(),
            arguments: Vec::new(),
            health: None,
            health_detail: Vec::new(),
            metrics: None,
            websocket: Vec::new(),
            needs: Vec::new(),
            env: Vec::new(),
            settings,
            limits: None,
            reserve: None,
            publish: Vec::new(),
            volumes: Vec::new(),
            logs: Vec::new(),
            configs: Vec::new(),
            own_metrics: Vec::new(),
            release: None,
            scale: None,
            stop_grace: None,
            run_as: None,
            container: ContainerSpec::default(),
            kernel: Kernel::default(),
            late: Vec::new(),
            raw_compose: Vec::new(),
            allows: Vec::new(),
            datastore: false,
            derived: Derivation::default(),
            origin: Some(origin),
            faulty: false,
            span,
        })
    }
}

/// Reads a `service`. Its kind must be known to read its settings.
pub fn service(r: &mut Reader, kinds: &Kinds) -> Option<ServiceSpec> {
    r.example("service \"api\" kind=\"go-http\" replicas=2 {\n    build \"./api\"\n    port 8080\n    health \"/health\"\n    metrics \"/metrics\"\n    env { LOG_LEVEL \"info\" }\n}");
    let name = r
        .arg::<Name>("name", "its name: compose service, DNS name on the private network, label `service`")
        .required();
    r.foreign(compose_words::in_service);
    let instead = (!r.stated("kind")).then(|| which_kind(kinds, r.stated("image")));
    let kind = r
        .prop::<Name>("kind", "its kind: one of the standard library, or of your own")
        .instead(instead)
        .required();
    let version = r.prop::<Version>("version", "the version of the kind's image").optional();
    let image = r.prop::<Or<Image>>("image", "an image in place of the kind's").optional();
    let build = r.block("build", "how its image is built", build::build);
    let unit = r.block(
        "unit",
        "how it runs as a unit of systemd on the host itself, instead of in a container",
        unit::unit,
    );
    let on = r.list::<Name>("on", "the hosts that it runs on, when there are several");
    let mut late = Vec::new();
    let replicas = r.prop::<Or<Replicas>>("replicas", "how many containers run on each host").or("1");
    // How many there are is not known then: one is what alerts and checks go by.
    let replicas = replicas.and_then(|stated| {
        let span = stated.span;
        let count = known(Some(stated), "scale", &mut late).map(|stated| stated.map(Count::from));
        count.or(Some(Located::new(Count::new(1), span)))
    });
    let port =
        r.prop::<Port>("port", "the port on which it serves inside; the kind's when absent").optional();
    let command = r.list::<Source>("command", "its command, in place of the kind's");
    let arguments = r.list::<Source>(
        "arguments",
        "words behind the kind's command, which goes on handing over the settings: `\"-c\" \"wal_level=logical\"`",
    );
    let health = r.block("health", "how to tell that it works", health::health);
    let mut health_detail = r.list::<UrlPath>(
        "health-detail",
        "a path that tells more than outsiders should see; closed at the ingress",
    );
    let metrics = r.block("metrics", "where it exports metrics", metrics::metrics);
    let websocket = r.list::<UrlPath>("websocket", "a path that is upgraded to WebSocket");
    let needs = r.list::<Name>("needs", "services that must work before it starts");
    let env = r.map::<EnvKey, Source>("env", "environment variables: values, or where they come from");
    let mut container = container::container(r);
    let (env, odd) = by_name(env);
    container.odd_env = odd;
    let named = env.iter().map(|(name, _)| (name.value.as_str(), name.span));
    given_twice(
        r,
        &container,
        named.chain(container.odd_env.iter().map(|(key, _)| (key.value.as_str(), key.span))),
    );
    let (limits, kernel) = r.block("limits", "most that one container may use", resources::limits).unzip();
    let reserve = r.block("reserve", "what is kept free for one container", resources::reserve);
    let publish = r.keyed(
        "publish",
        "a port that the host offers, from the host itself only unless `from` or `public` says more",
        publish,
    );
    let volumes = r.blocks("volume", "something mounted", volume::volume);
    let mut logs = r.keyed(
        "log",
        "a log file that it writes: one in a container is put on the host, and rotated there",
        log,
    );
    let configs =
        r.keyed("config", "a configuration file, made from the description and mounted", config::config);
    let own_metrics = r.keyed("metric", "a metric of its own", metric);
    let release = r.block(
        "release",
        "how a new release takes over from the one that runs; its containers are replaced when absent",
        release::release,
    );
    let scale = r.block(
        "scale-out",
        "how it grows when it has too much to do: steps, what tells that the next is due, and what each needs",
        scale::scale,
    );
    let datastore = r.switch(
        "datastore",
        "whether it keeps a database, which a program of its own kind would say by itself: its files belong together, and are copied only while it stands still",
    );
    let stop_grace = r.prop::<Or<Duration>>("stop-grace", "time to stop in before it is killed").optional();
    let stop_grace = known(stop_grace, "stop_grace_period", &mut late);
    let run_as =
        r.prop::<Or<Line>>("run-as", "the user that it runs as, when not the image's own").optional();
    let raw_compose = r
        .raw(
            "compose",
            "keys of the compose service that the language has no word for, as KDL",
            compose_words::PASSED_ON,
        )
        .into_iter()
        .cloned()
        .collect();
    let allows = allows(r);
    r.leave_rest();
    let settings = match (&name, &kind) {
        (Some(name), Some(kind)) => of_kind(r, kinds, name, kind, &mut health_detail, &mut logs),
        _ => Vec::new(),
    };
    let parts = [
        limits.as_ref().map(|limits: &ResourceSpec| &limits.late),
        reserve.as_ref().map(|reserve: &ResourceSpec| &reserve.late),
        health.as_ref().map(|health: &HealthSpec| &health.late),
        build.as_ref().map(|build: &BuildSpec| &build.late),
    ];
    late.extend(parts.into_iter().flatten().flatten().cloned());
    Some(ServiceSpec {
        name: name?,
        kind: kind?,
        version,
        image,
        build,
        unit,
        on,
        replicas: replicas?,
        port,
        command,
        arguments,
        health,
        health_detail,
        metrics,
        websocket,
        needs,
        env,
        settings,
        limits,
        reserve,
        publish,
        volumes,
        logs,
        configs,
        own_metrics,
        release,
        scale,
        datastore,
        stop_grace,
        run_as,
        container,
        kernel: kernel.unwrap_or_default(),
        late,
        raw_compose,
        allows,
        derived: Derivation::default(),
        origin: None,
        faulty: r.is_faulty(),
        span: r.span()?,
    })
}

/// Reports variables that are handed through and given a value, or handed through twice: one of the two would be lost.
fn given_twice<'a>(r: &Reader, container: &'a ContainerSpec, given: impl Iterator<Item = (&'a str, Span)>) {
    let mut known: Vec<(&str, Span)> = given.collect();
    for passed in &container.pass_env {
        let name = passed.value.as_str();
        if let Some((_, first)) = known.iter().find(|(known, _)| *known == name) {
            r.sink().report(
                Diagnostic::error("duplicate", format!("the variable `{name}` is stated twice"))
                    .at(passed.span, "handed through here")
                    .at(*first, "first stated here")
                    .help("keep one of them: a value in `env`, or `pass-env` for the value of where compose runs"),
            );
        }
        known.push((name, passed.span));
    }
}

/// What to write where no kind is stated.
fn which_kind(kinds: &Kinds, image: bool) -> String {
    if image {
        "write `kind=\"container\"`, which takes any image, or a kind that knows more of the program"
            .to_owned()
    } else {
        format!(
            "write `kind=\"container\" image=\"…\"` for any image, or one of these kinds: {}",
            kinds.of_services()
        )
    }
}

/// Variables with a place, and where their values come from.
type Variables<K> = Vec<(Located<K>, LocatedSource)>;

/// Variables that a shell can read, and those that only programs can.
fn by_name(stated: Variables<EnvKey>) -> (Variables<EnvName>, Variables<EnvKey>) {
    let (mut names, mut odd) = (Vec::new(), Vec::new());
    for (key, source) in stated {
        match EnvName::parse(key.value.as_str()) {
            Ok(name) => names.push((Located::new(name, key.span), source)),
            Err(_) => odd.push((key, source)),
        }
    }
    (names, odd)
}

/// What the kind brings: the values of its settings, its private paths and its logs. Reports what nobody asks for.
fn of_kind(
    r: &mut Reader,
    kinds: &Kinds,
    name: &Located<Name>,
    kind: &Located<Name>,
    private: &mut Vec<Located<UrlPath>>,
    logs: &mut Vec<LogSpec>,
) -> Vec<(Name, Vec<Typed>, bool, Span)> {
    let mut vocabulary: Vec<&str> = r.vocabulary();
    match kinds.get(kind.value.as_str()).map(|defined| &defined.kind) {
        Some(known) => {
            let settings = values(r, &known.settings, name.value.as_str());
            private.extend(known.private_paths.iter().cloned());
            let stated: Vec<LogPath> = logs.iter().map(|log| log.path.value.clone()).collect();
            logs.extend(known.logs.iter().filter(|log| !stated.contains(&log.path.value)).cloned());
            vocabulary.extend(known.settings.iter().map(|s| s.name.value.as_str()));
            r.report_unknown(&vocabulary);
            settings
        }
        // What is wrong with the kind has been told.
        None if kinds.is_faulty(kind.value.as_str()) => Vec::new(),
        None => {
            let diagnostic = Diagnostic::error("unknown-kind", format!("there is no kind `{}`", kind.value))
                .at(kind.span, "not known");
            r.sink().report(diagnostic.help(meant(kind.value.as_str(), kinds.names(), || {
                let (kind, known) = (&kind.value, kinds.of_services());
                format!("any image runs as `kind=\"container\" image=\"{kind}:…\"`; known kinds: {known}")
            })));
            Vec::new()
        }
    }
}
