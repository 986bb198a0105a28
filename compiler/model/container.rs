//! How a container runs, beyond what services of a kind have in common; and what containers share.

use super::{Origin, Text};
use crate::{
    source::Span,
    values::{AbsPath, EngineName, EnvKey, EnvName, Name, Ports},
};

/// What is stated of the container of a service. What is absent is compose's own default, or ours.
#[derive(Clone, Debug, Default)]
pub struct Container {
    /// Whether nothing is added to what is stated.
    pub as_stated: bool,
    /// When it is started again.
    pub restart: Option<Text>,
    /// What is run in place of the image's entrypoint.
    pub entrypoint: Vec<Text>,
    /// Files of the host with variables.
    pub env_files: Vec<Text>,
    /// Those that may be missing.
    pub optional_env_files: Vec<Text>,
    /// Variables that are handed through.
    pub pass_env: Vec<EnvName>,
    /// Variables whose names no shell could read.
    pub odd_env: Vec<(EnvKey, Text)>,
    /// Keys of compose that hold one value, in the order in which they are written.
    pub scalars: Vec<(&'static str, Scalar)>,
    /// Keys of compose that hold a list of texts.
    pub lists: Vec<(&'static str, Vec<Text>)>,
    /// Whether programs in it may gain privileges, where that is stated.
    pub gain: Option<bool>,
    /// Networks that it is on; none for that of all services.
    pub networks: Vec<Attachment>,
    /// Names of other machines with their addresses.
    pub extra_hosts: Vec<(String, Text)>,
    /// Ports that it notes.
    pub expose: Vec<Text>,
    /// Those of them whose numbers are known.
    pub exposed: Vec<Ports>,
    /// Ports that the host offers and no firewall can list: of any number, or of one that is known at run time.
    pub ports: Vec<LoosePort>,
    /// Labels.
    pub labels: Vec<(String, Text)>,
    /// What happens to its output; none for what is done with that of every container.
    pub logging: Option<Logging>,
    /// Secrets that it reads from files.
    pub secrets: Vec<SecretMount>,
    /// Profiles by which it is started.
    pub profiles: Vec<EngineName>,
    /// Bounds of its processes: of what, the one that they start with, and how far they may raise it.
    pub ulimits: Vec<(Name, i64, Option<i64>)>,
    /// Parameters of the kernel.
    pub sysctls: Vec<(String, Text)>,
    /// What compose fills in in place of what is known here: `limits.memory`, `scale`, `interval`.
    pub late: Vec<(&'static str, Text)>,
    /// Whether it has no health check, not even the image's.
    pub unchecked: bool,
}

impl Container {
    /// What compose fills in at that key.
    pub fn late(&self, key: &str) -> Option<&Text> {
        self.late.iter().find(|(known, _)| *known == key).map(|(_, text)| text)
    }
}

/// What happens to the output of a container.
#[derive(Clone, Debug)]
pub struct Logging {
    /// The driver of the engine; its own choice when absent.
    pub driver: Option<Text>,
    /// Options of the driver.
    pub options: Vec<(String, Text)>,
}

/// One value of compose.
#[derive(Clone, Debug)]
pub enum Scalar {
    /// A text.
    Text(Text),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(u64),
}

/// A network that a service is on.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// Which.
    pub network: EngineName,
    /// Other names of the service there.
    pub aliases: Vec<Text>,
    /// Its address there.
    pub ipv4: Option<Text>,
    /// Its address there.
    pub ipv6: Option<Text>,
    /// Its hardware address there.
    pub mac: Option<Text>,
    /// How early it is attached, compared with the service's other networks: the highest first.
    pub priority: Option<u32>,
    /// Where it is stated; none for what the compiler attaches.
    pub stated: Option<Span>,
}

/// A port that the host offers, of which no number is known.
#[derive(Clone, Debug)]
pub struct LoosePort {
    /// The address of the host.
    pub address: Option<Text>,
    /// On the host; any that is free when absent.
    pub host: Option<Text>,
    /// In the container.
    pub container: Text,
    /// `udp`, or `tcp`.
    pub protocol: &'static str,
    /// Where it is stated.
    pub origin: Origin,
}

/// A secret that is a file in a container.
#[derive(Clone, Debug)]
pub struct SecretMount {
    /// Its name in the system.
    pub name: EngineName,
    /// Where; where compose puts it when absent.
    pub target: Option<AbsPath>,
    /// Who owns it.
    pub uid: Option<u32>,
    /// Whose group it has.
    pub gid: Option<u32>,
    /// Who may read it.
    pub mode: Option<u32>,
}

/// What the containers of a system share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Volumes.
    pub volumes: Vec<SharedVolume>,
    /// Networks.
    pub networks: Vec<Network>,
    /// Secrets that are files.
    pub secrets: Vec<SecretFile>,
}

impl Shared {
    /// Every variable of the environment file in it, in no particular order.
    pub fn variables(&self) -> impl Iterator<Item = &EnvName> {
        let made = self
            .volumes
            .iter()
            .map(|volume| &volume.made)
            .chain(self.networks.iter().map(|network| &network.made));
        let made = made.flat_map(|made| {
            let pairs = made.options.iter().chain(&made.labels).map(|(_, text)| text);
            made.name.iter().chain(&made.driver).chain(pairs)
        });
        let addresses = self
            .networks
            .iter()
            .flat_map(|network| network.subnets.iter().chain(&network.gateways).chain(&network.ip_range));
        let flags = self.networks.iter().flat_map(|network| {
            let flags = network.internal.iter().chain(&network.attachable).chain(&network.ipv6);
            flags.filter_map(|flag| match flag {
                Scalar::Text(text) => Some(text),
                Scalar::Bool(_) | Scalar::Number(_) => None,
            })
        });
        let files = self.secrets.iter().filter_map(|secret| match &secret.source {
            SecretSource::File(path) => Some(path),
            SecretSource::Variable(_) => None,
        });
        let held = self.secrets.iter().filter_map(|secret| match &secret.source {
            SecretSource::Variable(name) => Some(name),
            SecretSource::File(_) => None,
        });
        made.chain(addresses).chain(flags).chain(files).flat_map(Text::variables).chain(held)
    }
}

/// A volume of the system.
#[derive(Clone, Debug)]
pub struct SharedVolume {
    /// Its name in the system.
    pub name: EngineName,
    /// How the engine makes it.
    pub made: Made,
}

/// A network of the system.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name in the system.
    pub name: EngineName,
    /// How the engine makes it.
    pub made: Made,
    /// Whether it leads nowhere else.
    pub internal: Option<Scalar>,
    /// Whether containers from elsewhere may join.
    pub attachable: Option<Scalar>,
    /// Whether it has IPv6.
    pub ipv6: Option<Scalar>,
    /// Its addresses.
    pub subnets: Vec<Text>,
    /// The addresses that lead out of them, each within one.
    pub gateways: Vec<Text>,
    /// From where addresses are given.
    pub ip_range: Option<Text>,
}

/// How the engine makes a volume or a network.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Its name on the host.
    pub name: Option<Text>,
    /// Whether it is there already.
    pub external: bool,
    /// The driver.
    pub driver: Option<Text>,
    /// Options of the driver.
    pub options: Vec<(String, Text)>,
    /// Labels.
    pub labels: Vec<(String, Text)>,
}

/// A secret that is a file.
#[derive(Clone, Debug)]
pub struct SecretFile {
    /// Its name in the system.
    pub name: EngineName,
    /// Where it comes from.
    pub source: SecretSource,
}

/// Where a secret comes from.
#[derive(Clone, Debug)]
pub enum SecretSource {
    /// A file of the host.
    File(Text),
    /// A variable of the environment file.
    Variable(EnvName),
}
