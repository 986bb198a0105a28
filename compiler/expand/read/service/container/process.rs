//! The container itself and its first process.

use crate::{
    expand::read::from::{Or, switch},
    source::Located,
    syntax::Reader,
    values::{AbsPath, EngineName, Hostname, Line, choice},
};

/// A stated `container`.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// The name of the container on the host.
    pub name: Option<Located<Or<EngineName>>>,
    /// What it calls itself; engines allow more than DNS does.
    pub hostname: Option<Located<Or<EngineName>>>,
    /// Its domain.
    pub domainname: Option<Located<Or<Hostname>>>,
    /// The processor and system that its image is for.
    pub platform: Option<Located<Or<Line>>>,
    /// When its image is pulled.
    pub pull: Option<Located<Or<PullPolicy>>>,
    /// Where its command starts.
    pub working_dir: Option<Located<Or<AbsPath>>>,
    /// Whether a small init is its first process.
    pub init: Option<Located<Or<bool>>>,
    /// Whether it has a terminal.
    pub tty: Option<Located<Or<bool>>>,
    /// Whether its input stays open.
    pub stdin: Option<Located<Or<bool>>>,
    /// What asks it to stop.
    pub stop_signal: Option<Located<Or<Line>>>,
    /// The program that runs it.
    pub runtime: Option<Located<Or<EngineName>>>,
    /// Whether `docker compose up` shows its output.
    pub attach: Option<Located<Or<bool>>>,
    /// Processors for graphics that it may use.
    pub gpus: Option<Located<Or<Line>>>,
}

impl Process {
    /// Whether nothing is said.
    pub fn is_silent(&self) -> bool {
        let Process {
            name,
            hostname,
            domainname,
            platform,
            pull,
            working_dir,
            init,
            tty,
            stdin,
            stop_signal,
            runtime,
            attach,
            gpus,
        } = self;
        name.is_none()
            && runtime.is_none()
            && hostname.is_none()
            && domainname.is_none()
            && [platform, stop_signal, gpus].into_iter().all(Option::is_none)
            && [init, tty, stdin, attach].into_iter().all(Option::is_none)
            && pull.is_none()
            && working_dir.is_none()
    }
}

/// When an image is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullPolicy {
    /// Each time.
    Always,
    /// Never.
    Never,
    /// When it is not there.
    Missing,
    /// The same by its older name.
    IfNotPresent,
    /// It is built instead.
    Build,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}

choice! { PullPolicy, "a rule of pulling", {
    "always" => Always, "never" => Never, "missing" => Missing, "if_not_present" => IfNotPresent, "build" => Build, "daily" => Daily, "weekly" => Weekly,
} }

impl std::fmt::Display for PullPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

pub(super) fn process(r: &mut Reader) -> Option<Process> {
    r.example("container name=\"redash\" hostname=\"redash\" init=#true");
    Some(Process {
        name: r.prop("name", "its name on the host; compose makes one up when absent").optional(),
        hostname: r.prop("hostname", "what it calls itself").optional(),
        domainname: r.prop("domainname", "the domain that it calls itself in").optional(),
        platform: r.prop("platform", "what its image is for: `linux/amd64`").optional(),
        pull: r.prop("pull", "when its image is pulled").optional(),
        working_dir: r.prop("working-dir", "where its command starts, in place of the image's").optional(),
        init: switch(
            r,
            "init",
            "whether a small init is its first process; yes when it is built, unless `as-stated`",
        ),
        tty: switch(r, "tty", "whether it has a terminal"),
        stdin: switch(r, "stdin", "whether its input stays open"),
        stop_signal: r.prop("stop-signal", "what asks it to stop, in place of `SIGTERM`").optional(),
        runtime: r.prop("runtime", "the engine's runtime that runs it").optional(),
        attach: switch(r, "attach", "whether `docker compose up` shows its output"),
        gpus: r.prop("gpus", "processors for graphics that it may use: `all`").optional(),
    })
}
