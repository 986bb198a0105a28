//! What runs by the clock.

use super::Origin;
use crate::values::{Duration, Name, RunAs, Schedule};

/// A job: it has a lock, a time limit, a log that is rotated, and an alert when it fails or does not run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name: of the lock, the log file, the metrics' label `job_name`.
    pub name: Name,
    /// When.
    pub schedule: Schedule,
    /// What.
    pub command: Command,
    /// The account that it runs as; root on the host, and that of the container or the unit, when absent.
    pub user: Option<RunAs>,
    /// Time after which it is killed and has failed.
    pub timeout: Duration,
    /// The timer of systemd that starts it; cron does without.
    pub timer: Option<Timer>,
    /// What it is for.
    pub about: String,
    /// Where it is stated, or why it exists.
    pub origin: Origin,
}

impl Job {
    /// The name of its units, without suffix.
    pub fn unit(&self, system: &Name) -> String {
        format!("ondol-{system}-{}", self.name)
    }

    /// Its command, word by word, in the folder of its tree: always a script, because neither a line of a crontab, nor a
    /// unit, nor a cell of a table is the place for long commands.
    pub fn words(&self) -> Vec<String> {
        match &self.command {
            Command::Script(script, args) => [std::slice::from_ref(script), args.as_slice()].concat(),
            Command::InService(..) | Command::OnHost(_) => vec![format!("scripts/job-{}.sh", self.name)],
        }
    }

    /// The same from anywhere.
    pub fn command_line(&self, directory: &str) -> Vec<String> {
        let mut words = self.words();
        if let Some(script) = words.first_mut() {
            *script = format!("{directory}/{script}");
        }
        words
    }
}

/// How systemd starts a job.
#[derive(Clone, Debug, Default)]
pub struct Timer {
    /// Time within which the start is put off by chance.
    pub spread: Option<Duration>,
}

/// What starts jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduler {
    /// cron.
    Cron,
    /// Timers of systemd.
    Systemd,
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
