//! `system`: the whole description.

use super::{
    allow::allows_everywhere,
    backup::{BackupSpec, EncryptSpec, JobSpec, backup, encrypt, job},
    capacity::{CapacitySpec, capacity},
    ci::{CiSpec, ci},
    compose_words,
    document::{ChecklistSpec, FileSpec, RunbookSpec, checklist, file, objective, runbook, team},
    engine::{NetworkSpec, SecretFileSpec, SharedVolumeSpec, network, secret_file, shared_volume},
    external::{ExternalSpec, external},
    firewall::{FirewallSpec, OpenSpec, firewall, open, sources},
    host::{HostSpec, host},
    ingress::{IngressSpec, ingress},
    monitor::{MonitorSpec, monitor},
    notify::{NotifySpec, notify},
    response::{PrioritySpec, priority},
    rotation::{HostLogSpec, host_log},
    service::{ServiceSpec, service},
    variable::{VariableSpec, secret, variable},
};
use crate::{
    expand::kinds::Kinds,
    model::{Allow, Objective, Scheduler, Team},
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{Domain, Hostname, Line, Name, Timezone, Value as _},
};

/// A stated `system`, with one environment laid over it.
#[derive(Clone, Debug)]
pub struct SystemSpec {
    /// Its name.
    pub name: Located<Name>,
    /// Its name for people.
    pub title: Option<Located<Line>>,
    /// Its time zone.
    pub timezone: Located<Timezone>,
    /// Where users reach it.
    pub domain: Option<Located<Hostname>>,
    /// Who answers for it.
    pub teams: Vec<Team>,
    /// How urgent its alerts are.
    pub priorities: Vec<PrioritySpec>,
    /// What a disaster may cost.
    pub objective: Option<Objective>,
    /// How much is expected, and when.
    pub capacity: Option<CapacitySpec>,
    /// Machines.
    pub hosts: Vec<HostSpec>,
    /// Secrets and variables.
    pub variables: Vec<VariableSpec>,
    /// Services.
    pub services: Vec<ServiceSpec>,
    /// What somebody else runs.
    pub externals: Vec<ExternalSpec>,
    /// Whether nothing is added to containers, beyond what compose adds itself.
    pub as_stated: bool,
    /// Volumes that services share.
    pub volumes: Vec<SharedVolumeSpec>,
    /// Networks.
    pub networks: Vec<NetworkSpec>,
    /// Secrets that are files.
    pub secret_files: Vec<SecretFileSpec>,
    /// The way in.
    pub ingress: Option<IngressSpec>,
    /// Ports of the host.
    pub opens: Vec<OpenSpec>,
    /// Who alone can read backups that do not say it themselves.
    pub encrypt: Option<EncryptSpec>,
    /// What else the firewall does.
    pub firewall: Option<FirewallSpec>,
    /// Backups.
    pub backups: Vec<BackupSpec>,
    /// Jobs.
    pub jobs: Vec<JobSpec>,
    /// What starts them.
    pub scheduler: Option<Located<Scheduler>>,
    /// Log files of the hosts that no service writes.
    pub logs: Vec<HostLogSpec>,
    /// Monitoring.
    pub monitor: Option<MonitorSpec>,
    /// Whom alerts reach.
    pub notify: Option<NotifySpec>,
    /// Checklists.
    pub checklists: Vec<ChecklistSpec>,
    /// The pipeline.
    pub ci: Option<CiSpec>,
    /// The operations guide.
    pub runbook: Option<RunbookSpec>,
    /// Files that pass through.
    pub files: Vec<FileSpec>,
    /// Warnings that are accepted.
    pub allows: Vec<Allow>,
    /// Nodes merged into the compose file.
    pub raw_compose: Vec<Node>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `system`.
pub fn system(r: &mut Reader, kinds: &Kinds) -> Option<SystemSpec> {
    let name = r.arg::<Name>("name", "its name: project name, folder name, file name in `cron.d`").required();
    r.foreign(compose_words::in_system);
    let title = r.prop::<Line>("title", "its name for people").optional();
    let timezone = r.prop::<Timezone>("timezone", "the zone in which times of day are meant").or("UTC");
    let domain = r
        .prop::<Domain>(
            "domain",
            "where users reach it: a name, or the host's address; when absent `localhost`, and the ingress answers whatever it is called",
        )
        .optional()
        .map(|domain| domain.map(Domain::into_hostname));
    let teams = r.keyed("team", "people who answer for it", team);
    let priorities = r.keyed(
        "priority",
        "how urgent alerts are and within what time somebody must answer them, the most urgent first",
        priority,
    );
    let objective = r.block("objective", "what a disaster may cost", objective);
    let capacity =
        r.block("capacity", "how much is expected and when, checked against what there is", capacity);
    let hosts = r.keyed("host", "the machine that it runs on", host);
    let mut variables =
        r.keyed("secret", "a secret: named here, supplied by the environment file on the host", secret);
    variables.extend(r.keyed(
        "variable",
        "a setting that the environment file supplies and that is no secret",
        variable,
    ));
    let services = r.keyed("service", "a program of the system", |r| service(r, kinds));
    let externals = r.keyed(
        "external",
        "something that the system uses and somebody else runs, such as a managed database: never deployed, watched from here",
        external,
    );
    let as_stated =
        r.switch("as-stated", "whether the containers of all stated services are exactly what is stated");
    let volumes =
        r.keyed("volume", "a volume that services share, or that is older than the system", shared_volume);
    let networks = r.keyed("network", "a network that services name", network);
    let secret_files = r.keyed("secret-file", "a secret that containers read from a file", secret_file);
    let ingress = r.block("ingress", "the way in from outside", ingress);
    let opens =
        r.keyed_apart("open", "ports of the host itself that may be reached, beside ssh and the ingress; those for different sources may stand on lines of their own", sources, open);
    let firewall = r.block(
        "firewall",
        "what else the firewall does: what it refuses, passes on and lets out, how much it logs",
        firewall,
    );
    let backups = r.keyed("backup", "backups of a service's data", backup);
    let encrypt = r.block(
        "encrypt",
        "backups are encrypted before they touch a disk, here and elsewhere: all that do not say otherwise",
        encrypt,
    );
    let jobs = r.keyed("job", "something that runs by the clock", job);
    let scheduler = r
        .prop::<Scheduler>(
            "scheduler",
            "what starts jobs and backups on the hosts: `cron` when absent, or timers of `systemd`",
        )
        .optional();
    let logs = r.keyed(
        "log",
        "log files of the host that no service of the system writes, and how they are rotated",
        host_log,
    );
    let monitor = r.block("monitor", "what is measured and what must hold", monitor);
    let notify = r.block("notify", "whom alerts reach", notify);
    let checklists = r.keyed("checklist", "a list that people go through", checklist);
    let ci = r.block("ci", "what tests and delivers it when its repository changes", ci);
    let runbook =
        r.block("runbook", "the operations guide: its language and what it says beyond the derived", runbook);
    let files = r.keyed("file", "a file of your own that is placed into the generated tree as it is", file);
    let allows = allows_everywhere(r);
    let raw_compose = r
        .raw(
            "compose",
            "keys of compose.yaml that the language has no word for, such as `networks`, as KDL",
            compose_words::PASSED_ON,
        )
        .into_iter()
        .cloned()
        .collect();
    Some(SystemSpec {
        name: name?,
        title,
        // A wrong one has been reported, and hides nothing else that is wrong.
        timezone: match timezone {
            Some(timezone) => timezone,
            None => Located::new(Timezone::parse("UTC").ok()?, r.span()?),
        },
        domain,
        teams,
        priorities,
        objective,
        capacity,
        hosts,
        variables,
        services,
        externals,
        as_stated,
        volumes,
        networks,
        secret_files,
        ingress,
        opens,
        encrypt,
        firewall,
        backups,
        jobs,
        scheduler,
        logs,
        monitor,
        notify,
        checklists,
        ci,
        runbook,
        files,
        allows,
        raw_compose,
        span: r.span()?,
    })
}
