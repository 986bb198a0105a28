//! How a service runs on the host itself, instead of in a container.

use std::net::IpAddr;

use crate::{
    model::{Readiness, Signal},
    source::{Located, Span},
    syntax::{Form, Node, PassedOn, Reader},
    values::{AbsPath, Count, Duration, GitUrl, Ip, Line, RelPath, UnitName, UserName, choice},
};

choice! { Readiness, "a way to tell that a program is up", { "exec" => Exec, "notify" => Notify, } }
choice! { Signal, "a signal", { "HUP" => Hup, "USR1" => Usr1, "USR2" => Usr2, "WINCH" => Winch, } }

/// A stated `unit`.
#[derive(Clone, Debug)]
pub struct UnitSpec {
    /// The account.
    pub user: Located<UserName>,
    /// The group; the account's name when absent.
    pub group: Option<Located<UserName>>,
    /// The folder of the application.
    pub directory: Located<AbsPath>,
    /// The repository whose tags are released.
    pub source: Option<Located<GitUrl>>,
    /// The address on which it listens.
    pub listen: Located<Ip>,
    /// Other paths that it may write to.
    pub writes: Vec<Located<AbsPath>>,
    /// Folders that are searched for programs.
    pub path: Vec<Located<AbsPath>>,
    /// Most files that it may have open.
    pub open_files: Option<Located<Count>>,
    /// Units of the host that are started before it.
    pub after: Vec<Located<UnitName>>,
    /// Those without which it does not run.
    pub requires: Vec<Located<UnitName>>,
    /// Files of the host with further variables of its environment.
    pub environment_files: Vec<Located<AbsPath>>,
    /// Sections and keys that are passed on.
    pub raw: Vec<Node>,
    /// What is like this for all services of a kind, unless a service says otherwise.
    pub ways: UnitWays,
    /// Where it is stated.
    pub span: Span,
}

/// What a unit is like that follows from the program: kinds state it, services may state it over them.
#[derive(Clone, Debug, Default)]
pub struct UnitWays {
    /// How it tells that it is up.
    pub ready: Option<Readiness>,
    /// Time without a sign of life after which it is restarted.
    pub watchdog: Option<Duration>,
    /// The signal by which it takes up new files.
    pub reload: Option<Signal>,
    /// Whether it makes machine code while it runs.
    pub jit: Option<bool>,
    /// Folders of the application that outlive a release.
    pub shared: Vec<RelPath>,
    /// Commands that make a release ready.
    pub prepare: Vec<Line>,
    /// Commands before a release takes over.
    pub migrate: Vec<Line>,
}

/// Reads the `unit` of a service.
pub(super) fn unit(r: &mut Reader) -> Option<UnitSpec> {
    r.example("unit user=\"deploy\" directory=\"/srv/shop\" source=\"https://github.com/example/shop.git\" {\n    shared \"log\" \"storage\"\n    prepare \"bundle install\"\n}");
    let user = r.prop::<UserName>("user", "the account that it runs as, never root").required();
    let group = r.prop::<UserName>("group", "its group; the name of the account when absent").optional();
    let directory = r
        .prop::<AbsPath>(
            "directory",
            "the folder of the application; with `source`, of its `releases`, its `current` release and what is `shared`",
        )
        .required();
    let source = r
        .prop::<GitUrl>(
            "source",
            "the repository whose tags are deployed; without one, something else puts the application there",
        )
        .optional();
    let listen = r
        .prop::<Ip>(
            "listen",
            "the address of the host on which it listens; the default is that of Docker's own bridge, which containers reach and the network does not",
        )
        .or("172.17.0.1");
    let writes = r.list::<AbsPath>("writes", "a path that it may write to, beside what is `shared`");
    let path = r.list::<AbsPath>("path", "a folder that is searched for programs before the system's");
    let open_files =
        r.prop::<Count>("open-files", "most files that it may have open").above_zero().optional();
    let after = r.list::<UnitName>("after", "a unit of the host that is started before it");
    let requires = r.list::<UnitName>(
        "requires",
        "a unit of the host that is started before it, and without which it does not run",
    );
    let environment_files = r.list::<AbsPath>(
        "environment-file",
        "a file of the host with further variables, which the host's administrator keeps: `NAME=value` in each line",
    );
    let raw = r
        .raw("systemd", "sections of the unit, and keys that the language has no word for, as KDL: `Service { PrivateTmp #true }`", PassedOn { form: Form::Keys, followed: &[], instead: "a unit has its secrets in its environment: `env { NAME secret=\"NAME\" }` in the service" })
        .into_iter()
        .cloned()
        .collect();
    let ways = ways(r);
    Some(UnitSpec {
        user: user?,
        group,
        directory: directory?,
        source,
        listen: listen?,
        writes,
        path,
        open_files,
        after,
        requires,
        environment_files,
        raw,
        ways,
        span: r.span()?,
    })
}

/// Reads the `unit` of a kind, or that part of a service's.
pub fn ways(r: &mut Reader) -> UnitWays {
    let ready = r
        .prop::<Readiness>("ready", "how it tells that it is up: by starting, or by a message (`sd_notify`)")
        .optional();
    let watchdog = r
        .prop::<Duration>("watchdog", "time without a sign of life (`sd_notify`) after which it is restarted")
        .above_zero()
        .optional();
    let reload = r
        .prop::<Signal>(
            "reload",
            "the signal by which it takes up new files and opens its logs anew; without one, a restart does that",
        )
        .optional();
    let jit = r
        .prop::<bool>(
            "jit",
            "whether it makes machine code while it runs, as Node.js, Java and newer Rubies do; if not, it is kept from it",
        )
        .optional();
    let shared =
        r.list::<RelPath>("shared", "a folder of it that outlives releases, and that it may write to");
    let prepare = r.list::<Line>("prepare", "a command of a shell that makes a release ready, in its folder and environment, before anything changes");
    let migrate = r.list::<Line>(
        "migrate",
        "a command of a shell that runs before a new release takes over, when what it needs is up",
    );
    UnitWays {
        ready: ready.map(|v| v.value),
        watchdog: watchdog.map(|v| v.value),
        reload: reload.map(|v| v.value),
        jit: jit.map(|v| v.value),
        shared: shared.into_iter().map(|v| v.value).collect(),
        prepare: prepare.into_iter().map(|v| v.value).collect(),
        migrate: migrate.into_iter().map(|v| v.value).collect(),
    }
}

impl UnitSpec {
    /// The address on which it listens.
    pub fn address(&self) -> IpAddr {
        self.listen.value.0
    }
}
