//! `timers/`: a timer and a service of systemd for each job that is not cron's, which run it through the job runner.
//!
//! The units have as few rights as a job of root can do with; lock, limit, log and metrics are the runner's, as under cron.

use serde::Serialize;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    quote,
    template::{Format, Template},
};
use crate::{
    model::{Command, Job, Model, Timer},
    values::Duration,
};

static SERVICE: Template = Template::new(Format::Line, include_str!("job.service.tera"));
static TIMER: Template = Template::new(Format::Line, include_str!("job.timer.tera"));

/// What the runner needs beyond the job's own limit: to stop it, and to write down how it went.
const GRACE_SECONDS: u64 = 60;

#[derive(Serialize)]
struct View {
    header: String,
    description: String,
    directory: String,
    when: String,
    calendar: Vec<Calendar>,
    persistent: bool,
    spread: Option<u64>,
    command: String,
    limit: u64,
    /// Whether it is a script of this tree, which is known to change nothing of the system itself.
    ours: bool,
}

/// A value of `OnCalendar=`.
#[derive(Serialize)]
struct Calendar {
    value: String,
    /// Whether it is the first of those that make up for a time that a changed clock passes over.
    late: bool,
    /// Whether it is the first of those that have the hour which a changed clock tells twice.
    again: bool,
}

/// Makes the files; none when cron starts every job.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let timers = model.jobs.iter().filter_map(|job| Some((job, job.timer.as_ref()?)));
    timers.flat_map(|(job, timer)| files(model, job, timer)).collect()
}

fn files(model: &Model, job: &Job, timer: &Timer) -> [Artifact; 2] {
    let view = view(model, job, timer);
    let file = |kind: &str, template: &Template| Artifact {
        path: format!("timers/{}.{kind}", job.unit(&model.system)),
        contents: template.render(&view).into(),
        mode: 0o644,
        emitter: "timers",
        from: vec![
            "system".to_owned(),
            format!("host/{}", model.host.name),
            format!("job/{}", job.name),
            // What a derived job follows from.
            format!("backup/{}", job.name.as_str().split_once('-').map_or("", |(_, name)| name)),
        ],
        on_change: OnChange::Reload("systemd (sudo scripts/install.sh)".into()),
    };
    [file("service", &SERVICE), file("timer", &TIMER)]
}

fn view(model: &Model, job: &Job, timer: &Timer) -> View {
    let directory = model.directory();
    let usual = job.schedule.usual_values(&model.timezone);
    let limit = job.timeout.whole_seconds().max(1);
    let mut words = vec![format!("{directory}/scripts/run-job.sh"), job.name.to_string(), limit.to_string()];
    words.extend(job.command_line(directory));
    View {
        header: header(model),
        description: quote::systemd_text(&format!("{}: {}", model.title, said(job))),
        directory: directory.to_owned(),
        when: job.schedule.words(model.language),
        calendar: job
            .schedule
            .timer(&model.timezone)
            .into_iter()
            .enumerate()
            .map(|(index, value)| {
                let odd = index == usual;
                let again = odd && value.ends_with(" UTC");
                Calendar { value, late: odd && !again, again }
            })
            .collect(),
        // What runs again within the day is not made up for.
        persistent: job.schedule.is_by_the_clock() && job.schedule.period() >= Duration::from_days(1),
        spread: timer.spread.map(|spread| spread.whole_seconds()),
        command: words.iter().map(|word| quote::systemd(word)).collect::<Vec<_>>().join(" "),
        limit: limit + GRACE_SECONDS,
        ours: !matches!(job.command, Command::OnHost(_)),
    }
}

fn said(job: &Job) -> &str {
    if job.about.is_empty() { job.name.as_str() } else { &job.about }
}
