//! Scripts that the host runs, by the clock or by hand. Each stands alone: its first lines say what it does, when it runs
//! and how to run it, and `--help` prints them.
//!
//! No value of a secret is in a script or reaches a command line: containers have them in their environment.

mod backup;
mod certificate;
mod configuration;
mod deliver;
mod deploy;
mod host;
mod job;
mod log;
mod rotate;
mod security;
mod unit;
mod watch;

pub use deliver::is_there as delivered;

use std::collections::BTreeMap;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    template::Template,
};
use crate::{
    model::{Command, Job, Model},
    values::Language,
};

/// What nearly every system needs.
pub static TEMPLATES: &[&Template] = &[
    &backup::BACKUP,
    &backup::RESTORE,
    &backup::VERIFY,
    &deploy::DEPLOY,
    &deploy::ROLLBACK,
    &host::INSTALL,
    &host::PREFLIGHT,
    &job::RUN_JOB,
    &security::CHECK,
    &watch::HOST,
];

/// A script before it is a file.
struct Script {
    /// Its name without folder and suffix.
    name: String,
    /// Its text.
    text: String,
    /// Addresses of what it was made from, beside the system and the host.
    from: Vec<String>,
}

/// Makes every script that the system needs.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let clock = Clock::of(model);
    let mut scripts = vec![
        host::preflight(model),
        host::install(model),
        deploy::deploy(model),
        deploy::rollback(model),
        security::check(model, &clock),
    ];
    scripts.extend(job::runner(model));
    scripts.extend(model.jobs.iter().filter_map(|job| job::stated(model, job)));
    scripts.extend(deliver::script(model));
    scripts.extend(certificate::script(model, &clock));
    scripts.extend(log::script(model, &clock));
    scripts.extend(rotate::scripts(model));
    scripts.extend(unit::environment(model));
    scripts.extend(watch::script(model, &clock));
    scripts.extend(backup::scripts(model, &clock));
    scripts.into_iter().map(|script| artifact(model, script)).collect()
}

fn artifact(model: &Model, script: Script) -> Artifact {
    let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
    from.extend(script.from);
    Artifact {
        path: format!("scripts/{}.sh", script.name),
        contents: script.text.into(),
        mode: 0o755,
        emitter: "scripts",
        from,
        on_change: OnChange::Nothing,
    }
}

/// Where the logs of jobs are.
fn logs(model: &Model) -> String {
    format!("/var/log/{}", model.system)
}

/// Where jobs leave their metrics, if somebody collects them.
fn textfiles(model: &Model) -> Option<String> {
    model.monitoring.as_ref().map(|monitoring| monitoring.textfiles.to_string())
}

/// Which script runs by the clock, and when.
struct Clock<'a>(BTreeMap<&'a str, &'a Job>);

impl Clock<'_> {
    fn of(model: &Model) -> Clock<'_> {
        // Of several jobs that run one script, the first.
        let jobs = model.jobs.iter().rev();
        Clock(
            jobs.filter_map(|job| match &job.command {
                Command::Script(script, _) => Some((script.as_str(), job)),
                Command::InService(..) | Command::OnHost(_) => None,
            })
            .collect(),
        )
    }

    /// Who starts the script of that name.
    fn starter(&self, name: &str) -> &'static str {
        self.0.get(format!("scripts/{name}.sh").as_str()).map_or("Cron", |job| starter(job))
    }

    /// When the script of that name runs: `every day at 02:00`.
    fn when(&self, name: &str) -> Option<String> {
        self.0.get(format!("scripts/{name}.sh").as_str()).map(|job| job.schedule.words(Language::English))
    }
}

/// Who starts a job.
fn starter(job: &Job) -> &'static str {
    if job.timer.is_some() { "A timer of systemd" } else { "Cron" }
}

/// Addresses of all services.
fn services(model: &Model) -> impl Iterator<Item = String> {
    model.services.iter().map(|service| format!("service/{}", service.name))
}
