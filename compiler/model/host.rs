//! The machine: where it is, what it has, what is rotated on it.

use std::net::IpAddr;

use super::{LogSchema, Origin};
use crate::source::Located;
use crate::values::{AbsPath, Address, Cidr, Count, Line, Name, Port, Prose, Size, UserName};

/// A machine that carries the system.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name; the value of the label `host` on its metrics.
    pub name: Name,
    /// Where it is reached.
    pub address: Option<Address>,
    /// Where the other hosts reach it.
    pub internal: Option<IpAddr>,
    /// The account that administers it over ssh.
    pub ssh_user: UserName,
    /// The port of its ssh server.
    pub ssh_port: Port,
    /// From where ssh is allowed; empty means from everywhere.
    pub ssh_from: Vec<Cidr>,
    /// True when ssh arrives through a tunnel and needs no opening at all.
    pub ssh_tunnel: bool,
    /// Whether whoever connects by ssh again and again is refused for a while.
    pub ssh_limit: bool,
    /// Where the generated tree lives on it, such as `/opt/shop`.
    pub directory: AbsPath,
    /// Processors that it has.
    pub cpus: Option<Count>,
    /// Memory that it has.
    pub memory: Option<Size>,
    /// Disk that it has.
    pub disk: Option<Size>,
    /// What the preflight check demands of a machine.
    pub require: Requirement,
    /// Where it is stated; derived when the description has no `host`.
    pub origin: Origin,
}

/// Another machine of the same system.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The machine.
    pub host: Host,
    /// What runs on it.
    pub services: Vec<Name>,
    /// What of that works with services of the model's own host.
    pub callers: Vec<Caller>,
}

/// A service on another machine that connects to services of this one.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Its name.
    pub name: Name,
    /// Its unit, when it runs on its host itself.
    pub unit: Option<Name>,
    /// The services of this host that it connects to.
    pub calls: Vec<Name>,
}

/// What a machine must have before anything is installed.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// Processors.
    pub cpus: Option<Count>,
    /// Memory.
    pub memory: Option<Size>,
    /// Disk.
    pub disk: Option<Size>,
    /// Operating systems that will do: identity as in `/etc/os-release` and the least version; empty for any.
    pub systems: Vec<(Name, Line)>,
}

/// Log files on the host under one rotation rule.
#[derive(Clone, Debug)]
pub struct Log {
    /// What they are: an absolute path whose last part may hold `*`.
    pub pattern: String,
    /// `hourly`, `daily`, `weekly`, `monthly` or `yearly`.
    pub rhythm: &'static str,
    /// Rotated files that are kept.
    pub keep: u32,
    /// Whether the writer keeps the file open and is not told to reopen it, so that it must be truncated in place.
    pub copytruncate: bool,
    /// Rotate before the rhythm's time when it grows beyond this.
    pub max_size: Option<Size>,
    /// Mode and owner of a newly created file, `0640 user group`; none with `copytruncate`, which creates nothing.
    pub create: Option<String>,
    /// The account and group in whose name it is done, where the folder is theirs: `deploy deploy`.
    pub owner: Option<String>,
    /// The service that writes them, when it runs on the host itself.
    pub writer: Option<Name>,
    /// The unit that is told to open its files anew.
    pub reload: Option<Name>,
    /// Whether rotated files are named by their day.
    pub dateext: bool,
    /// Shell text that runs after a rotation.
    pub after: Vec<Prose>,
    /// What is passed on for this stanza, as it is.
    pub raw: Vec<Located<Prose>>,
    /// What its lines hold, when they are JSON objects of which that is stated.
    pub schema: Option<LogSchema>,
    /// What the security check reports of it.
    pub reports: Vec<LogReport>,
    /// Why it is there.
    pub origin: Origin,
}

/// Lines of a log that somebody should look at now and then.
#[derive(Clone, Debug)]
pub struct LogReport {
    /// The text that such a line holds.
    pub text: String,
    /// The field of a JSON line by whose values they are counted.
    pub by: Option<String>,
    /// What they are, for people.
    pub about: String,
}
