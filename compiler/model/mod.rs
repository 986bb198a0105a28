//! One system in one environment on one host, resolved: nothing is left to look up, to default or to derive.
//!
//! Emitters see only this. It knows nothing of KDL, of files or of any artifact's format. Text that may hold a
//! secret is a [`Text`], so that each format can refer to the secret in its own way and none can write it.

pub mod alert;
pub mod allow;
pub mod backup;
pub mod capacity;
pub mod constraint;
pub mod container;
pub mod document;
pub mod external;
pub mod firewall;
pub mod host;
pub mod ingress;
pub mod job;
pub mod literal;
mod literal_text;
pub mod log;
pub mod logrotate;
mod looks;
pub mod mention;
pub mod notify;
pub mod pipeline;
mod published;
pub mod response;
mod retention;
pub mod scale;
pub mod service;
pub mod services;
pub mod slo;
pub mod text;
pub mod unit;
pub mod variable;

pub use alert::{
    Alert, AlertTest, Board, Cause, Message, Monitoring, Panel, PanelRow, Piece, RECOVERY_TOO_LONG, Scrape,
    ScrapeTarget, Series, Severity, Shape, Symptoms, Unit,
};
pub use allow::Allow;
pub use backup::{Backup, DataLog, Dump, Encryption, Files, Kept, Objects, Offsite, Place, Restore};
pub use capacity::Capacity;
pub use constraint::Constraint;
pub use container::{
    Attachment, Container, Logging, LoosePort, Made, Network, Scalar, SecretFile, SecretMount, SecretSource,
    Shared, SharedVolume,
};
pub use document::{
    Checklist, ConfigFile, ConfigFormat, ConfigValue, ExtraFile, FileContents, Item, Link, Objective, Proof,
    Runbook, Section, Step, Team, Trouble,
};
pub use external::{External, Probe};
pub use firewall::{Course, Firewall, Opening, Passage};
pub use host::{Caller, Host, Log, LogReport, Peer, Requirement};
pub use ingress::{
    Balance, Headers, Ingress, Moved, MovedTo, Outside, RateLimit, Redirect, Route, Site, StaticFiles,
    Target, Tls,
};
pub use job::{Command, Job, Scheduler, Timer};
pub use literal::{Literal, ReadBy};
pub use literal_text::option;
pub use log::{Field, FieldType, LogMetric, LogSchema, LogUnit};
pub use logrotate::Directive;
pub use notify::{HEARTBEAT, Heartbeat, Hook, Notify, Quiet, Receiver, Way};
pub use pipeline::{Deploy, PartTest, Pipeline};
pub use published::{Published, Reach};
pub use response::{Escalation, Priority};
pub use retention::Retention;
pub use service::{
    Beside, Build, Condition, Dependency, Health, Image, InMemory, Metric, MetricType, Mount, MountHow,
    MountSource, Resources, Runs, Service, SettingValue, Volume, VolumeOwner,
};
pub use services::Services;
pub use slo::{Recording, Slo};
pub use text::{Part, Text};
pub use unit::{HostUnit, Readiness, Signal};
pub use variable::{Rotation, Variable};

use std::collections::BTreeSet;

use crate::{
    source::Span,
    syntax::Node,
    values::{EnvName, Hostname, Language, Line, Name, RelPath, Timezone},
};

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The description states it there.
    Stated(Span),
    /// It follows from what is stated there; the text completes "because …".
    Derived {
        /// Why it follows.
        because: String,
        /// What it follows from.
        from: Span,
    },
}

impl Origin {
    /// The place to show for it.
    pub fn span(&self) -> Span {
        match self {
            Origin::Stated(span) | Origin::Derived { from: span, .. } => *span,
        }
    }
}

/// One system in one environment on one host.
#[derive(Clone, Debug)]
pub struct Model {
    /// Name of the system: project name, folder name, file name in `cron.d`.
    pub system: Name,
    /// Name of the environment.
    pub environment: Name,
    /// Name for people.
    pub title: Line,
    /// Times of day are meant in this zone.
    pub timezone: Timezone,
    /// Where users reach it.
    pub domain: Hostname,
    /// Language of the runbook and of alert texts.
    pub language: Language,
    /// Who answers for it.
    pub teams: Vec<Team>,
    /// How urgent its alerts are, the most urgent first; empty when severities say enough.
    pub priorities: Vec<Priority>,
    /// How much may be lost, and how long a recovery may take.
    pub objective: Option<Objective>,
    /// How much is expected, and when.
    pub capacity: Option<Capacity>,
    /// The machine that it runs on.
    pub host: Host,
    /// The other machines of the system, each with a model of its own.
    pub peers: Vec<Peer>,
    /// Every variable that the environment file supplies, secrets included, sorted by name.
    pub variables: Vec<Variable>,
    /// Stated and derived services, dependencies before dependents.
    pub services: Services,
    /// What the system uses and somebody else runs.
    pub externals: Vec<External>,
    /// Volumes, networks and secrets that containers share.
    pub shared: Shared,
    /// The way in from outside.
    pub ingress: Option<Ingress>,
    /// What is dumped, and how it is restored.
    pub backups: Vec<Backup>,
    /// Everything that runs by the clock, stated and derived.
    pub jobs: Vec<Job>,
    /// Log files on the host that are rotated.
    pub logs: Vec<Log>,
    /// What may be reached from where.
    pub firewall: Firewall,
    /// Scraping, alerts and dashboard; none without a `monitor` block.
    pub monitoring: Option<Monitoring>,
    /// Whom alerts reach.
    pub notify: Notify,
    /// What tests and delivers it.
    pub pipeline: Option<Pipeline>,
    /// Lists for people, with what is proved already.
    pub checklists: Vec<Checklist>,
    /// What the operations guide says beyond the derived.
    pub runbook: Runbook,
    /// Configuration files of the user's own services.
    pub configs: Vec<ConfigFile>,
    /// Files of the user's that are placed into the tree as they are.
    pub files: Vec<ExtraFile>,
    /// Values that the description writes out, for what must not be written.
    pub literals: Vec<Literal>,
    /// Warnings that the description accepts.
    pub allows: Vec<Allow>,
    /// Nodes of a `compose` block of the system, merged into the compose file as they are.
    pub raw_compose: Vec<Node>,
}

impl Model {
    /// What the image is called that is built for the service, without its release. Services whose images are built
    /// alike have one, which is called after the first of them: a web server, its workers and what plans their work.
    pub fn built_image(&self, service: &Service) -> String {
        // What has a name of its own is kept under that of its service. What is passed on says something else for each.
        let plain = |one: &Service, build: &Build| {
            build.tag.is_none()
                && !one.container.as_stated
                && !one.raw_compose.iter().any(|node| matches!(node.name.value.as_str(), "build" | "image"))
        };
        let named = match service.image() {
            Some(Image::Built(build)) if plain(service, build) => {
                let alike = |other: &&Service| matches!(other.image(), Some(Image::Built(one)) if one == build && plain(other, one));
                self.services.built_from(&build.context).find(alike).unwrap_or(service)
            }
            _ => service,
        };
        format!("{}/{}", self.system, named.name)
    }

    /// The names of all images that are built here, each once.
    pub fn built_images(&self) -> Vec<String> {
        let built = self.services.iter().filter(|service| service.is_built());
        let names: BTreeSet<String> = built.map(|service| self.built_image(service)).collect();
        names.into_iter().collect()
    }

    /// The service of that name.
    pub fn service(&self, name: &Name) -> Option<&Service> {
        self.services.named(name)
    }

    /// Whether the service runs on this host.
    pub fn runs(&self, name: &Name) -> bool {
        self.service(name).is_some()
    }

    /// The variable of that name.
    pub fn variable(&self, name: &EnvName) -> Option<&Variable> {
        let position = self.variables.binary_search_by(|variable| variable.name.cmp(name));
        position.ok().map(|index| &self.variables[index])
    }

    /// The services that run in containers.
    pub fn containers(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.unit().is_none())
    }

    /// The services that run on the host itself.
    pub fn units(&self) -> impl Iterator<Item = (&Service, &HostUnit)> {
        self.services.iter().filter_map(|service| Some((service, service.unit()?)))
    }

    /// The services whose data is in a backup.
    pub fn backed_up(&self) -> BTreeSet<&Name> {
        self.backups.iter().flat_map(Backup::services).collect()
    }

    /// Services that are brought up and may end by themselves, for whose end no other one waits: compose takes those for
    /// failed when it is told to wait for all (docker/compose#10596).
    pub fn tasks(&self) -> impl Iterator<Item = &Service> {
        self.ending().filter(|service| !self.is_awaited(service))
    }

    /// Services for whose end another one waits, such as a migration.
    pub fn awaited_tasks(&self) -> impl Iterator<Item = &Service> {
        self.ending().filter(|service| self.is_awaited(service))
    }

    fn ending(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.may_end() && service.container.profiles.is_empty())
    }

    fn is_awaited(&self, task: &Service) -> bool {
        let need = |need: &Dependency| need.service == task.name && need.condition == Condition::Completed;
        self.services.iter().any(|other| other.needs.iter().any(need))
    }

    /// What a recovery of everything brings back, one after the other. Of data that comes back in two ways, the one that
    /// loses least: the base with its log; what lies in somebody else's store is not lost with this host.
    pub fn recovered(&self) -> Vec<&Backup> {
        let lost = |one: &&Backup| !matches!(one.kept, Kept::Objects(_)) && !self.is_second_way(one);
        self.backups.iter().filter(lost).collect()
    }

    /// Dumps of what comes back with its log: for when that does not work.
    pub fn recovered_otherwise(&self) -> Vec<&Backup> {
        self.backups.iter().filter(|one| self.is_second_way(one)).collect()
    }

    fn is_second_way(&self, dump: &Backup) -> bool {
        let logged = |one: &Backup| one.log().is_some() && one.stated_as() == dump.stated_as();
        dump.log().is_none() && self.backups.iter().any(logged)
    }

    /// What is asked whether it works, those of one way to ask together.
    pub fn probes(&self) -> Vec<(&Name, &Probe)> {
        let mut probes: Vec<(&Name, &Probe)> =
            self.externals.iter().filter_map(|one| Some((&one.name, one.probe.as_ref()?))).collect();
        probes.sort_by_key(|(_, probe)| probe.module());
        probes
    }

    /// The routes of the ingress, site by site, the longest path first.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.ingress.iter().flat_map(Ingress::routes)
    }

    /// What the proxy answers when the services behind it work: each service with the site and the path that lead to it.
    pub fn checks(&self) -> Vec<(&Name, &Hostname, String)> {
        let sites = self.ingress.iter().flat_map(|ingress| &ingress.sites);
        // Whoever is let in from some networks only does not answer the host that asks.
        let open = sites.filter(|site| site.allow_from.is_empty());
        open.flat_map(Site::checks).collect()
    }

    /// The section of the guide that explains an alert: its path, behind the name of the host when it is on another.
    pub fn section(&self, alert: &str) -> String {
        let monitoring = self.monitoring.as_ref().filter(|monitoring| !monitoring.explained.contains(alert));
        let host = monitoring.and_then(|monitoring| monitoring.guides.get(alert)?.first());
        let peer = host.and_then(|name| self.peers.iter().find(|peer| peer.host.name == *name));
        let section = format!("runbook.md#{}", alert.to_ascii_lowercase());
        match peer {
            Some(Peer { host, .. }) => format!("{}:{}/{section}", host.name, host.directory),
            None => format!("{}/{section}", self.directory()),
        }
    }

    /// The same section on the page, where the guide is served; none where that is not stated.
    pub fn section_url(&self, alert: &str) -> Option<String> {
        let monitoring = self.monitoring.as_ref();
        let guide = monitoring.and_then(|monitoring| monitoring.guides.get(alert)?.first());
        Some(format!("{}#{}", self.page(guide.unwrap_or(&self.host.name))?, alert.to_ascii_lowercase()))
    }

    /// The same section where the guides of several hosts explain it: what stands before the name of the host and behind
    /// it. None where one does, or they are not all at the same place.
    pub fn section_by_host(&self, alert: &str) -> Option<(String, String)> {
        let explaining = self.monitoring.as_ref()?.guides.get(alert)?;
        let alike = self.peers.iter().all(|peer| peer.host.directory == self.host.directory);
        if explaining.len() < 2 || !alike {
            return None;
        }
        let anchor = alert.to_ascii_lowercase();
        Some(match &self.runbook.url {
            Some(base) => {
                (format!("{}/", base.as_str().trim_end_matches('/')), format!("/runbook.html#{anchor}"))
            }
            None => (String::new(), format!(":{}/runbook.md#{anchor}", self.directory())),
        })
    }

    /// Where the guide of a host is served as a page.
    pub fn page(&self, host: &Name) -> Option<String> {
        let base = self.runbook.url.as_ref()?.as_str().trim_end_matches('/');
        // Of several hosts each has its own, in a folder of its name.
        let folder = if self.peers.is_empty() { String::new() } else { format!("/{host}") };
        Some(format!("{base}{folder}/runbook.html"))
    }

    /// What tells its tree from others of the system, for people: the environment, and of several hosts the host.
    pub fn variant(&self) -> String {
        let host = if self.peers.is_empty() { String::new() } else { format!(", {}", self.host.name) };
        format!("{}{host}", self.environment)
    }

    /// The folder of its tree.
    pub fn tree(&self) -> String {
        let host = if self.peers.is_empty() { String::new() } else { format!("/{}", self.host.name) };
        format!("{}/{}{host}", self.system, self.environment)
    }

    /// The folder of the description as seen from the tree, where both are in one repository.
    pub fn sources(&self) -> &'static str {
        // generated/<system>/<environment>, and of several hosts one folder more.
        if self.peers.is_empty() { "../../.." } else { "../../../.." }
    }

    /// A folder of the source as compose finds it: relative to the description, which may lie elsewhere.
    pub fn source(&self, folder: &RelPath) -> String {
        let below = if folder.is_here() { String::new() } else { format!("/{}", folder.bare()) };
        format!("${{SOURCE_DIR:-{}}}{below}", self.sources())
    }

    /// Where the tree lives on the host; scripts and cron lines use it.
    pub fn directory(&self) -> &str {
        self.host.directory.as_str()
    }
}
