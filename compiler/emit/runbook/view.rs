//! What the guide's templates see. Text of the user's stays text here: the templates escape it.

use serde::Serialize;

use super::{
    accepted::{self, AcceptedView},
    alerts,
    capacity::{self, CapacityView},
    external,
    firewall::{self, FirewallView},
    host::{self, HostView, PeerView},
    keys,
    recovery::{self, RecoveryView},
    response::{self, ResponseView},
    scale, service, variables, way,
};
use crate::model::{Backup, Files, Ingress, Item, Kept, Model, Offsite, Service, Tls};

#[derive(Serialize)]
pub struct View {
    title: String,
    system: String,
    environment: String,
    domain: String,
    url: String,
    directory: String,
    timezone: String,
    host: HostView,
    peers: Vec<PeerView>,
    services: Vec<service::View>,
    externals: Vec<external::View>,
    /// The container that stands for all in examples: one of the system's own, when there is one.
    example: String,
    built: bool,
    /// The tree's folder in the repository, where images are built from sources that have to be brought, too.
    sources: Option<String>,
    /// Whether a release is a tag that has to be named.
    tagged: bool,
    /// Whether a pipeline brings the images.
    delivered: bool,
    private: Vec<String>,
    routes: Vec<way::WayView>,
    /// What answers from outside when a service works.
    checks: Vec<way::CheckView>,
    /// Services of which two releases stand side by side at a deployment.
    beside: Vec<BesideView>,
    /// Datastores whose data is backed up, and the first of them.
    stores: Vec<String>,
    first_store: Option<String>,
    tls: &'static str,
    firewall: FirewallView,
    response: Option<ResponseView>,
    capacity: Option<CapacityView>,
    /// Services that grow step by step.
    scales: Vec<scale::View>,
    heartbeat: Option<HeartbeatView>,
    backups: Vec<BackupView>,
    keys: Vec<keys::KeyView>,
    recovery: Option<RecoveryView>,
    jobs: Vec<JobView>,
    alerts: Vec<alerts::AlertView>,
    monitored: bool,
    grafana: bool,
    /// The other host on which Prometheus runs.
    watched_on: Option<alerts::WatchedOnView>,
    /// Whether something runs under systemd.
    units: bool,
    variables: Vec<VariableView>,
    accepted: Vec<AcceptedView>,
    settings: Vec<SettingView>,
    logs: Vec<String>,
    rpo: Option<String>,
    rto: Option<String>,
    troubles: Vec<TroubleView>,
    checklists: Vec<ChecklistView>,
    /// The calendar of what comes again, when something does.
    calendar: Option<String>,
    teams: Vec<TeamView>,
    links: Vec<LinkView>,
    sections: Vec<SectionView>,
    chapters: Chapters,
}

/// The numbers of the chapters behind the fourth, of which some are absent.
#[derive(Serialize, Default)]
struct Chapters {
    monitoring: usize,
    backups: usize,
    jobs: usize,
    security: usize,
    settings: usize,
    troubles: usize,
    checklists: usize,
}

impl Chapters {
    fn of(view: &View) -> Chapters {
        let mut last = 4;
        let mut next = |present: bool| {
            last += usize::from(present);
            last
        };
        Chapters {
            monitoring: next(view.monitored),
            backups: next(!view.backups.is_empty()),
            jobs: next(!view.jobs.is_empty()),
            security: next(true),
            settings: next(!view.settings.is_empty()),
            troubles: next(!view.troubles.is_empty()),
            checklists: next(!view.checklists.is_empty()),
        }
    }
}

#[derive(Serialize)]
struct HeartbeatView {
    url: String,
    every: String,
}

#[derive(Serialize)]
struct BackupView {
    service: String,
    when: String,
    keep: String,
    directory: String,
    extension: String,
    offsite: Option<String>,
    drill: Option<String>,
    /// Services that stop while it comes back.
    stops: Vec<String>,
    part: Option<String>,
    /// Whether each is a folder with the whole tree.
    incremental: bool,
    /// The service whose data it is, and how often its log is archived, with which it comes back to any second.
    data: String,
    log: Option<String>,
}

#[derive(Serialize)]
struct JobView {
    name: String,
    when: String,
    about: String,
    run: String,
    log: String,
    timeout: String,
}

#[derive(Serialize)]
struct BesideView {
    name: String,
    replicas: u32,
    /// How long the old release goes on.
    drain: String,
}

#[derive(Serialize)]
struct VariableView {
    name: String,
    about: String,
    /// What its value is.
    value: String,
    /// The value when none is given.
    default: Option<String>,
    secret: bool,
    rotate: Option<String>,
    /// What brings a new value into use, one command after the other; nothing when nobody uses it.
    taken_up: Vec<String>,
}

#[derive(Serialize)]
struct SettingView {
    service: String,
    name: String,
    value: String,
    about: String,
}

#[derive(Serialize)]
struct TroubleView {
    title: String,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    text: String,
    /// A whole code block, fences and all, with a fence that the command cannot end.
    block: Option<String>,
}

#[derive(Serialize)]
struct ChecklistView {
    name: String,
    items: Vec<ItemView>,
}

#[derive(Serialize)]
struct ItemView {
    text: String,
    done: bool,
    rhythm: Option<String>,
    evidence: Option<String>,
    run: Option<String>,
}

#[derive(Serialize)]
struct TeamView {
    name: String,
    email: Option<String>,
    phone: Option<String>,
    chat: Option<String>,
    on_call: bool,
}

#[derive(Serialize)]
struct LinkView {
    title: String,
    url: String,
}

#[derive(Serialize)]
struct SectionView {
    title: String,
    body: String,
}

pub fn view(model: &Model) -> View {
    let language = model.language;
    let monitoring = model.monitoring.as_ref();
    let plain = model
        .ingress
        .as_ref()
        .is_none_or(|ingress| matches!(ingress.tls, Tls::None) && ingress.behind.is_empty());
    let scheme = if plain { "http" } else { "https" };
    let port = model.ingress.as_ref().map(Ingress::outside_port).unwrap_or_default();
    let mut private: Vec<String> =
        model.services.iter().flat_map(|s| &s.private_paths).map(ToString::to_string).collect();
    private.sort();
    private.dedup();
    let dumped = |backup: &&Backup| matches!(backup.kept, Kept::Data(_)) && backup.log().is_none();
    let stores: Vec<String> = model.backups.iter().filter(dumped).map(|one| one.name.to_string()).collect();
    let mut view = View {
        chapters: Chapters::default(),
        title: model.title.to_string(),
        system: model.system.to_string(),
        environment: model.variant(),
        domain: model.domain.to_string(),
        url: format!("{scheme}://{}{port}", model.domain),
        directory: model.host.directory.to_string(),
        timezone: model.timezone.to_string(),
        host: host::host(model),
        peers: host::peers(model),
        services: model.services.iter().map(|s| service::view(model, s)).collect(),
        externals: external::views(model),
        example: example(model),
        built: model.services.iter().any(Service::is_built),
        sources: model.services.iter().any(Service::is_built).then(|| format!("generated/{}", model.tree())),
        delivered: crate::emit::scripts::delivered(model),
        tagged: model.units().any(|(_, unit)| unit.source.is_some()),
        private,
        routes: model.ingress.iter().flat_map(way::ways).collect(),
        checks: way::checks(model, scheme, &port),
        beside: model
            .services
            .iter()
            .filter_map(|service| {
                Some(BesideView {
                    name: service.name.to_string(),
                    replicas: service.replicas.get(),
                    drain: service.beside?.drain.words(language),
                })
            })
            .collect(),
        first_store: stores.first().cloned(),
        stores,
        tls: match model.ingress.as_ref().map(|ingress| &ingress.tls) {
            Some(Tls::LetsEncrypt { .. }) => "letsencrypt",
            Some(Tls::SelfSigned) => "self-signed",
            Some(Tls::Given { .. }) => "given",
            _ => "none",
        },
        firewall: firewall::view(model),
        accepted: accepted::views(model),
        response: response::view(model),
        capacity: capacity::view(model),
        scales: scale::views(model),
        heartbeat: model.notify.heartbeat.as_ref().map(|heartbeat| HeartbeatView {
            url: heartbeat.url.to_string(),
            every: heartbeat.every.words(language),
        }),
        backups: model
            .backups
            .iter()
            .map(|backup| BackupView {
                service: backup.name.to_string(),
                when: backup.schedule.words(language),
                keep: backup.keep.words(language),
                directory: backup.directory.to_string(),
                extension: backup.extension(),
                offsite: backup.offsite.as_ref().map(|offsite| match offsite {
                    Offsite::Rsync(target) | Offsite::Rclone(target) => target.to_string(),
                }),
                drill: backup.drill.as_ref().map(|drill| drill.words(language)),
                stops: backup.stops().iter().map(ToString::to_string).collect(),
                part: match &backup.kept {
                    Kept::Data(dump) => dump.restore_part.as_ref().map(|(title, _)| title.to_string()),
                    Kept::Files(Files { incremental: true, .. }) => Some(
                        language
                            .pick("a file or folder, by its path", "파일이나 폴더 하나, 경로로 지정")
                            .to_owned(),
                    ),
                    Kept::Files(_) | Kept::Objects(_) => None,
                },
                incremental: backup.is_incremental(),
                data: backup.stated_as().to_string(),
                log: backup.log().map(|log| log.every.words(language)),
            })
            .collect(),
        keys: keys::keys(model),
        recovery: recovery::view(model),
        jobs: model
            .jobs
            .iter()
            .map(|job| JobView {
                name: job.name.to_string(),
                when: job.schedule.words(language),
                about: job.about.clone(),
                run: format!("sudo {}", job.words().join(" ")),
                log: format!("/var/log/{}/{}.log", model.system, job.name),
                timeout: job.timeout.words(language),
            })
            .collect(),
        alerts: alerts::views(model),
        monitored: monitoring.is_some(),
        grafana: monitoring
            .and_then(|monitoring| monitoring.grafana.as_ref())
            .is_some_and(|(grafana, _)| model.runs(grafana)),
        watched_on: alerts::watched_on(model),
        units: model.units().next().is_some(),
        variables: model
            .variables
            .iter()
            .map(|variable| VariableView {
                name: variable.name.to_string(),
                about: variable.about.as_ref().map(ToString::to_string).unwrap_or_default(),
                value: variables::asked(variable, language),
                default: variable.default.as_ref().map(ToString::to_string),
                secret: variable.secret,
                rotate: variable.rotate_every.map(|every| every.words(language)),
                taken_up: variables::taken_up(model, variable),
            })
            .collect(),
        settings: model
            .services
            .iter()
            .flat_map(|s| s.settings.iter().filter(|setting| setting.stated).map(move |setting| (s, setting)))
            .map(|(s, setting)| SettingView {
                service: s.name.to_string(),
                name: setting.name.clone(),
                value: setting.value.clone(),
                about: setting.about.clone(),
            })
            .collect(),
        logs: model.logs.iter().map(|log| log.pattern.clone()).collect(),
        rpo: model.objective.as_ref().and_then(|o| o.rpo).map(|d| d.words(language)),
        rto: model.objective.as_ref().and_then(|o| o.rto).map(|d| d.words(language)),
        troubles: model
            .runbook
            .troubles
            .iter()
            .map(|trouble| TroubleView {
                title: trouble.title.to_string(),
                steps: trouble
                    .steps
                    .iter()
                    .map(|step| StepView {
                        text: step.text.to_string(),
                        block: step.run.as_ref().map(|run| block(run.as_str())),
                    })
                    .collect(),
            })
            .collect(),
        checklists: model
            .checklists
            .iter()
            .map(|list| ChecklistView {
                name: list.name.to_string(),
                items: list.items.iter().map(|i| item(model, i)).collect(),
            })
            .collect(),
        calendar: calendar(model),
        teams: model
            .teams
            .iter()
            .map(|team| TeamView {
                name: team.name.to_string(),
                email: team.email.as_ref().map(ToString::to_string),
                phone: team.phone.as_ref().map(ToString::to_string),
                chat: team.chat.as_ref().map(ToString::to_string),
                on_call: team.on_call,
            })
            .collect(),
        links: model
            .runbook
            .links
            .iter()
            .map(|link| LinkView { title: link.title.to_string(), url: link.url.to_string() })
            .collect(),
        sections: model
            .runbook
            .sections
            .iter()
            .map(|s| SectionView { title: s.title.to_string(), body: s.body.to_string() })
            .collect(),
    };
    view.chapters = Chapters::of(&view);
    view
}

fn example(model: &Model) -> String {
    let first = model.services.iter().find(|service| service.is_built());
    first.or_else(|| model.containers().next()).map(|service| service.name.to_string()).unwrap_or_default()
}

/// Where the calendar is: in the tree, or of several hosts beside their folders, which only the repository has.
fn calendar(model: &Model) -> Option<String> {
    let mut items = model.checklists.iter().flat_map(|list| &list.items);
    let again = items.any(|item| item.proof.is_none() && item.every.is_some());
    let folder = match model.peers.is_empty() {
        true => String::new(),
        false => format!("generated/{}/{}/", model.system, model.environment),
    };
    again.then(|| format!("{folder}checklists.ics"))
}

fn item(model: &Model, item: &Item) -> ItemView {
    ItemView {
        text: item.text.to_string(),
        done: item.proof.is_some(),
        rhythm: item.every.map(|every| every.words(model.language)),
        evidence: item.proof.as_ref().map(|proof| proof.evidence.clone()),
        run: item.run.as_ref().map(|run| run.value.to_string()),
    }
}

/// A code block whose fence is longer than any run of backticks in it.
pub(super) fn block(command: &str) -> String {
    let longest = command.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let text: String =
        command.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect();
    format!("{fence}bash\n{}\n{fence}", text.trim_end())
}
