//! What runs by the clock.

use super::Origin;
use crate::values::{Duration, Name, Schedule};

/// A job: it has a lock, a time limit, a log that is rotated, and an alert when it fails or does not run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name: of the lock, the log file, the metrics' label `job_name`.
    pub name: Name,
    /// When.
    pub schedule: Schedule,
    /// What.
    pub command: Command,
    /// Time after which it is killed and has failed.
    pub timeout: Duration,
    /// What it is for.
    pub about: String,
    /// Where it is stated, or why it exists.
    pub origin: Origin,
}

/// What a job runs.
#[derive(Clone, Debug)]
pub enum Command {
    /// A generated script, relative to the tree: `scripts/backup-redis.sh`, with arguments.
    Script(String, Vec<String>),
    /// Shell text in the running container of a service, or beside its unit: as its account, with its environment.
    InService(Name, String),
    /// Shell text on the host.
    OnHost(String),
}
