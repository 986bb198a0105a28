//! What is stated, put together: kinds applied, references followed, everything derived that follows.
//!
//! One file for each part of the model. What is wrong with a reference or with two facts together is reported here
//! only when the model could not be built without it; the rest is for `check`.

mod backup;
mod capacity;
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
mod log;
mod monitoring;
mod mount;
mod notify;
mod order;
mod publish;
mod response;
mod service;
mod unit;

pub use context::{Context, ReadFile};

use super::{kinds::Kinds, read::system::SystemSpec};
use crate::{
    diagnostic::Diagnostic,
    model::{Allow, Log, Model, Origin, Pipeline, Services},
    syntax::Sink,
    values::{Hostname, Language, Line, Name, Value as _},
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
    let mut logs = log::logs(&context, &services);
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
        priorities: response::priorities(&context),
        objective: spec.objective.clone(),
        capacity: None,
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
        notify: notify::notify(&context),
        pipeline: pipeline(spec, environment, sink),
        checklists: Vec::new(),
        runbook: document::runbook(&context, spec),
        configs,
        files: document::files(&context, spec),
        literals: literal::literals(&context),
        allows: allows(spec),
        raw_compose: spec.raw_compose.clone(),
    };
    let model = capacity::planned(model, &context);
    let model = monitoring::monitored(model, &context);
    // A proof over a system of which parts are missing would only echo what has been reported.
    Some(if sink.has_errors() { model } else { document::checked(model, spec, sink) })
}

/// The pipeline. What delivers this environment has to know where its host is.
fn pipeline(spec: &SystemSpec, environment: &Name, sink: &Sink) -> Option<Pipeline> {
    let ci = spec.ci.as_ref()?;
    let delivered = ci.environments.iter().find(|delivered| delivered.value == *environment);
    if let Some(delivered) = delivered
        && !spec.hosts.iter().any(|host| host.address.is_some())
    {
        sink.report(
            Diagnostic::error("missing-property", format!("nothing says where `{environment}` runs"))
                .at(delivered.span, "it is delivered")
                .help("give its host an address: `host \"app-1\" address=\"203.0.113.10\"`"),
        );
    }
    Some(ci.pipeline.clone())
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
        create: Some("0640 root adm".into()),
        owner: None,
        writer: None,
        reload: None,
        reports: Vec::new(),
        raw: Vec::new(),
        origin: Origin::Derived { because: "jobs write their logs there".into(), from: spec.name.span },
    }
}
