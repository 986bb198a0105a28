//! `cron.d/<system>`: every job that no timer starts, in the system crontab format, through the job runner.
//!
//! It refuses to let a job run without its lock, limit, log and metrics.

use serde::Serialize;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote,
    template::{Format, Template},
};
use crate::model::{Job, Model};

pub static TABLE: Template = Template::new(Format::Line, include_str!("cron.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    timezone: String,
    jobs: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    when: String,
    about: String,
    guarded: bool,
    fields: Vec<String>,
    command: String,
}

/// Makes the file; none without jobs, or when timers start all of them.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let jobs = || model.jobs.iter().filter(|job| job.timer.is_none());
    if jobs().next().is_none() {
        return Vec::new();
    }
    let view = View {
        header: header(model),
        timezone: model.timezone.to_string(),
        jobs: jobs().map(|job| line(model, job)).collect(),
    };
    let mut from = vec!["system".to_owned(), format!("host/{}", model.host.name)];
    from.extend(model.jobs.iter().map(|job| format!("job/{}", job.name)));
    from.extend(model.backups.iter().map(|backup| format!("backup/{}", backup.stated_as())));
    vec![Artifact {
        path: format!("cron.d/{}", model.system),
        contents: TABLE.render(&view).into(),
        mode: 0o644,
        emitter: "cron",
        from,
        on_change: OnChange::Reload("cron (sudo scripts/install.sh)".into()),
    }]
}

fn line(model: &Model, job: &Job) -> Line {
    let cron = job.schedule.cron();
    let words = [
        vec![
            format!("{}/scripts/run-job.sh", model.directory()),
            job.name.to_string(),
            job.timeout.whole_seconds().max(1).to_string(),
        ],
        job.command_line(model.directory()),
    ];
    let run = words.concat().iter().map(|word| quote::cron_word(word)).collect::<Vec<_>>().join(" ");
    let guarded = cron.guard.is_some();
    let run = match cron.guard {
        Some(guard) => format!("{guard} && {run}"),
        None => run,
    };
    Line {
        when: job.schedule.words(model.language),
        about: job.about.clone(),
        guarded,
        fields: cron.fields,
        command: quote::cron(&run),
    }
}
