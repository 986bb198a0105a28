//! What is stated, put together: kinds applied, references followed, everything derived that follows.
//!
//! One file for each part of the model. What is wrong with a reference or with two facts together is reported here
//! only when the model could not be built without it; the rest is for `check`.

mod backup;
mod config;
mod container;
mod context;
mod derived;
mod document;
mod external;
mod firewall;
mod host;
mod ingress;
mod job;
mod literal;
mod monitoring;
mod mount;
mod order;
mod publish;
mod service;

pub use context::{Context, ReadFile};

use super::{
    kinds::Kinds,
    read::{notify::NotifySpec, system::SystemSpec},
};
use crate::{
    diagnostic::Diagnostic,
    model::{Allow, Log, Model, Notify, Origin, Services},
    syntax::Sink,
    values::{Duration, Hostname, Language, Line, Name, Value as _},
};

/// Puts one system in one environment together. None when an error was reported that leaves no model.
pub fn resolve(
    spec: &SystemSpec,
    environment: &Name,
    kinds: &Kinds,
    read: &ReadFile,
    sink: &Sink,
) -> Option<Model> {
    let language = spec.runbook.as_ref().map_or(Language::English, |runbook| runbook.language);
    let host = host::host(spec, sink)?;
    let domain = spec.domain.clone().map(|d| d.value).or_else(|| Hostname::parse("localhost").ok())?;
    let specs = derived::with_derived(spec, kinds, sink);
    let context = Context::new(spec, &specs, kinds, domain.clone(), language, read, sink);
    let mut services: Vec<_> = specs.iter().filter_map(|s| service::service(&context, s)).collect();
    let configs = config::configs(&context, &specs, &mut services);
    let services = Services::new(order::in_start_order(services, sink));
    let ingress = spec.ingress.as_ref().and_then(|ingress| ingress::ingress(&context, ingress, &services));
    let backups = backup::backups(&context, &host.directory, &services);
    let jobs = job::jobs(&context, &backups, ingress.as_ref(), &services);
    let mut logs = service::logs(&context);
    if !jobs.is_empty() {
        logs.push(job_logs(spec));
    }
    let model = Model {
        system: spec.name.value.clone(),
        environment: environment.clone(),
        title: spec.title.clone().map(|t| t.value).or_else(|| Line::parse(spec.name.value.as_str()).ok())?,
        timezone: spec.timezone.value.clone(),
        domain,
        language,
        teams: spec.teams.clone(),
        objective: spec.objective.clone(),
        firewall: firewall::firewall(&host, spec, &services),
        variables: context.variables(&services, spec),
        shared: container::shared(&context, spec),
        host,
        services,
        externals: external::externals(&context),
        ingress,
        backups,
        jobs,
        logs,
        monitoring: None,
        notify: notify(&context, spec),
        checklists: Vec::new(),
        runbook: document::runbook(&context, spec),
        configs,
        files: document::files(&context, spec),
        literals: literal::literals(&context),
        allows: allows(spec),
        raw_compose: spec.raw_compose.clone(),
    };
    let model = monitoring::monitored(model, &context);
    // A proof over a system of which parts are missing would only echo what has been reported.
    Some(if sink.has_errors() { model } else { document::checked(model, spec, sink) })
}

/// What the system and its parts accept.
fn allows(spec: &SystemSpec) -> Vec<Allow> {
    let services = spec.services.iter().flat_map(|one| &one.allows);
    let backups = spec.backups.iter().flat_map(|one| &one.allows);
    let jobs = spec.jobs.iter().flat_map(|one| &one.allows);
    let variables = spec.variables.iter().flat_map(|one| &one.allows);
    spec.allows.iter().chain(services).chain(backups).chain(jobs).chain(variables).cloned().collect()
}

/// The log of every job, on the host.
fn job_logs(spec: &SystemSpec) -> Log {
    Log {
        pattern: format!("/var/log/{}/*.log", spec.name.value),
        rhythm: "weekly",
        keep: 8,
        copytruncate: false,
        max_size: None,
        create: Some("root adm".into()),
        reports: Vec::new(),
        raw: Vec::new(),
        origin: Origin::Derived { because: "jobs write their logs there".into(), from: spec.name.span },
    }
}

/// Alertmanager takes no interval of nothing, and a sign of life that comes all the time is a load on who waits for it.
fn intervals(stated: &NotifySpec, sink: &Sink) {
    let second = Duration::from_seconds(1);
    let mut all = vec![
        (
            "messages of a group are told",
            stated.group_interval.value,
            stated.group_interval.span,
            second,
            "every second at most",
        ),
        ("an alert is told again", stated.repeat.value, stated.repeat.span, second, "every second at most"),
    ];
    if let Some(heartbeat) = &stated.heartbeat {
        let every = (heartbeat.every, heartbeat.origin.span());
        all.push((
            "a sign of life goes out",
            every.0,
            every.1,
            Duration::from_seconds(30),
            "every 30 seconds at most",
        ));
    }
    for (what, interval, span, least, limit) in all {
        if interval < least {
            sink.report(
                Diagnostic::error("interval-out-of-range", format!("{what} {limit}"))
                    .at(span, "this interval is shorter")
                    .help("write for example \"5m\""),
            );
        }
    }
}

fn notify(context: &Context, spec: &SystemSpec) -> Notify {
    for receiver in spec.notify.iter().flat_map(|notify| &notify.receivers) {
        if let Some(secret) = receiver.secret() {
            context.variable(secret, true, receiver.origin.span());
        }
    }
    if let Some(heartbeat) = spec.notify.as_ref().and_then(|notify| notify.heartbeat.as_ref()) {
        context.variable(&heartbeat.url, true, heartbeat.origin.span());
    }
    if let Some(stated) = &spec.notify {
        intervals(stated, context.sink);
    }
    match &spec.notify {
        Some(notify) => Notify {
            receivers: notify.receivers.clone(),
            heartbeat: notify.heartbeat.clone(),
            group_wait: notify.group_wait.value,
            group_interval: notify.group_interval.value,
            repeat_interval: notify.repeat.value,
            raw_alertmanager: notify.raw.clone(),
        },
        None => Notify {
            receivers: Vec::new(),
            heartbeat: None,
            group_wait: Duration::from_seconds(30),
            group_interval: Duration::from_minutes(5),
            repeat_interval: Duration::from_hours(4),
            raw_alertmanager: Vec::new(),
        },
    }
}
