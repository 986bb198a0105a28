//! What is kept, how it is verified, and how it comes back.

use super::{Log, Origin, Retention};
use crate::source::Located;
use crate::values::{AbsPath, AgeKey, Duration, Line, Name, Schedule};

/// Backups of one thing.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Its name in scripts, file names and metrics; for a service's data that of the service.
    pub name: Name,
    /// What is kept.
    pub kept: Kept,
    /// When.
    pub schedule: Schedule,
    /// Which stay.
    pub keep: Retention,
    /// How much of it may be lost, and where that is stated; none when nothing says.
    pub rpo: Option<Located<Duration>>,
    /// Where on the host.
    pub directory: AbsPath,
    /// A copy that does not share the host's fate.
    pub offsite: Option<Offsite>,
    /// Which copies stay there; none when nothing is ever deleted there.
    pub offsite_keep: Option<Retention>,
    /// Who alone can read it; none when everybody can who gets hold of it.
    pub encryption: Option<Encryption>,
    /// When the newest one is restored beside the live data for proof; none for never.
    pub drill: Option<Schedule>,
    /// Time after which making or drilling it has failed.
    pub timeout: Duration,
    /// Where it is stated.
    pub origin: Origin,
}

/// To whom a backup is encrypted, before it touches a disk.
#[derive(Clone, Debug)]
pub struct Encryption {
    /// Public keys of age: whoever has the secret key of one can read it.
    pub recipients: Vec<AgeKey>,
    /// The file on the host with such a secret key, for restores and drills; it is in no tree.
    pub identity: AbsPath,
}

/// What a backup keeps.
#[derive(Clone, Debug)]
pub enum Kept {
    /// Data of a service, which its kind knows how to dump.
    Data(Dump),
    /// Files.
    Files(Files),
    /// Objects of a store.
    Objects(Objects),
}

/// Data that is dumped and loaded by the programs of its service.
#[derive(Clone, Debug)]
pub struct Dump {
    /// The service.
    pub service: Name,
    /// Suffix of the dump's file name, such as `rdb` or `dump`.
    pub extension: String,
    /// Shell text, run in the service's container with `sh -c`: writes the dump to standard output.
    pub dump: String,
    /// Shell text, run in a fresh container of the service's image: reads the dump from standard input and fails
    /// unless it is whole.
    pub verify: String,
    /// How it comes back.
    pub restore: Restore,
    /// Shell text, run in the container after a restore (and in a drill): prints how much there is, fails when the
    /// data cannot be read.
    pub check: String,
    /// Restores of a part, for people: title and shell text run in the service's container, `$1` being the part.
    pub restore_part: Option<(Line, String)>,
    /// The log that goes on from it to any second; none when it comes back as it is and no further.
    pub log: Option<Box<DataLog>>,
    /// Environment that a scratch container needs to start for the drill, as `NAME=value` without secrets.
    pub drill_environment: Vec<(String, String)>,
}

/// The archived log of what was written to the data since a base.
#[derive(Clone, Debug)]
pub struct DataLog {
    /// How often it is archived up to that minute: what may be lost.
    pub every: Schedule,
    /// Where it is on the host.
    pub folder: AbsPath,
    /// Where that is in the service's container.
    pub target: AbsPath,
    /// Shell text, run in the container: returns when all that was written until now is archived.
    pub archive: String,
    /// Shell text, run in the container: deletes what no base needs; the arguments are the first file that each needs.
    pub prune: String,
}

/// Objects of a store that somebody else runs, of which a copy elsewhere follows each change; what a change replaces is
/// kept beside it.
#[derive(Clone, Debug)]
pub struct Objects {
    /// `remote:path` of rclone.
    pub source: Line,
    /// Shell text, run on the host in a folder with what came back: fails unless that is whole.
    pub check: Option<String>,
}

/// Files that are kept as an archive, or as snapshots.
#[derive(Clone, Debug)]
pub struct Files {
    /// Where they are.
    pub place: Place,
    /// Whether each run makes a folder with the whole tree, in which what has not changed since the last one takes no room;
    /// else it makes an archive.
    pub incremental: bool,
    /// Services that have them mounted.
    pub users: Vec<Name>,
    /// Whether those are stopped while the files are read: without, a file that changes meanwhile may be half new.
    pub stopped: bool,
    /// Patterns of names that are left out, as tar and rsync read them.
    pub exclude: Vec<Line>,
    /// Shell text, run on the host in a folder with what came back: fails unless that is whole.
    pub check: Option<String>,
}

impl Files {
    /// Whether all of them are logs: these grow at their end, so that what is read of them while they do is whole.
    pub fn are_logs(&self, logs: &[Log]) -> bool {
        let Place::Host(paths) = &self.place else { return false };
        let within = |path: &AbsPath, folder: &str| {
            path.as_str().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let folders = || logs.iter().filter_map(|log| Some(log.pattern.rsplit_once('/')?.0));
        paths.iter().all(|path| {
            within(path, "/var/log") || folders().any(|folder| !folder.is_empty() && within(path, folder))
        })
    }
}

/// Where files are.
#[derive(Clone, Debug)]
pub enum Place {
    /// In a volume of a service.
    Volume {
        /// The service.
        service: Name,
        /// Where it has the volume mounted.
        target: AbsPath,
    },
    /// On the host.
    Host(Vec<AbsPath>),
}

/// How a dump comes back.
#[derive(Clone, Debug)]
pub enum Restore {
    /// Shell text in the running container; reads the dump from standard input.
    Online(String),
    /// The service is stopped; shell text in a one-off container of its image with its volumes reads the dump from
    /// standard input; then the service starts again.
    Offline(String),
}

/// A copy elsewhere.
#[derive(Clone, Debug)]
pub enum Offsite {
    /// `user@host:/path` for rsync over ssh.
    Rsync(Line),
    /// `remote:path` of rclone, which speaks S3 among others.
    Rclone(Line),
}

impl Backup {
    /// The log with which it comes back to any second.
    pub fn log(&self) -> Option<&DataLog> {
        match &self.kept {
            Kept::Data(dump) => dump.log.as_deref(),
            Kept::Files(_) | Kept::Objects(_) => None,
        }
    }

    /// What it is stated as: a base is stated with the dumps of its service.
    pub fn stated_as(&self) -> &Name {
        match &self.kept {
            Kept::Data(dump) => &dump.service,
            Kept::Files(_) | Kept::Objects(_) => &self.name,
        }
    }

    /// How much of it can be lost at most.
    pub fn loss(&self) -> Duration {
        self.log().map_or(self.schedule, |log| log.every).period()
    }

    /// The services whose data is in it, dumped or as files.
    pub fn services(&self) -> &[Name] {
        match &self.kept {
            Kept::Data(dump) => std::slice::from_ref(&dump.service),
            Kept::Files(files) => &files.users,
            Kept::Objects(_) => &[],
        }
    }

    /// Suffix of the names of what it makes.
    pub fn extension(&self) -> String {
        let extension = match &self.kept {
            Kept::Data(dump) => &dump.extension,
            Kept::Files(Files { incremental: true, .. }) => "snapshot",
            Kept::Files(_) => "tar.gz",
            Kept::Objects(_) => "list",
        };
        match &self.encryption {
            Some(_) => format!("{extension}.age"),
            None => extension.to_owned(),
        }
    }

    /// Whether it is a folder for each run, in which only what has changed takes room.
    pub fn is_incremental(&self) -> bool {
        matches!(&self.kept, Kept::Files(files) if files.incremental)
    }

    /// Services that stop while it comes back.
    pub fn stops(&self) -> &[Name] {
        match &self.kept {
            Kept::Data(Dump { service, restore: Restore::Offline(_), .. }) => std::slice::from_ref(service),
            Kept::Data(_) | Kept::Objects(_) => &[],
            Kept::Files(files) => &files.users,
        }
    }
}
