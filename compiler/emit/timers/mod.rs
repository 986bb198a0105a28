//! `systemd/ondol-<system>-<job>.timer` and `.service` for each job that is not cron's, which run it through the job runner.
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
    values::{CalendarTimes, Duration, OnCalendar},
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
    /// What a reader is told of it, and of those behind it that are there for the same.
    comment: Option<&'static str>,
}

/// Makes the files; none when cron starts every job.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let timers = model.jobs.iter().filter_map(|job| Some((job, job.timer.as_ref()?)));
    timers.flat_map(|(job, timer)| files(model, job, timer)).collect()
}

fn files(model: &Model, job: &Job, timer: &Timer) -> [Artifact; 2] {
    let view = view(model, job, timer);
    let file = |kind: &str, template: &Template| Artifact {
        path: format!("systemd/{}.{kind}", job.unit(&model.system)),
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
    let limit = job.timeout.whole_seconds().max(1);
    let mut words = vec![format!("{directory}/scripts/run-job.sh"), job.name.to_string(), limit.to_string()];
    words.extend(job.command_line(directory));
    View {
        header: header(model),
        description: quote::systemd_text(&format!("{}: {}", model.title, said(job))),
        directory: directory.to_owned(),
        when: job.schedule.words(model.language),
        calendar: calendar(job.schedule.timer(&model.timezone)),
        // What runs again within the day is not made up for.
        persistent: job.schedule.is_by_the_clock() && job.schedule.period() >= Duration::from_days(1),
        spread: timer.spread.map(|spread| spread.whole_seconds()),
        command: words.iter().map(|word| quote::systemd(word)).collect::<Vec<_>>().join(" "),
        limit: limit + GRACE_SECONDS,
        ours: !matches!(job.command, Command::OnHost(_)),
    }
}

/// The values, with a word on those that nobody would expect.
fn calendar(values: Vec<OnCalendar>) -> Vec<Calendar> {
    let mut last = CalendarTimes::Usual;
    let told = |one: OnCalendar| {
        let first = one.times != last;
        last = one.times;
        Calendar { value: one.value, comment: comment(one.times).filter(|_| first) }
    };
    values.into_iter().map(told).collect()
}

fn comment(times: CalendarTimes) -> Option<&'static str> {
    match times {
        CalendarTimes::Usual => None,
        CalendarTimes::Apart => Some(
            "The hour that is skipped when clocks go forward stands alone: beside it, systemd may miss the others of that day.",
        ),
        CalendarTimes::Late => {
            Some("On the day that clocks go forward over that time, as soon as there is time again.")
        }
        CalendarTimes::Again => Some("On the day that clocks go back, the hour that is told a second time."),
    }
}

fn said(job: &Job) -> &str {
    if job.about.is_empty() { job.name.as_str() } else { &job.about }
}
