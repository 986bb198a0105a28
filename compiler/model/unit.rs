//! A service that runs on the host itself, as a unit of systemd.

use std::net::IpAddr;

use crate::values::{AbsPath, Count, Duration, Line, Name, RelPath, UnitName, UserName};

/// How a service runs outside of containers.
#[derive(Clone, Debug)]
pub struct HostUnit {
    /// The name of the unit, without `.service`.
    pub name: Name,
    /// The account that it runs as.
    pub user: UserName,
    /// The group that it runs as.
    pub group: UserName,
    /// The folder of the application.
    pub directory: AbsPath,
    /// The repository whose tags are released; none when something else puts the application there.
    pub source: Option<String>,
    /// Folders of the application that outlive a release, and that it may write to: relative to its folder.
    pub shared: Vec<RelPath>,
    /// Other paths that it may write to.
    pub writes: Vec<AbsPath>,
    /// Folders that are searched for programs before the system's.
    pub path: Vec<AbsPath>,
    /// Commands of a shell that make a release ready after it was checked out.
    pub prepare: Vec<Line>,
    /// Commands of a shell that run before a new release takes over, when everything that it needs is up.
    pub migrate: Vec<Line>,
    /// The address of the host on which it listens.
    pub listen: IpAddr,
    /// How it tells that it is up.
    pub readiness: Readiness,
    /// Time without a sign of life after which it is restarted; none when it gives no signs.
    pub watchdog: Option<Duration>,
    /// The signal by which it takes up new files and opens its logs anew; none when only a restart does that.
    pub reload: Option<Signal>,
    /// Whether it makes machine code while it runs.
    pub jit: bool,
    /// Most files that it may have open.
    pub open_files: Option<Count>,
    /// Units of the host that are started before it.
    pub after: Vec<UnitName>,
    /// Those of them without which it does not run.
    pub requires: Vec<UnitName>,
    /// Files of the host with further variables of its environment.
    pub environment_files: Vec<AbsPath>,
    /// What is passed on: section, key and value of each line.
    pub passed: Vec<(String, String, String)>,
}

impl HostUnit {
    /// The folder that it runs in: the release that is current, or the application's own folder.
    pub fn working_directory(&self) -> String {
        match self.source {
            Some(_) => format!("{}/current", self.directory),
            None => self.directory.to_string(),
        }
    }

    /// What it may write to.
    pub fn writable(&self) -> impl Iterator<Item = AbsPath> {
        self.shared.iter().map(|path| self.directory.join(path)).chain(self.writes.iter().cloned())
    }

    /// The file with its environment, which holds secrets and belongs to root.
    pub fn environment_file(&self) -> String {
        format!("/etc/ondol/{}.env", self.name)
    }

    /// Whether anything that it uses lies in somebody's home folder.
    pub fn is_at_home(&self) -> bool {
        let at_home = |path: &AbsPath| {
            ["/home/", "/root/", "/run/user/"].iter().any(|home| format!("{path}/").starts_with(home))
        };
        at_home(&self.directory) || self.path.iter().any(at_home) || self.writes.iter().any(at_home)
    }
}

/// How a program tells systemd that it is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Not at all: it counts as up as soon as it runs.
    Exec,
    /// By a message (`sd_notify`).
    Notify,
}

/// The signals by which programs are told to take up what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `SIGHUP`.
    Hup,
    /// `SIGUSR1`.
    Usr1,
    /// `SIGUSR2`.
    Usr2,
    /// `SIGWINCH`.
    Winch,
}
