//! A service: a container, or several equal ones, or a program of the host itself.

use std::net::{IpAddr, SocketAddr};

use super::{Container, HostUnit, Origin, Published, Scalar, Text, scale::Scale};
use crate::{
    source::{Located, Span},
    syntax::Node,
    values::{
        AbsPath, Count, Duration, EngineName, EnvName, Line, MetricName, Name, Port, RelPath, Size, UrlPath,
    },
};

/// A service with everything that its kind and its description say.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name: compose service, DNS name on the private network, value of the label `service`.
    pub name: Name,
    /// The name of its kind.
    pub kind: Name,
    /// What the kind calls itself, for people.
    pub about: String,
    /// Whether it keeps data that must outlive it.
    pub datastore: bool,
    /// Whether it is there to operate the others: to measure, to alert, to issue certificates.
    pub tool: bool,
    /// Where it runs.
    pub runs: Runs,
    /// The version that was chosen of the kind, such as `7` or `15`.
    pub version: Option<String>,
    /// The hosts that it runs on, at least one.
    pub hosts: Vec<Name>,
    /// Services that it needs and that run on other hosts, with the addresses there.
    pub elsewhere: Vec<(Name, Vec<IpAddr>)>,
    /// How many containers run on each host.
    pub replicas: Located<Count>,
    /// The command with its arguments; empty for the image's own.
    pub command: Vec<Text>,
    /// Environment variables, in the order of the description.
    pub environment: Vec<(EnvName, Text)>,
    /// The variable by which it asks nobody for a password.
    pub unauthenticated: Option<EnvName>,
    /// What is mounted.
    pub mounts: Vec<Mount>,
    /// Directories in memory, each with options of mount behind it: `/tmp`, `/run:size=64m`.
    pub tmpfs: Vec<InMemory>,
    /// The port on which it serves inside the private network.
    pub port: Option<Port>,
    /// Ports of it that the host offers.
    pub published: Vec<Published>,
    /// How to tell that it works.
    pub health: Option<Health>,
    /// The path that answers when it works, for services that speak HTTP.
    pub health_path: Option<UrlPath>,
    /// The path on which it exports metrics, if it does itself.
    pub metrics_path: Option<UrlPath>,
    /// The port inside on which it exports them.
    pub metrics_port: Option<Port>,
    /// Paths that tell more than outsiders should see (detailed health, metrics); closed at the ingress.
    pub private_paths: Vec<UrlPath>,
    /// Paths that are upgraded to WebSocket.
    pub websocket_paths: Vec<UrlPath>,
    /// Services that must work before it starts.
    pub needs: Vec<Dependency>,
    /// Most that it may use.
    pub limits: Resources,
    /// What is kept free for it.
    pub reservations: Resources,
    /// The user that it runs as, when not the image's own.
    pub user: Option<Text>,
    /// Whether its root file system is read-only.
    pub read_only: bool,
    /// Capabilities that it needs beyond none, when the kind has dropped the rest.
    pub capabilities: Option<Vec<Line>>,
    /// How two releases stand side by side while requests are switched over; none where one replaces the other.
    pub beside: Option<Beside>,
    /// How it grows when it has too much to do.
    pub scale: Option<Scale>,
    /// Time to stop in before it is killed.
    pub stop_grace: Option<Duration>,
    /// Variables that it reads from files: the variable and where the file is in the container.
    pub secret_files: Vec<(EnvName, AbsPath)>,
    /// Started on demand only, by this compose profile.
    pub profile: Option<Name>,
    /// Metrics that it is known to export itself or through its exporter.
    pub metrics: Vec<Metric>,
    /// The service that exports metrics for it, if it cannot itself.
    pub exporter: Option<Name>,
    /// The service whose metrics it exports, if it is an exporter.
    pub observes: Option<Name>,
    /// The typed settings of its kind with their values, for runbook and checks.
    pub settings: Vec<SettingValue>,
    /// How its container runs, as far as that is stated.
    pub container: Container,
    /// Nodes of a `compose` block, merged into the compose service as they are.
    pub raw_compose: Vec<Node>,
    /// Where it is stated, or why it exists.
    pub origin: Origin,
}

impl Service {
    /// How it runs on the host itself; none when it runs in containers.
    pub fn unit(&self) -> Option<&HostUnit> {
        match &self.runs {
            Runs::Unit(unit) => Some(unit),
            Runs::Container(_) => None,
        }
    }

    /// Where the image of its containers comes from; none when it runs on the host itself.
    pub fn image(&self) -> Option<&Image> {
        match &self.runs {
            Runs::Container(image) => Some(image),
            Runs::Unit(_) => None,
        }
    }

    /// Whether its container may end without an error, and nothing starts it again: a task, such as a migration, or a
    /// program of which nobody says what happens when it ends. Nothing tells the one from the other.
    pub fn may_end(&self) -> bool {
        let restart = self.container.restart.as_ref();
        let stays = match restart.and_then(Text::as_literal) {
            Some(policy) => policy != "no" && !policy.starts_with("on-failure"),
            None => restart.is_some() || !self.container.as_stated,
        };
        self.unit().is_none() && !stays && self.health.is_none() && self.profile.is_none()
    }

    /// The most containers of it that are to run on a host, and where that is stated: at present, or when it grows.
    pub fn most_containers(&self) -> Located<Count> {
        let grown = self.scale.iter().filter(|scale| scale.adds_containers()).flat_map(|scale| &scale.steps);
        let most = |most: Located<Count>, step: &Located<Count>| {
            if step.value.get() > most.value.get() { *step } else { most }
        };
        grown.fold(self.replicas, most)
    }

    /// Whether its image is built from source.
    pub fn is_built(&self) -> bool {
        matches!(self.image(), Some(Image::Built(_)))
    }

    /// The address and the port of the host on which programs of the host itself reach it, on one of its ports.
    pub fn on_host(&self, port: Port) -> Option<String> {
        match &self.runs {
            Runs::Unit(unit) => Some(SocketAddr::new(unit.listen, port.get()).to_string()),
            Runs::Container(_) => {
                let host = self.published.iter().find_map(|published| published.leading_to(port))?;
                Some(format!("127.0.0.1:{host}"))
            }
        }
    }

    /// Every variable of the environment file that it is given, in no particular order, some perhaps twice.
    pub fn variables(&self) -> impl Iterator<Item = &EnvName> {
        let environment = self.environment.iter().flat_map(|(_, text)| text.variables());
        let command = self.command.iter().flat_map(Text::variables);
        let health = self.health.iter().flat_map(|health| &health.test).flat_map(Text::variables);
        let own =
            environment.chain(command).chain(health).chain(self.secret_files.iter().map(|(name, _)| name));
        own.chain(self.texts().flat_map(Text::variables)).chain(&self.container.pass_env)
    }

    /// Every text in which a variable may stand.
    pub fn filled(&self) -> impl Iterator<Item = &Text> {
        let environment = self.environment.iter().map(|(_, text)| text);
        let health = self.health.iter().flat_map(|health| &health.test);
        environment.chain(&self.command).chain(health).chain(self.texts())
    }

    /// Every other text of its container in which a variable may stand.
    fn texts(&self) -> impl Iterator<Item = &Text> {
        let container = &self.container;
        let scalars = container.scalars.iter().filter_map(|(_, scalar)| match scalar {
            Scalar::Text(text) => Some(text),
            Scalar::Bool(_) | Scalar::Number(_) => None,
        });
        let image = match self.image() {
            None => Vec::new(),
            Some(Image::Pulled(image)) => vec![&image.value],
            Some(Image::Built(build)) => build
                .args
                .iter()
                .map(|(_, text)| text)
                .chain(&build.tag)
                .chain(&build.cache_from)
                .chain(&build.network)
                .collect(),
        };
        let mounts = self.mounts.iter().filter_map(|mount| match &mount.source {
            MountSource::Filled(text) => Some(text),
            _ => None,
        });
        let ports = container
            .ports
            .iter()
            .chain(self.published.iter().filter_map(|published| published.late.as_ref()))
            .flat_map(|port| port.address.iter().chain(&port.host).chain([&port.container]));
        let pairs = container.extra_hosts.iter().chain(&container.labels).chain(&container.sysctls);
        let logging = container
            .logging
            .iter()
            .flat_map(|one| one.driver.iter().chain(one.options.iter().map(|(_, text)| text)));
        let networks = container.networks.iter().flat_map(|network| {
            let addresses = network.ipv4.iter().chain(&network.ipv6).chain(&network.mac);
            network.aliases.iter().chain(addresses)
        });
        image
            .into_iter()
            .chain(scalars)
            .chain(container.lists.iter().flat_map(|(_, texts)| texts))
            .chain(mounts)
            .chain(ports)
            .chain(pairs.map(|(_, text)| text))
            .chain(logging)
            .chain(networks)
            .chain(&container.expose)
            .chain(&container.restart)
            .chain(&container.entrypoint)
            .chain(&container.env_files)
            .chain(&container.optional_env_files)
            .chain(container.odd_env.iter().map(|(_, text)| text))
            .chain(container.late.iter().map(|(_, text)| text))
            .chain(&self.user)
    }
}

/// A release takes over from another that still stands.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// How long the old one goes on after the switch.
    pub drain: Duration,
    /// Where that is stated.
    pub span: Span,
}

/// Where a service runs.
#[derive(Clone, Debug)]
pub enum Runs {
    /// In containers of this image.
    Container(Image),
    /// On the host itself, as a unit of systemd.
    Unit(Box<HostUnit>),
}

/// Where an image comes from.
#[derive(Clone, Debug)]
pub enum Image {
    /// It is pulled: a full reference with tag.
    Pulled(Located<Text>),
    /// It is built from source; the tag is the release that is deployed.
    Built(Build),
}

/// How an image is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The folder with the Dockerfile, relative to the description.
    pub context: RelPath,
    /// The Dockerfile, when it is not `Dockerfile`.
    pub dockerfile: Option<RelPath>,
    /// The stage to stop at.
    pub target: Option<EngineName>,
    /// Build arguments.
    pub args: Vec<(EnvName, Text)>,
    /// What the image is called, when not by the system, the service and the release.
    pub tag: Option<Text>,
    /// Images whose layers are used again.
    pub cache_from: Vec<Text>,
    /// The network of the build.
    pub network: Option<Text>,
}

/// Something mounted into the container.
#[derive(Clone, Debug)]
pub struct Mount {
    /// What.
    pub source: MountSource,
    /// Where in the container.
    pub target: AbsPath,
    /// Whether it cannot be written there.
    pub read_only: bool,
    /// How, beyond that.
    pub how: MountHow,
    /// What it is for.
    pub about: Option<String>,
    /// Where the service itself states it; none for what its kind or the compiler mounts.
    pub stated: Option<Span>,
}

/// A directory in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InMemory {
    /// Its path in the container, and options of mount behind a colon.
    pub place: String,
    /// What it is for.
    pub about: Option<String>,
}

/// How something is mounted, where the short form of compose does not do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MountHow {
    /// SELinux' mark: `z` or `Z`.
    pub label: Option<&'static str>,
    /// Whether mounts within it are seen on the other side: compose's word.
    pub propagation: Option<&'static str>,
    /// Whether the start fails when the path is not there.
    pub must_exist: bool,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountSource {
    /// A named volume.
    Volume(Volume),
    /// A file or folder of the generated tree, relative to its root.
    Tree(String),
    /// A path of the host.
    Host(AbsPath),
    /// A path from the folder of compose.yaml on that may lead out of it: `../common`.
    Beside(String),
    /// A folder of the source, relative to the description.
    Source(RelPath),
    /// A path or the name of a volume that is known at run time.
    Filled(Text),
    /// A volume without a name, made anew with each container.
    Anonymous,
    /// Memory: how much at most, and its permission bits.
    Memory(Option<Size>, Option<u32>),
}

/// A named volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name within the project.
    pub name: String,
    /// What the description calls it.
    pub called: String,
    /// Whose it is.
    pub owner: VolumeOwner,
}

/// Whose a named volume is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeOwner {
    /// That service's own: another service has another one of that name.
    Service(Name),
    /// The system's, which declares it; those that name it share it.
    System,
    /// The compiler's, for what it derives.
    Derived,
}

impl Volume {
    /// A service's own volume, which has the service's name before its own.
    pub fn own(service: &Name, called: &str) -> Volume {
        Volume {
            name: format!("{service}-{called}"),
            called: called.to_owned(),
            owner: VolumeOwner::Service(service.clone()),
        }
    }

    /// One that the kind of a service brings: two services of one kind have a volume each. `redis` of the service
    /// `redis` needs no name before it.
    pub fn of_kind(service: &Name, called: &str) -> Volume {
        let own = Volume::own(service, called);
        if called == service.as_str() { Volume { name: called.to_owned(), ..own } } else { own }
    }

    /// One that has the name by which it is called.
    pub fn shared(name: &str, owner: VolumeOwner) -> Volume {
        Volume { name: name.to_owned(), called: name.to_owned(), owner }
    }
}

/// How to tell that a service works.
#[derive(Clone, Debug)]
pub struct Health {
    /// The command, run in the container; `sh -c` with one line when it is for a shell. Empty for the image's own test.
    pub test: Vec<Text>,
    /// Whether the image's shell runs it.
    pub shell: bool,
    /// Time between two tests; the engine's 30 s when absent.
    pub interval: Option<Duration>,
    /// Time after which a test has failed; the engine's 30 s when absent.
    pub timeout: Option<Duration>,
    /// Failures in a row that make it unhealthy; the engine's 3 when absent.
    pub retries: Option<Count>,
    /// Time in which failures do not count; none when absent.
    pub start_period: Option<Duration>,
    /// Time between two tests until then; the engine's 5 s when absent.
    pub start_interval: Option<Duration>,
}

/// A service that another waits for.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// Which.
    pub service: Name,
    /// For what.
    pub condition: Condition,
    /// Where it is stated, by name or by the use of its URL, or why it follows.
    pub origin: Origin,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// That its health check passes.
    Healthy,
    /// That it runs; for services without a health check.
    Started,
    /// That it runs, and no more is asked.
    Merely,
    /// That it has ended without an error.
    Completed,
}

/// An amount of processor and memory.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Processors, as a decimal such as `0.5`.
    pub cpus: Option<Located<String>>,
    /// Memory.
    pub memory: Option<Located<Size>>,
}

/// A metric that is known to exist.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name; for a histogram without `_bucket`.
    pub name: MetricName,
    /// What it is.
    pub kind: MetricType,
    /// Label names worth knowing.
    pub labels: Vec<Line>,
    /// What it counts.
    pub about: String,
}

/// The types of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricType {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Buckets: quantiles can be told.
    Histogram,
    /// Quantiles told by the service itself.
    Summary,
}

/// A setting of the kind with its value, for people.
#[derive(Clone, Debug)]
pub struct SettingValue {
    /// Its name in the description.
    pub name: String,
    /// The value as it is written there.
    pub value: String,
    /// What it does.
    pub about: String,
    /// Whether the description states it (otherwise it is the kind's default).
    pub stated: bool,
}
