//! `service`: a program of the system.

use super::{
    allow::allows,
    from::{LocatedSource, Source},
    host::Protocol,
};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        kind::{KindMetric, Phrase, metric, phrase},
        kinds::Kinds,
        setting::{Typed, values},
    },
    model::Allow,
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{
        AbsPath, Cidr, Count, Duration, EnvName, Image, Line, Name, Port, RelPath, Size, UrlPath, Version,
        choice,
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
    pub image: Option<Located<Image>>,
    /// How it is built.
    pub build: Option<BuildSpec>,
    /// How many containers run.
    pub replicas: Located<Count>,
    /// Its port.
    pub port: Option<Located<Port>>,
    /// Its command in place of the kind's.
    pub command: Vec<Located<Line>>,
    /// Its health check.
    pub health: Option<HealthSpec>,
    /// Paths of detailed health.
    pub health_detail: Vec<Located<UrlPath>>,
    /// Where it exports metrics.
    pub metrics: Option<Located<UrlPath>>,
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
    /// Time to stop in.
    pub stop_grace: Option<Located<Duration>>,
    /// The user that it runs as.
    pub run_as: Option<Located<Line>>,
    /// Nodes for compose.
    pub raw_compose: Vec<Node>,
    /// Warnings that are accepted for it.
    pub allows: Vec<Allow>,
    /// The service whose metrics it exports; derived.
    pub observes: Option<Name>,
    /// The service that exports its metrics; derived.
    pub exported_by: Option<Name>,
    /// Placeholders that the compiler gives; derived.
    pub derived_settings: Vec<(&'static str, Vec<Typed>)>,
    /// Mounts that the compiler gives; derived.
    pub derived_mounts: Vec<crate::model::Mount>,
    /// Variables that it reads from files; derived.
    pub secret_files: Vec<(EnvName, AbsPath)>,
    /// The compose profile by which it is started on demand; derived.
    pub profile: Option<Name>,
    /// Why it exists, when the compiler derived it.
    pub origin: Option<crate::model::Origin>,
    /// Whether something about it is wrong: what is missing may be missing for that.
    pub faulty: bool,
    /// Where it is stated.
    pub span: Span,
}

impl ServiceSpec {
    /// A service of which nothing is said but its kind: what the compiler derives starts from it.
    pub fn bare(
        name: Name,
        kind: Name,
        settings: Vec<(Name, Vec<Typed>, bool, Span)>,
        origin: crate::model::Origin,
    ) -> Option<ServiceSpec> {
        use crate::values::Value as _;
        let span = origin.span();
        Some(ServiceSpec {
            name: Located::new(name, span),
            kind: Located::new(kind, span),
            version: None,
            image: None,
            build: None,
            replicas: Located::new(Count::parse("1").ok()?, span),
            port: None,
            command: Vec::new(),
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
            stop_grace: None,
            run_as: None,
            raw_compose: Vec::new(),
            allows: Vec::new(),
            observes: None,
            exported_by: None,
            derived_settings: Vec::new(),
            derived_mounts: Vec::new(),
            secret_files: Vec::new(),
            profile: None,
            origin: Some(origin),
            faulty: false,
            span,
        })
    }
}

/// A stated `build`.
#[derive(Clone, Debug)]
pub struct BuildSpec {
    /// The folder.
    pub context: Located<RelPath>,
    /// The Dockerfile.
    pub dockerfile: Option<Located<RelPath>>,
    /// The stage.
    pub target: Option<Located<Name>>,
    /// Arguments.
    pub args: Vec<(Located<EnvName>, LocatedSource)>,
}

/// A stated `health`.
#[derive(Clone, Debug)]
pub struct HealthSpec {
    /// The path that answers.
    pub path: Option<Located<UrlPath>>,
    /// The command in place of the kind's.
    pub command: Vec<Located<Line>>,
    /// Time between two tests.
    pub interval: Option<Located<Duration>>,
    /// Time after which a test has failed.
    pub timeout: Option<Located<Duration>>,
    /// Failures in a row.
    pub retries: Option<Located<Count>>,
    /// Time in which failures do not count.
    pub start_period: Option<Located<Duration>>,
}

/// Stated `limits` or `reserve`.
#[derive(Clone, Debug)]
pub struct ResourceSpec {
    /// Processors.
    pub cpus: Option<Located<Cpus>>,
    /// Memory.
    pub memory: Option<Located<Size>>,
}

/// A number of processors such as `0.5` or `2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpus(pub String);

impl crate::values::Value for Cpus {
    const WHAT: &'static str = "a number of processors";
    const EXAMPLES: &'static [&'static str] = &["0.5", "2"];

    fn parse(text: &str) -> Result<Self, String> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, most: usize| {
            !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 4) || !digits(fraction, 3) || text.chars().all(|c| c == '0' || c == '.') {
            return Err("write a number above 0 with at most three decimals, such as 0.5".into());
        }
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        Ok(Cpus(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }))
    }
}

/// A stated `publish`.
#[derive(Clone, Debug)]
pub struct PublishSpec {
    /// On the host.
    pub host: Located<Port>,
    /// In the container; the service's port when absent.
    pub container: Option<Located<Port>>,
    /// The protocol.
    pub protocol: Protocol,
    /// From where; none stated means from the host itself only.
    pub from: Vec<Located<Cidr>>,
    /// From everywhere.
    pub public: bool,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `volume`.
#[derive(Clone, Debug)]
pub struct VolumeSpec {
    /// A named volume's name, or a path of the host, or a file beside the description.
    pub source: Located<Line>,
    /// Where in the container.
    pub target: Located<AbsPath>,
    /// Whether it cannot be written there.
    pub read_only: bool,
}

/// A stated `log`.
#[derive(Clone, Debug)]
pub struct LogSpec {
    /// The file in the container.
    pub path: Located<AbsPath>,
    /// How often it is rotated.
    pub rhythm: LogRhythm,
    /// How many rotated files are kept.
    pub keep: Located<Count>,
    /// Rotate earlier when it grows beyond this.
    pub max_size: Option<Located<Size>>,
    /// Whether the service reopens its file by itself, so that it is moved instead of truncated in place.
    pub reopens: bool,
    /// Lines for logrotate.
    pub raw: Vec<Located<Line>>,
    /// What the security check reports of it.
    pub reports: Vec<ReportSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `report`: lines of a log that somebody should look at now and then.
#[derive(Clone, Debug)]
pub struct ReportSpec {
    /// The text that such a line holds.
    pub text: Located<Line>,
    /// The field of a JSON line by whose values they are counted.
    pub by: Option<Located<Line>>,
    /// What they are.
    pub about: Option<Phrase>,
}

/// How often a log is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogRhythm {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
}

choice! { LogRhythm, "a rhythm of rotation", { "daily" => Daily, "weekly" => Weekly, "monthly" => Monthly, } }

impl LogRhythm {
    /// logrotate's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            LogRhythm::Daily => "daily",
            LogRhythm::Weekly => "weekly",
            LogRhythm::Monthly => "monthly",
        }
    }
}

/// A stated `config`.
#[derive(Clone, Debug)]
pub struct ConfigSpec {
    /// Where the container sees it.
    pub target: Located<AbsPath>,
    /// Its format.
    pub format: ConfigFormat,
    /// What is in it.
    pub nodes: Vec<Node>,
    /// Where it is stated.
    pub span: Span,
}

/// Formats of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigFormat {
    /// YAML.
    Yaml,
    /// JSON.
    Json,
}

choice! { ConfigFormat, "a format", { "yaml" => Yaml, "json" => Json, } }

/// Reads a `service`. Its kind must be known to read its settings.
pub fn service(r: &mut Reader, kinds: &Kinds) -> Option<ServiceSpec> {
    r.example("service \"api\" kind=\"go-http\" replicas=2 {\n    build \"./api\"\n    port 8080\n    health \"/health\"\n    metrics \"/metrics\"\n    env { LOG_LEVEL \"info\" }\n}");
    let name = r
        .arg::<Name>("name", "its name: compose service, DNS name on the private network, label `service`")
        .required();
    let kind = r.prop::<Name>("kind", "its kind: one of the standard library, or of your own").required();
    let version = r.prop::<Version>("version", "the version of the kind's image").optional();
    let image = r.prop::<Image>("image", "an image in place of the kind's").optional();
    let build = r.block("build", "how its image is built", build);
    let replicas = r.prop::<Count>("replicas", "how many containers run").or("1");
    let port =
        r.prop::<Port>("port", "the port on which it serves inside; the kind's when absent").optional();
    let command = r.list::<Line>("command", "its command, in place of the kind's");
    let health = r.block("health", "how to tell that it works", health);
    let mut health_detail = r.list::<UrlPath>(
        "health-detail",
        "a path that tells more than outsiders should see; closed at the ingress",
    );
    let metrics = r
        .prop::<UrlPath>("metrics", "the path on which it exports metrics; closed at the ingress")
        .optional();
    let websocket = r.list::<UrlPath>("websocket", "a path that is upgraded to WebSocket");
    let needs = r.list::<Name>("needs", "services that must work before it starts");
    let env = r.map::<EnvName, Source>("env", "environment variables: values, or where they come from");
    let limits = r.block("limits", "most that one container may use", resources);
    let reserve = r.block("reserve", "what is kept free for one container", resources);
    let publish = r.keyed(
        "publish",
        "a port that the host offers, from the host itself only unless `from` or `public` says more",
        publish,
    );
    let volumes = r.blocks("volume", "something mounted", volume);
    let mut logs =
        r.keyed("log", "a log file that it writes in its container: put on the host and rotated there", log);
    let configs = r.keyed("config", "a configuration file, made from the description and mounted", config);
    let own_metrics = r.keyed("metric", "a metric of its own", metric);
    let stop_grace = r.prop::<Duration>("stop-grace", "time to stop in before it is killed").optional();
    let run_as = r.prop::<Line>("run-as", "the user that it runs as, when not the image's own").optional();
    let raw_compose = r
        .raw("compose", "keys of the compose service that the language has no word for, as KDL")
        .into_iter()
        .cloned()
        .collect();
    let allows = allows(r);
    r.leave_rest();
    let mut settings = Vec::new();
    if let (Some(name), Some(kind)) = (&name, &kind) {
        let mut vocabulary: Vec<&str> = r.vocabulary();
        match kinds.get(kind.value.as_str()).map(|defined| &defined.kind) {
            Some(known) => {
                settings = values(r, &known.settings, name.value.as_str());
                health_detail.extend(known.private_paths.iter().cloned());
                let stated: Vec<AbsPath> = logs.iter().map(|log: &LogSpec| log.path.value.clone()).collect();
                logs.extend(known.logs.iter().filter(|log| !stated.contains(&log.path.value)).cloned());
                vocabulary.extend(known.settings.iter().map(|s| s.name.value.as_str()));
                r.report_unknown(&vocabulary);
            }
            // What is wrong with the kind has been told.
            None if kinds.is_faulty(kind.value.as_str()) => {}
            None => {
                let mut diagnostic =
                    Diagnostic::error("unknown-kind", format!("there is no kind `{}`", kind.value))
                        .at(kind.span, "not known");
                diagnostic = match nearest(kind.value.as_str(), kinds.names()) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("known kinds: {}", kinds.names().join(", "))),
                };
                r.sink().report(diagnostic);
            }
        }
    }
    Some(ServiceSpec {
        name: name?,
        kind: kind?,
        version,
        image,
        build,
        replicas: replicas?,
        port,
        command,
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
        stop_grace,
        run_as,
        raw_compose,
        allows,
        observes: None,
        exported_by: None,
        derived_settings: Vec::new(),
        derived_mounts: Vec::new(),
        secret_files: Vec::new(),
        profile: None,
        origin: None,
        faulty: r.is_faulty(),
        span: r.span()?,
    })
}

fn build(r: &mut Reader) -> Option<BuildSpec> {
    r.example("build \"./api\" dockerfile=\"Dockerfile.prod\"");
    let context =
        r.arg::<RelPath>("context", "the folder with the Dockerfile, relative to the description").required();
    let dockerfile = r
        .prop::<RelPath>("dockerfile", "the Dockerfile within that folder, when it is not `Dockerfile`")
        .optional();
    let target = r.prop::<Name>("target", "the stage to stop at").optional();
    let args = r.map::<EnvName, Source>("args", "build arguments");
    Some(BuildSpec { context: context?, dockerfile, target, args })
}

fn health(r: &mut Reader) -> Option<HealthSpec> {
    r.example("health \"/health\" interval=\"15s\"");
    let path = r.arg::<UrlPath>("path", "the path that answers 200 when it works").optional();
    let command = r.list::<Line>("command", "a command in place of the kind's, run in the container");
    let interval =
        r.prop::<Duration>("interval", "time between two tests; the kind's when absent").optional();
    let timeout = r
        .prop::<Duration>("timeout", "time after which a test has failed; the kind's when absent")
        .optional();
    let retries = r
        .prop::<Count>("retries", "failures in a row that make it unhealthy; the kind's when absent")
        .optional();
    let start_period = r
        .prop::<Duration>("start-period", "time in which failures do not count; the kind's when absent")
        .optional();
    Some(HealthSpec { path, command, interval, timeout, retries, start_period })
}

fn resources(r: &mut Reader) -> Option<ResourceSpec> {
    let cpus = r.prop::<Cpus>("cpus", "processors").optional();
    let memory = r.prop::<Size>("memory", "memory").optional();
    Some(ResourceSpec { cpus, memory })
}

fn publish(r: &mut Reader) -> Option<PublishSpec> {
    r.example("publish 5432 from=\"10.0.0.0/8\"");
    let host = r.arg::<Port>("port", "the port on the host").required();
    let container =
        r.prop::<Port>("to", "the port in the container; the service's own when absent").optional();
    let protocol = r.prop::<Protocol>("protocol", "`tcp` or `udp`").or("tcp");
    let from = r.list::<Cidr>("from", "networks from which it may be reached");
    let public = r.flag("public", "whether it may be reached from everywhere");
    Some(PublishSpec { host: host?, container, protocol: protocol?.value, from, public, span: r.span()? })
}

fn volume(r: &mut Reader) -> Option<VolumeSpec> {
    r.example("volume \"uploads\" at=\"/app/uploads\"");
    let source =
        r.arg::<Line>("source", "a name (a named volume) or an absolute path of the host").required();
    let target = r.prop::<AbsPath>("at", "where in the container").required();
    let read_only = r.flag("read-only", "whether it cannot be written there");
    Some(VolumeSpec { source: source?, target: target?, read_only })
}

/// Reads a `log`; kinds state theirs in the same words.
pub fn log(r: &mut Reader) -> Option<LogSpec> {
    r.example("log \"/var/log/app/app.log\" keep=30");
    let path = r.arg::<AbsPath>("path", "the file in the container").required();
    let rhythm = r.prop::<LogRhythm>("rotate", "how often it is rotated").or("daily");
    let keep = r.prop::<Count>("keep", "how many rotated files are kept").or("14");
    let max_size = r.prop::<Size>("max-size", "rotate earlier when it grows beyond this").optional();
    let reopens = r.flag(
        "reopens",
        "whether the service reopens its file by itself; otherwise it is truncated in place",
    );
    let raw = r.list::<Line>("logrotate", "lines for the stanza that the language has no word for");
    let reports =
        r.keyed("report", "lines that the security check counts and shows, of the last seven days", report);
    Some(LogSpec {
        path: path?,
        rhythm: rhythm?.value,
        keep: keep?,
        max_size,
        reopens,
        raw,
        reports,
        span: r.span()?,
    })
}

fn report(r: &mut Reader) -> Option<ReportSpec> {
    r.example("report \"auth_failed\" by=\"ip\" { about \"failed sign-ins\" ko=\"인증 실패\" }");
    let text = r.arg::<Line>("text", "the text that such a line holds").required();
    let by = r
        .prop::<Line>("by", "the field of a JSON line by whose values they are counted, such as an address")
        .optional();
    let about = r.block("about", "what they are, when the text does not say it", phrase);
    Some(ReportSpec { text: text?, by, about })
}

fn config(r: &mut Reader) -> Option<ConfigSpec> {
    r.example("config \"/app/config.yaml\" format=\"yaml\" {\n    server port=8080 host=\"0.0.0.0\"\n}");
    let target = r.arg::<AbsPath>("path", "where the container sees it").required();
    let format = r.prop::<ConfigFormat>("format", "its format").required();
    let nodes = r.contents("the configuration itself: a node is a key; properties and children are a map, several arguments or `(list)` are a list");
    Some(ConfigSpec { target: target?, format: format?.value, nodes, span: r.span()? })
}
