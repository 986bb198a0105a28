//! What is stated, put together: kinds applied, references followed, everything derived that follows.
//!
//! One file for each part of the model. What is wrong with a reference or with two facts together is reported here
//! only when the model could not be built without it; the rest is for `check`.

mod backup;
mod capacity;
mod command;
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
mod log_schema;
mod made_name;
mod monitoring;
mod mount;
mod notify;
mod order;
mod place;
mod publish;
mod response;
mod rotation;
mod scale;
mod service;
mod unit;

use std::collections::BTreeSet;

pub use context::{Context, ReadFile};

use super::{kinds::Kinds, read::system::SystemSpec};
use crate::{
    diagnostic::Diagnostic,
    model::{Allow, ConfigFile, Host, Log, Model, Origin, Peer, Pipeline, Services},
    syntax::Sink,
    values::{EnvName, Hostname, Line, Name, Value as _},
};

/// Puts one system in one environment together: a model for each of its hosts. None when an error was reported that
/// leaves no model.
pub fn resolve(
    spec: &SystemSpec,
    environment: &Name,
    kinds: &Kinds,
    read: &ReadFile,
    sink: &Sink,
) -> Vec<Model> {
    let domain = spec.domain.clone().map(|d| d.value).or_else(|| Hostname::parse("localhost").ok());
    let title = spec.title.clone().map(|t| t.value).or_else(|| Line::parse(spec.name.value.as_str()).ok());
    let (Some(domain), Some(title)) = (domain, title) else { return Vec::new() };
    let hosts = host::hosts(spec);
    let specs = derived::with_derived(spec, kinds, sink);
    place::check(spec, &specs, sink);
    let context = Context::new(spec, &specs, kinds, &hosts, domain.clone(), read, sink);
    let mut services: Vec<_> = specs.iter().filter_map(|s| service::service(&context, s)).collect();
    mount::tell_apart(&context, &services);
    let configs = config::configs(&context, &specs, &mut services);
    let services = Services::new(order::in_start_order(services, sink));
    let whole = Whole { environment, title, services: &services, configs: &configs };
    // All of it together: what is wrong shows here, whichever host it would be on.
    let Some(first) = hosts.first() else { return Vec::new() };
    let model = whole.on(&context, first, services.clone());
    let mut models = monitoring::monitored(vec![model], &services, &context, sink);
    // A proof over a system of which parts are missing would only echo what has been reported.
    let checklists = match models.first() {
        Some(model) if !sink.has_errors() => document::checklists(model, spec, sink),
        _ => Vec::new(),
    };
    if hosts.len() > 1 && !sink.has_errors() {
        let muted = Sink::default();
        let context = Context::new(spec, &specs, kinds, &hosts, domain, read, &muted);
        let prometheus = models[0].monitoring.as_ref().map(|monitoring| monitoring.prometheus.0.clone());
        let here = |host| place::services(&services, &hosts, host, prometheus.as_ref());
        let parts = hosts.iter().map(|host| whole.on(&context, host, here(host))).collect();
        models = monitoring::monitored(parts, &services, &context, sink);
    }
    for model in &mut models {
        model.checklists.clone_from(&checklists);
    }
    models
}

/// What all hosts have in common.
struct Whole<'a> {
    environment: &'a Name,
    title: Line,
    /// Those of every host.
    services: &'a Services,
    configs: &'a [ConfigFile],
}

impl Whole<'_> {
    /// The model of a host that has these services; without monitoring, which looks at all hosts.
    fn on(&self, context: &Context, host: &Host, services: Services) -> Model {
        let spec = context.spec;
        let ingress = spec
            .ingress
            .as_ref()
            .and_then(|ingress| ingress::ingress(context, ingress, &services, self.services));
        let backups = backup::backups(context, host, &services);
        let mut logs = log::logs(context, &services);
        logs.extend(log::of_host(context, host));
        let jobs = job::jobs(context, host, &backups, ingress.as_ref(), &services, &logs);
        if !jobs.is_empty() {
            logs.push(job_logs(spec));
        }
        let mut variables = context.variables(&services, spec);
        if context.hosts.len() > 1 {
            // A host gets no secret of which only others make use.
            let all = context.variables(self.services, spec);
            let idle =
                all.iter().filter(|variable| variable.used_by.is_empty()).map(|variable| &variable.name);
            let idle: BTreeSet<&EnvName> = idle.collect();
            variables.retain(|variable| !variable.used_by.is_empty() || idle.contains(&variable.name));
        }
        let configs =
            self.configs.iter().filter(|config| services.named(&config.service).is_some()).cloned().collect();
        let model = Model {
            system: spec.name.value.clone(),
            environment: self.environment.clone(),
            title: self.title.clone(),
            timezone: spec.timezone.value.clone(),
            domain: context.domain.clone(),
            language: context.language,
            teams: spec.teams.clone(),
            priorities: response::priorities(context),
            objective: spec.objective.clone(),
            capacity: None,
            firewall: firewall::firewall(host, spec, &services, context.sink),
            variables,
            host: host.clone(),
            peers: self.peers(context.hosts, host),
            services,
            externals: external::externals(context),
            ingress,
            backups,
            jobs,
            logs,
            monitoring: None,
            notify: notify::notify(context),
            pipeline: pipeline(context, self.environment),
            checklists: Vec::new(),
            runbook: document::runbook(context, spec),
            configs,
            files: document::files(context, spec),
            shared: container::shared(context, spec),
            literals: literal::literals(context),
            allows: allows(spec),
            raw_compose: spec.raw_compose.clone(),
        };
        capacity::planned(model, context)
    }

    /// The other hosts, with what they carry.
    fn peers(&self, hosts: &[Host], host: &Host) -> Vec<Peer> {
        let others = hosts.iter().filter(|other| other.name != host.name);
        others
            .map(|other| Peer {
                host: other.clone(),
                services: self
                    .services
                    .iter()
                    .filter(|service| service.hosts.contains(&other.name))
                    .map(|service| service.name.clone())
                    .collect(),
                callers: place::callers_on(self.services, host, other),
            })
            .collect()
    }
}

/// The pipeline. What delivers this environment has to know where its hosts are.
fn pipeline(context: &Context, environment: &Name) -> Option<Pipeline> {
    let ci = context.spec.ci.as_ref()?;
    let delivered = ci.environments.iter().find(|delivered| delivered.value == *environment);
    if let Some(delivered) = delivered
        && !context.spec.hosts.iter().all(|host| host.address.is_some() || host.internal.is_some())
    {
        context.sink.report(
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
        schema: None,
        reports: Vec::new(),
        dateext: false,
        after: Vec::new(),
        raw: Vec::new(),
        origin: Origin::Derived { because: "jobs write their logs there".into(), from: spec.name.span },
    }
}
