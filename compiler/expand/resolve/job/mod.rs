//! What runs by the clock: what is derived, and what is stated.

mod derived;

use super::{context::Context, place};
use crate::{
    diagnostic::Diagnostic,
    expand::read::backup::JobSpec,
    model::{Backup, Command, Host, Ingress, Job, Log, Origin, Scheduler, Services, Timer},
    values::RunAs,
};

/// Every job: backups, drills, certificate renewal, the security check, and the stated ones.
pub fn jobs(
    context: &Context,
    host: &Host,
    backups: &[Backup],
    ingress: Option<&Ingress>,
    services: &Services,
    logs: &[Log],
) -> Vec<Job> {
    let mut jobs = derived::jobs(context, backups, ingress, logs);
    if scheduler(context) == Scheduler::Systemd {
        jobs.iter_mut().for_each(|job| job.timer = Some(Timer::default()));
    }
    for spec in context.spec.jobs.iter().filter(|spec| place::is_on(host, &spec.on)) {
        let Some(command) = command(context, spec, services) else { continue };
        if jobs.iter().any(|job: &Job| job.name == spec.name.value) {
            context.sink.report(
                Diagnostic::error("duplicate", format!("a job `{}` is derived already", spec.name.value))
                    .at(spec.name.span, "stated here")
                    .help("choose another name"),
            );
            continue;
        }
        jobs.push(Job {
            name: spec.name.value.clone(),
            schedule: spec.every.value,
            command,
            user: user(context, spec, services),
            timeout: spec.timeout.value,
            timer: timer(context, spec),
            about: spec.about.as_ref().map(|about| about.value.to_string()).unwrap_or_default(),
            origin: Origin::Stated(spec.span),
        });
    }
    jobs
}

/// What a stated job runs; none when the service in which it would run is not there, which is reported.
fn command(context: &Context, spec: &JobSpec, services: &Services) -> Option<Command> {
    let Some(name) = &spec.in_service else { return Some(Command::OnHost(spec.run.value.to_string())) };
    context.reference(&name.value, name.span)?;
    services.named(&name.value)?;
    Some(Command::InService(name.value.clone(), spec.run.value.to_string()))
}

/// The account of a stated job, where it has one to choose.
fn user(context: &Context, spec: &JobSpec, services: &Services) -> Option<RunAs> {
    let stated = spec.user.as_ref()?;
    let service = spec.in_service.as_ref().and_then(|name| services.named(&name.value));
    if let Some(unit) = service.and_then(|service| service.unit()) {
        context.sink.report(
            Diagnostic::error(
                "not-for-a-unit",
                format!("this job runs as `{}`, the account of its unit", unit.user),
            )
            .at(stated.span, "another one is stated here")
            .help("remove it, or let the job run on the host itself, without `in`"),
        );
    } else if service.is_none() && stated.value.user().is_none() {
        context.sink.report(
            Diagnostic::error("invalid-value", "a job of the host runs as an account that has a name")
                .at(stated.span, "this is a number")
                .help("write for example `user=\"www-data\"`"),
        );
    } else {
        return Some(stated.value.clone());
    }
    None
}

/// What starts jobs that do not say it themselves.
fn scheduler(context: &Context) -> Scheduler {
    context.spec.scheduler.as_ref().map_or(Scheduler::Cron, |stated| stated.value)
}

/// The timer of a stated job; none when cron starts it.
fn timer(context: &Context, spec: &JobSpec) -> Option<Timer> {
    let stated = spec.scheduler.as_ref().map(|stated| stated.value);
    if stated.unwrap_or_else(|| scheduler(context)) == Scheduler::Systemd {
        return Some(Timer { spread: spec.spread.as_ref().map(|spread| spread.value) });
    }
    if let Some(spread) = &spec.spread {
        context.sink.report(
            Diagnostic::error("spread-without-timer", "cron starts a job at its time and at no other")
                .at(spread.span, "this asks for a start that is put off by chance")
                .help("let a timer start it: `scheduler=\"systemd\"`"),
        );
    }
    None
}
