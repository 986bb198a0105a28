//! `preflight.sh` and `install.sh`: what the machine must be, and what is put in place on it.

use serde::Serialize;

use super::{
    Script, header, logs, services, textfiles,
    unit::{self, UnitView},
};
use crate::{
    emit::{
        logrotate::part_of_timer,
        template::{Format, Template},
    },
    model::{Backup, Ingress, Kept, Model, MountSource, Offsite, Service, Tls},
    values::{Line, Ports},
};

pub(super) static PREFLIGHT: Template = Template::new(Format::Shell, include_str!("preflight.sh.tera"));
pub(super) static INSTALL: Template = Template::new(Format::Shell, include_str!("install.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    system: String,
    directory: String,
    textfiles: Option<String>,
    timezone: String,
    cpus: Option<u32>,
    memory_mib: Option<u64>,
    /// What a machine with that memory or disk really shows.
    memory_least: u64,
    disk_mib: Option<u64>,
    disk_least: u64,
    /// `debian 12`.
    systems: Vec<String>,
    ports: Vec<String>,
    dns: Vec<String>,
    /// What others run: `db.example.net 5432`.
    externals: Vec<String>,
    address: Option<String>,
    letsencrypt: bool,
    rsync: bool,
    rclone: bool,
    /// Whether owners and modes of files go to a store beside them.
    access: bool,
    /// Remotes of rclone, `s3:`.
    remotes: Vec<String>,
    /// Files with the secret keys of encrypted backups.
    identities: Vec<String>,
    firewall: bool,
    logrotate: bool,
    /// Names of the files for logrotate, of those for cron, and of units of the user's own: in the folders of these
    /// names.
    rotations: Vec<String>,
    tables: Vec<String>,
    own_units: Vec<String>,
    jq: bool,
    jobs: Vec<String>,
    /// Whether cron starts some of them.
    cron: bool,
    /// Units of those that timers start.
    timers: Vec<String>,
    units: Vec<UnitView>,
    logs: String,
    log_folders: Vec<Folder>,
    backups: Vec<String>,
}

/// A folder and the numbers of its owner and group.
#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Folder {
    path: String,
    owner: String,
}

/// Whether the machine can carry the system.
pub fn preflight(model: &Model) -> Script {
    let mut from: Vec<String> = services(model).collect();
    from.extend(backups(model));
    from.extend(model.externals.iter().map(|external| format!("external/{}", external.name)));
    Script { name: "preflight".to_owned(), text: PREFLIGHT.render(&view(model)), from }
}

/// What the host itself runs.
pub fn install(model: &Model) -> Script {
    let mut from: Vec<String> = backups(model).collect();
    from.extend(model.jobs.iter().map(|job| format!("job/{}", job.name)));
    from.extend(unit::addresses(model));
    from.extend(model.files.iter().map(|file| format!("file/{}", file.path)));
    Script { name: "install".to_owned(), text: INSTALL.render(&view(model)), from }
}

fn backups(model: &Model) -> impl Iterator<Item = String> {
    model.backups.iter().map(|backup| format!("backup/{}", backup.stated_as()))
}

fn view(model: &Model) -> View {
    let require = &model.host.require;
    let memory_mib = require.memory.map(|size| size.whole_mebibytes());
    let disk_mib = require.disk.map(|size| size.whole_mebibytes());
    let tenth_less = |mib: Option<u64>| mib.unwrap_or(0) * 9 / 10;
    let mut ports: Vec<Ports> =
        model.services.iter().flat_map(|s| &s.published).map(|published| published.host).collect();
    ports.sort_unstable_by_key(|ports| (ports.first(), ports.last()));
    ports.dedup();
    let mut backups: Vec<String> = model.backups.iter().map(|backup| backup.directory.to_string()).collect();
    backups.sort();
    backups.dedup();
    let offsite =
        |is: fn(&Offsite) -> bool| model.backups.iter().any(|backup| backup.offsite.as_ref().is_some_and(is));
    let mut identities: Vec<String> = model
        .backups
        .iter()
        .filter_map(|backup| Some(backup.encryption.as_ref()?.identity.to_string()))
        .collect();
    identities.sort();
    identities.dedup();
    View {
        header: header(model),
        system: model.system.to_string(),
        directory: model.directory().to_owned(),
        textfiles: textfiles(model),
        timezone: model.timezone.to_string(),
        cpus: require.cpus.map(|count| count.get()),
        memory_least: tenth_less(memory_mib),
        memory_mib,
        disk_least: tenth_less(disk_mib),
        disk_mib,
        systems: require.systems.iter().map(|(id, version)| format!("{id} {version}")).collect(),
        ports: ports.iter().map(ToString::to_string).collect(),
        // A name that leads to a proxy in front does not lead here.
        dns: if model.ingress.as_ref().is_some_and(|ingress| ingress.behind.is_empty()) {
            public_names(model)
        } else {
            Vec::new()
        },
        externals: model
            .externals
            .iter()
            .filter_map(|external| external.address.as_ref())
            .map(|(address, port)| format!("{address} {port}"))
            .collect(),
        address: model.host.address.as_ref().map(ToString::to_string),
        letsencrypt: model
            .ingress
            .as_ref()
            .is_some_and(|ingress| matches!(ingress.tls, Tls::LetsEncrypt { .. })),
        rsync: offsite(|offsite| matches!(offsite, Offsite::Rsync(_)))
            || model.backups.iter().any(Backup::is_incremental),
        rclone: offsite(|offsite| matches!(offsite, Offsite::Rclone(_))),
        access: model
            .backups
            .iter()
            .any(|backup| backup.is_incremental() && matches!(backup.offsite, Some(Offsite::Rclone(_)))),
        remotes: remotes(model),
        identities,
        firewall: !model.firewall.openings.is_empty(),
        logrotate: !model.logs.is_empty() || placed(model, "logrotate.d/").next().is_some(),
        rotations: own_first(!model.logs.is_empty(), model, "logrotate.d/"),
        tables: own_first(model.jobs.iter().any(|job| job.timer.is_none()), model, "cron.d/"),
        own_units: part_of_timer(model).into_iter().chain(placed(model, "systemd/")).collect(),
        jq: model.monitoring.is_some() && model.logs.iter().any(|log| log.schema.is_some()),
        units: unit::units(model),
        cron: model.jobs.iter().any(|job| job.timer.is_none()),
        timers: model
            .jobs
            .iter()
            .filter(|job| job.timer.is_some())
            .map(|job| job.unit(&model.system))
            .collect(),
        jobs: model.jobs.iter().map(|job| job.name.to_string()).collect(),
        logs: logs(model),
        log_folders: log_folders(model),
        backups,
    }
}

/// The names of files of the description in a folder of the tree.
fn placed<'a>(model: &'a Model, folder: &'a str) -> impl Iterator<Item = String> + 'a {
    model.files.iter().filter_map(move |file| file.path.strip_prefix(folder)).map(str::to_owned)
}

/// The file that is generated in a folder, which has the name of the system, and those of the description.
fn own_first(generated: bool, model: &Model, folder: &str) -> Vec<String> {
    generated.then(|| model.system.to_string()).into_iter().chain(placed(model, folder)).collect()
}

/// The remotes that copies go to and come from, which somebody has to make on the host.
fn remotes(model: &Model) -> Vec<String> {
    let copies = model.backups.iter().filter_map(|backup| match &backup.offsite {
        Some(Offsite::Rclone(target)) => Some(target),
        _ => None,
    });
    let sources = model.backups.iter().filter_map(|backup| match &backup.kept {
        Kept::Objects(objects) => Some(&objects.source),
        _ => None,
    });
    let named =
        |path: &Line| Some(format!("{}:", path.as_str().split_once(':')?.0)).filter(|name| name.len() > 1);
    let mut remotes: Vec<String> = copies.chain(sources).filter_map(named).collect();
    remotes.sort();
    remotes.dedup();
    remotes
}

/// The names that have to lead to this machine.
fn public_names(model: &Model) -> Vec<String> {
    let names = model.ingress.iter().flat_map(Ingress::names).map(ToString::to_string);
    names.filter(|name| name != "localhost").collect()
}

/// Folders for logs that containers write, owned by the user that the description gives them.
fn log_folders(model: &Model) -> Vec<Folder> {
    let owner = |service: &Service| {
        let user = service.user.as_ref().and_then(crate::model::Text::as_literal).unwrap_or_default();
        match user.split_once(':').unwrap_or((user, user)) {
            (user, group) if number(user) && number(group) => format!("{user}:{group}"),
            _ => "0:0".to_owned(),
        }
    };
    let mut folders = Vec::new();
    for service in &model.services {
        folders.extend(service.mounts.iter().filter_map(|mount| match &mount.source {
            MountSource::Host(path) if !mount.read_only && path.as_str().starts_with(&logs(model)) => {
                Some(Folder { path: path.to_string(), owner: owner(service) })
            }
            _ => None,
        }));
    }
    folders.sort();
    folders.dedup();
    folders
}

fn number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
