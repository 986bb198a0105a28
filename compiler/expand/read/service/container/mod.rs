//! How the container of a service runs, in words that every image understands.

mod attach;
mod output;
mod privileges;
mod process;
mod resources;

pub use attach::{Attachment, Link, NetworkMode};
pub use output::LoggingSpec;
pub use privileges::Privileges;
pub use process::{Process, PullPolicy};
pub use resources::{Kernel, Ulimit, kernel};

use crate::{
    expand::read::from::{LocatedSource, Or, Source},
    source::Located,
    syntax::Reader,
    values::{
        AbsPath, BindPath, Count, EngineName, EnvName, Line, Mode, Name, Ports, RelPath, Value, one_of,
    },
};

/// What is stated of the container itself.
#[derive(Clone, Debug, Default)]
pub struct ContainerSpec {
    /// Whether nothing is added to what is stated; what the system says when absent.
    pub as_stated: Option<bool>,
    /// When it is started again.
    pub restart: Option<Located<Or<Restart>>>,
    /// What is run in place of the image's entrypoint.
    pub entrypoint: Vec<LocatedSource>,
    /// Files with variables.
    pub env_files: Vec<Located<Or<BindPath>>>,
    /// Files with variables that may be missing.
    pub optional_env_files: Vec<Located<Or<BindPath>>>,
    /// Variables that are handed through.
    pub pass_env: Vec<Located<EnvName>>,
    /// Variables whose names no shell could read.
    pub odd_env: Vec<(Located<crate::values::EnvKey>, LocatedSource)>,
    /// The process.
    pub process: Process,
    /// What it may do.
    pub privileges: Privileges,
    /// Networks that it is on.
    pub networks: Vec<Attachment>,
    /// The network of something else that it uses.
    pub network_mode: Option<Located<Or<NetworkMode>>>,
    /// Other names of services.
    pub links: Vec<Link>,
    /// Ports that are noted.
    pub expose: Vec<Located<Or<Ports>>>,
    /// Servers of names.
    pub dns: Vec<Located<Or<Line>>>,
    /// Names of other machines.
    pub extra_hosts: Vec<(Located<Line>, LocatedSource)>,
    /// Directories in memory.
    pub tmpfs: Vec<Located<Tmpfs>>,
    /// Services that are started before it.
    pub starts_after: Vec<Located<Name>>,
    /// Services that end well before it starts.
    pub needs_done: Vec<Located<Name>>,
    /// Labels.
    pub labels: Vec<(Located<Line>, LocatedSource)>,
    /// What happens to its output.
    pub logging: Option<LoggingSpec>,
    /// Secrets that it reads from files.
    pub secret_files: Vec<MountedSecret>,
    /// Profiles by which it is started.
    pub profiles: Vec<Located<EngineName>>,
}

impl ContainerSpec {
    /// Whether nothing is said that only a container has.
    pub fn is_silent(&self) -> bool {
        let lists = [
            self.entrypoint.len(),
            self.env_files.len(),
            self.optional_env_files.len(),
            self.pass_env.len(),
            self.odd_env.len(),
            self.networks.len(),
            self.links.len(),
            self.expose.len(),
            self.dns.len(),
            self.extra_hosts.len(),
            self.tmpfs.len(),
            self.needs_done.len(),
            self.labels.len(),
            self.secret_files.len(),
            self.profiles.len(),
        ];
        self.as_stated != Some(true)
            && self.restart.is_none()
            && self.network_mode.is_none()
            && self.logging.is_none()
            && lists.iter().all(|length| *length == 0)
    }
}

/// When a container is started again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart(String);

impl std::fmt::Display for Restart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

impl Value for Restart {
    const WHAT: &'static str = "a restart policy";
    const EXAMPLES: &'static [&'static str] =
        &["unless-stopped", "always", "on-failure", "on-failure:5", "no"];

    fn parse(text: &str) -> Result<Self, String> {
        let known = match text.split_once(':') {
            Some(("on-failure", times)) => Count::parse(times).is_ok(),
            Some(_) => false,
            None => matches!(text, "unless-stopped" | "always" | "on-failure" | "no"),
        };
        if known { Ok(Restart(text.to_owned())) } else { Err(one_of(Self::WHAT, Self::EXAMPLES)) }
    }
}

/// Where a secret is in a container: as compose reads it, from `/run/secrets` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlace(pub AbsPath);

impl Value for SecretPlace {
    const WHAT: &'static str = "a path in the container";
    const EXAMPLES: &'static [&'static str] = &["/etc/app/token", "token"];

    fn parse(text: &str) -> Result<Self, String> {
        match text.starts_with('/') {
            true => AbsPath::parse(text),
            false => {
                let path = RelPath::parse(text)?.to_string();
                AbsPath::parse(&format!("/run/secrets/{}", path.trim_start_matches("./")))
            }
        }
        .map(SecretPlace)
    }
}

/// A directory in memory, such as `/tmp` or `/run:size=64m,mode=1777`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tmpfs {
    /// Where.
    pub path: AbsPath,
    /// All of it, as compose reads it.
    pub text: String,
}

impl Value for Tmpfs {
    const WHAT: &'static str = "a directory in memory";
    const EXAMPLES: &'static [&'static str] = &["/tmp", "/run:size=64m,mode=1777"];

    fn parse(text: &str) -> Result<Self, String> {
        let (path, options) = text.split_once(':').unwrap_or((text, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || "=,%_-".contains(c);
        if !options.chars().all(plain) || text.ends_with(':') {
            return Err("behind the path stand options of mount, such as `:size=64m,mode=1777`".into());
        }
        let path = AbsPath::parse(path)?;
        Ok(Tmpfs {
            text: if options.is_empty() { path.to_string() } else { format!("{path}:{options}") },
            path,
        })
    }
}

/// A secret that is a file in the container.
#[derive(Clone, Debug)]
pub struct MountedSecret {
    /// Its name in the system.
    pub name: Located<EngineName>,
    /// Where; `/run/secrets/` and its name when absent.
    pub target: Option<Located<SecretPlace>>,
    /// Who owns it.
    pub uid: Option<Located<Count>>,
    /// Whose group it has.
    pub gid: Option<Located<Count>>,
    /// Who may read it.
    pub mode: Option<Located<Mode>>,
}

/// Asks for all of it.
pub fn container(r: &mut Reader) -> ContainerSpec {
    ContainerSpec {
        as_stated: r.said("as-stated", "whether the container is exactly what is stated: nothing is added that compose does not add itself (bounded logs, a restart policy, `init`, fewer privileges, the check of a kind and its time to stop); what the system says when absent"),
        restart: r.prop("restart", "when its container is started again; `unless-stopped` when absent").optional(),
        entrypoint: r.list::<Source>("entrypoint", "what is run in place of the image's entrypoint"),
        env_files: r.list("env-file", "a file of the host with variables, from the folder of compose.yaml on"),
        optional_env_files: r.list("optional-env-file", "the same, of one that may be missing; it wins over those that may not"),
        pass_env: r.list("pass-env", "a variable that is handed through, with or without a value, from where compose runs"),
        odd_env: Vec::new(),
        process: r.block("container", "the container and its process", process::process).unwrap_or_default(),
        privileges: r.block("privileges", "what it may do beyond its own files", privileges::privileges).unwrap_or_default(),
        networks: r.keyed("network", "a network of the system that it is on; the network of all services when none is stated", attach::attachment),
        network_mode: r.prop("network-mode", "the network that it uses in place of its own").optional(),
        links: r.keyed("link", "another name for a service, known to this one only", attach::link),
        expose: r.list("expose", "a port that it serves inside, noted for people and tools"),
        dns: r.list("dns", "a server of names in place of the host's"),
        extra_hosts: r.map::<Line, Source>("extra-hosts", "names of other machines with their addresses; `host-gateway` is the host"),
        tmpfs: r.list("tmpfs", "a directory in memory, with options of mount behind it"),
        starts_after: r.list("starts-after", "services that are started before it, whether they work yet or not"),
        needs_done: r.list("needs-done", "services that end without an error before it starts, such as a migration"),
        labels: r.map::<Line, Source>("labels", "labels of its container"),
        logging: r.block("logging", "what happens to its output", output::logging),
        secret_files: r.keyed("secret-file", "a secret that it reads from a file", mounted_secret),
        profiles: r.list("profile", "a compose profile: it is started only when that is asked for"),
    }
}

fn mounted_secret(r: &mut Reader) -> Option<MountedSecret> {
    r.example("secret-file \"db-password\" at=\"/run/secrets/password\"");
    let name = r.arg::<EngineName>("name", "the name of a `secret-file` of the system").required();
    let target = r
        .prop::<SecretPlace>("at", "where in the container, from `/run/secrets` on when it does not begin with `/`; its name there when absent")
        .optional();
    let uid = r.prop::<Count>("uid", "the number of the user who owns it").optional();
    let gid = r.prop::<Count>("gid", "the number of the group that it has").optional();
    let mode = r.prop::<Mode>("mode", "who may read it").optional();
    Some(MountedSecret { name: name?, target, uid, gid, mode })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restart_policies() {
        for text in Restart::EXAMPLES {
            assert_eq!(Restart::parse(text).unwrap().to_string(), *text);
        }
        for text in ["", "never", "on-failure:", "on-failure:x", "always:3"] {
            assert!(Restart::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn places_of_secrets() {
        for (text, place) in [
            ("/etc/token", "/etc/token"),
            ("token", "/run/secrets/token"),
            ("app/token", "/run/secrets/app/token"),
        ] {
            assert_eq!(SecretPlace::parse(text).unwrap().0.as_str(), place);
        }
        for text in ["", "../token", "~/token", "a b"] {
            assert!(SecretPlace::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn directories_in_memory() {
        assert_eq!(Tmpfs::parse("/run:size=64m").unwrap().text, "/run:size=64m");
        for text in ["", "tmp", "/tmp:", "/tmp:a b", "/tmp:${X}"] {
            assert!(Tmpfs::parse(text).is_err(), "{text:?}");
        }
    }
}
