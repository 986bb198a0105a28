//! What is dumped, how a dump is verified, and how it comes back.

use super::Origin;
use crate::values::{AbsPath, Duration, Line, Name, Schedule};

/// Backups of one service.
#[derive(Clone, Debug)]
pub struct Backup {
    /// The service whose data it is; also the name in scripts and metrics.
    pub service: Name,
    /// When.
    pub schedule: Schedule,
    /// How long a dump is kept.
    pub keep: Duration,
    /// Where on the host.
    pub directory: AbsPath,
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
    /// A copy that does not share the host's fate.
    pub offsite: Option<Offsite>,
    /// When the newest dump is restored into a scratch container for proof; none for never.
    pub drill: Option<Schedule>,
    /// Time after which making or drilling it has failed.
    pub timeout: Duration,
    /// Environment that a scratch container needs to start for the drill, as `NAME=value` without secrets.
    pub drill_environment: Vec<(String, String)>,
    /// Where it is stated.
    pub origin: Origin,
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
