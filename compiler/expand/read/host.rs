//! `host`: the machine and how it is administered.

use crate::{
    model::Requirement,
    source::{Located, Span},
    syntax::Reader,
    values::{AbsPath, Address, Cidr, Count, Line, Name, Port, Size, UserName, choice},
};

/// A stated `host`.
#[derive(Clone, Debug)]
pub struct HostSpec {
    /// Its name.
    pub name: Located<Name>,
    /// Where it is reached.
    pub address: Option<Located<Address>>,
    /// Where the other hosts reach it.
    pub internal: Option<Located<Address>>,
    /// How it is administered.
    pub ssh: Ssh,
    /// Where the generated tree lives.
    pub directory: Option<Located<AbsPath>>,
    /// What it has.
    pub cpus: Option<Located<Count>>,
    /// What it has.
    pub memory: Option<Located<Size>>,
    /// What it has.
    pub disk: Option<Located<Size>>,
    /// What is demanded of it.
    pub require: Requirement,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `ssh`.
#[derive(Clone, Debug)]
pub struct Ssh {
    /// The account.
    pub user: UserName,
    /// The port.
    pub port: Port,
    /// From where it is allowed; empty for everywhere.
    pub from: Vec<Cidr>,
    /// Whether it arrives through a tunnel and needs no opening.
    pub tunnel: bool,
    /// Whether whoever connects again and again is refused for a while.
    pub limit: bool,
}

/// Transport protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

choice! { Protocol, "a transport protocol", { "tcp" => Tcp, "udp" => Udp, } }

/// Reads a `host`.
pub fn host(r: &mut Reader) -> Option<HostSpec> {
    r.example("host \"app-1\" address=\"203.0.113.10\" {\n    ssh user=\"deploy\" from=\"198.51.100.0/24\"\n    cpus 4\n    memory \"8GiB\"\n    disk \"50GiB\"\n}");
    let name = r.arg::<Name>("name", "its name; the value of the label `host` on its metrics").required();
    let address = r.prop::<Address>("address", "where it is reached").optional();
    let internal = r
        .prop::<Address>("internal", "its IP address in the network of the hosts, when there are several")
        .optional();
    let ssh = r.block("ssh", "how it is administered; the firewall never cuts this off", ssh);
    let directory = r
        .prop::<AbsPath>(
            "directory",
            "where the generated tree lives on it; `/opt/` and the system's name when absent",
        )
        .optional();
    let cpus = r.prop::<Count>("cpus", "processors that it has").above_zero().optional();
    let memory = r.prop::<Size>("memory", "memory that it has").above_zero().optional();
    let disk = r.prop::<Size>("disk", "disk that it has").above_zero().optional();
    let require = r.block("require", "what a machine must have before anything is installed", |r| {
        let cpus = r.prop::<Count>("cpus", "processors").above_zero().optional();
        let memory = r.prop::<Size>("memory", "memory").above_zero().optional();
        let disk = r.prop::<Size>("disk", "disk").above_zero().optional();
        let systems = r.keyed("system", "an operating system that will do, as in `/etc/os-release`", |r| {
            let id = r.arg::<Name>("id", "its `ID`: `ubuntu`, `debian`, `rhel`").required();
            let from = r.prop::<Line>("from", "the least `VERSION_ID`").required();
            Some((id?.value, from?.value))
        });
        Some(Requirement {
            cpus: cpus.map(|v| v.value),
            memory: memory.map(|v| v.value),
            disk: disk.map(|v| v.value),
            systems,
        })
    });
    Some(HostSpec {
        name: name?,
        address,
        internal,
        ssh: ssh.or_else(Ssh::standard)?,
        directory,
        cpus,
        memory,
        disk,
        require: require.unwrap_or_default(),
        span: r.span()?,
    })
}

fn ssh(r: &mut Reader) -> Option<Ssh> {
    let user = r.prop::<UserName>("user", "the account").or("root");
    let port = r.prop::<Port>("port", "the port of the ssh server").or("22");
    let from = r.list::<Cidr>("from", "networks from which it is allowed; everywhere when absent");
    let tunnel = r.flag("tunnel", "whether ssh arrives through a tunnel, so that no port is open for it");
    let limit = r.switch(
        "limit",
        "whether an address that connects six times within 30 seconds is refused until it has been quiet that long",
    );
    Some(Ssh {
        user: user?.value,
        port: port?.value,
        from: from.into_iter().map(|c| c.value).collect(),
        tunnel,
        limit,
    })
}

impl Ssh {
    /// ssh on port 22 from everywhere: what holds when nothing is stated.
    pub fn standard() -> Option<Ssh> {
        use crate::values::Value as _;
        Some(Ssh {
            user: UserName::parse("root").ok()?,
            port: Port::parse("22").ok()?,
            from: Vec::new(),
            tunnel: false,
            limit: false,
        })
    }
}
