//! `run-job.sh`, which cron starts every job through, and `job-<name>.sh`: what a stated job does.
//!
//! A stated job is a script of its own, because a line of a crontab holds neither line breaks nor long commands.

use serde::Serialize;

use super::{Script, header, logs, starter, textfiles};
use crate::{
    emit::template::{Format, Template},
    model::{Command, Job, Model},
    values::{Language, RunAs},
};

pub(super) static RUN_JOB: Template = Template::new(Format::Shell, include_str!("run-job.sh.tera"));
static JOB: Template = Template::new(Format::Shell, include_str!("job.sh.tera"));

#[derive(Serialize)]
struct Runner {
    header: String,
    system: String,
    logs: String,
    textfiles: Option<String>,
    cron: bool,
}

#[derive(Serialize)]
struct View<'a> {
    header: String,
    directory: &'a str,
    textfiles: Option<String>,
    name: &'a str,
    about: &'a str,
    starter: &'static str,
    when: String,
    /// The service in whose container it runs; on the host when absent.
    service: Option<&'a str>,
    /// The unit as whose account it runs.
    unit: Option<UnitView<'a>>,
    /// The account that it runs as, when that is stated, and a group.
    user: Option<String>,
    group: Option<String>,
    run: &'a str,
    seconds: u64,
}

#[derive(Serialize)]
struct UnitView<'a> {
    name: &'a str,
    user: String,
    working_directory: String,
}

/// The runner; none when nothing runs by the clock.
pub fn runner(model: &Model) -> Option<Script> {
    let view = Runner {
        header: header(model),
        system: model.system.to_string(),
        logs: logs(model),
        textfiles: textfiles(model),
        cron: model.jobs.iter().any(|job| job.timer.is_none()),
    };
    (!model.jobs.is_empty()).then(|| Script {
        name: "run-job".to_owned(),
        text: RUN_JOB.render(&view),
        from: Vec::new(),
    })
}

/// What a stated job does; none for a job that runs another script.
pub fn stated(model: &Model, job: &Job) -> Option<Script> {
    let (service, run) = match &job.command {
        Command::Script(..) => return None,
        Command::InService(service, run) => (Some(service.as_str()), run),
        Command::OnHost(run) => (None, run),
    };
    let runs_in = match &job.command {
        Command::InService(service, _) => model.service(service),
        _ => None,
    };
    let unit = runs_in.and_then(|service| service.unit());
    let view = View {
        header: header(model),
        directory: model.directory(),
        textfiles: textfiles(model),
        name: job.name.as_str(),
        about: &job.about,
        starter: starter(job),
        when: job.schedule.words(Language::English),
        service: service.filter(|_| unit.is_none()),
        unit: unit.map(|unit| UnitView {
            name: unit.name.as_str(),
            user: unit.user.to_string(),
            working_directory: unit.working_directory(),
        }),
        user: job.user.as_ref().map(|user| match user.user() {
            Some(name) if service.is_none() => name.to_string(),
            _ => user.to_string(),
        }),
        group: job.user.as_ref().and_then(RunAs::group),
        run,
        seconds: job.timeout.whole_seconds().max(1),
    };
    let mut from = vec![format!("job/{}", job.name)];
    from.extend(service.map(|service| format!("service/{service}")));
    Some(Script { name: format!("job-{}", job.name), text: JOB.render(&view), from })
}
