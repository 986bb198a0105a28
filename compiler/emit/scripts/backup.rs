//! `backup-`, `restore-` and `verify-<name>.sh`: what is kept is made, comes back, and is proved to; with them
//! `archive-<service>.sh` for the log that goes on from a base.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Clock, Script,
    configuration::{self, Configuration},
    header, textfiles,
};
use crate::{
    emit::template::{Format, Parts, Template},
    model::{
        Backup, Dump, Files, HostUnit, Kept, Model, MountSource, Offsite, Part, Place, Restore, Retention,
        Service, Text,
    },
    values::{Duration, Language, Name},
};

/// What these scripts have in common. Each still stands alone: the part is in all of them.
const PARTS: Parts = &[
    ("drill-metrics", include_str!("parts/drill-metrics.tera")),
    ("file-as-written", include_str!("parts/file-as-written.tera")),
    ("newest-as-written", include_str!("parts/newest-as-written.tera")),
    ("start-users", include_str!("parts/start-users.tera")),
    ("stop-users", include_str!("parts/stop-users.tera")),
    ("surplus", include_str!("parts/surplus.tera")),
];

pub(super) static BACKUP: Template =
    Template::with_parts(Format::Shell, include_str!("backup.sh.tera"), PARTS);
pub(super) static RESTORE: Template =
    Template::with_parts(Format::Shell, include_str!("restore.sh.tera"), PARTS);
pub(super) static VERIFY: Template =
    Template::with_parts(Format::Shell, include_str!("verify.sh.tera"), PARTS);
static ARCHIVE: Template = Template::new(Format::Shell, include_str!("archive.sh.tera"));
static RESTORE_TO_TIME: Template =
    Template::with_parts(Format::Shell, include_str!("restore-to-time.sh.tera"), PARTS);
static RESTORE_FILES: Template =
    Template::with_parts(Format::Shell, include_str!("restore-files.sh.tera"), PARTS);
static BACKUP_OBJECTS: Template =
    Template::with_parts(Format::Shell, include_str!("backup-objects.sh.tera"), PARTS);
static RESTORE_OBJECTS: Template = Template::new(Format::Shell, include_str!("restore-objects.sh.tera"));
static VERIFY_OBJECTS: Template =
    Template::with_parts(Format::Shell, include_str!("verify-objects.sh.tera"), PARTS);
static BACKUP_SNAPSHOTS: Template =
    Template::with_parts(Format::Shell, include_str!("backup-snapshots.sh.tera"), PARTS);
static RESTORE_SNAPSHOTS: Template =
    Template::with_parts(Format::Shell, include_str!("restore-snapshots.sh.tera"), PARTS);
static VERIFY_SNAPSHOTS: Template =
    Template::with_parts(Format::Shell, include_str!("verify-snapshots.sh.tera"), PARTS);
static VERIFY_FILES: Template =
    Template::with_parts(Format::Shell, include_str!("verify-files.sh.tera"), PARTS);

/// What stands in for secrets in a scratch container, which has no network and lives for a drill.
const NO_SECRET: &str = "ondol-drill";

/// What every backup has.
#[derive(Serialize)]
struct View<T> {
    header: String,
    system: String,
    directory: String,
    textfiles: Option<String>,
    starter: &'static str,
    when: Option<String>,
    name: String,
    folder: String,
    extension: String,
    keep_seconds: u64,
    keep_words: String,
    /// What `surplus` keeps, when it is more than an age; here and elsewhere.
    keep_rules: Option<String>,
    /// The same also when it is an age alone.
    rules: String,
    offsite_rules: Option<String>,
    offsite: bool,
    /// The public keys to which it is encrypted, and the file with a secret key.
    recipients: Vec<String>,
    identity: Option<String>,
    rsync: Option<String>,
    rclone: Option<String>,
    #[serde(flatten)]
    kept: T,
}

/// Data that is dumped.
#[derive(Serialize)]
struct DumpView {
    service: String,
    log: Option<LogView>,
    /// The name of the service's bases, whose log brings any second back.
    base: Option<String>,
    dump: String,
    verify: String,
    restore: String,
    offline: bool,
    check: String,
    part_title: Option<String>,
    part: Option<String>,
    /// The containers and the units that use the data.
    dependents: Vec<String>,
    units: Vec<String>,
    // The scratch container of a drill.
    command: Vec<String>,
    environment: Vec<String>,
    volumes: Vec<String>,
    mounts: Vec<Configuration>,
    tmpfs: Vec<String>,
    user: Option<String>,
    ready: Vec<String>,
}

/// The log that goes on from a base.
#[derive(Serialize)]
struct LogView {
    folder: String,
    /// What the folder is called within that of the bases, here and elsewhere.
    name: String,
    target: String,
    archive: String,
    prune: String,
    when: Option<String>,
}

/// Files that are archived, or of which snapshots are made.
#[derive(Clone, Serialize)]
struct FilesView {
    /// Of a volume: the service that has it mounted, and where.
    service: Option<String>,
    target: Option<String>,
    /// Of the host: the paths from the root on, without their first `/`.
    members: Vec<String>,
    /// Who has them mounted.
    users: Vec<String>,
    /// Units of the host that write there.
    units: Vec<String>,
    stopped: bool,
    /// Whether they are logs, of which what had been written by then is whole.
    grow: bool,
    /// Names that are left out, and as rules of rsync.
    exclude: Vec<String>,
    filters: Vec<String>,
    /// What tells whether they are whole.
    check: Option<String>,
}

/// Objects of a store.
#[derive(Serialize)]
struct ObjectsView {
    source: String,
    check: Option<String>,
}

/// The three templates ask for it under a name, or find it beside the rest.
#[derive(Serialize)]
struct Archive {
    archive: FilesView,
}

/// The scripts of all backups.
pub fn scripts(model: &Model, clock: &Clock) -> Vec<Script> {
    let dependents = dependents(model);
    model.backups.iter().flat_map(|backup| scripts_of(model, clock, backup, &dependents)).collect()
}

/// The scripts of one backup.
fn scripts_of(
    model: &Model,
    clock: &Clock,
    backup: &Backup,
    dependents: &BTreeMap<&Name, Vec<&Name>>,
) -> Vec<Script> {
    let name = |verb: &str| format!("{verb}-{}", backup.name);
    let script = |verb: &str, text: String| {
        let mut from = vec![format!("backup/{}", backup.stated_as())];
        for service in backup.services().iter().filter_map(|service| model.service(service)) {
            from.extend([format!("service/{}", service.name), format!("kind/{}", service.kind)]);
        }
        Script { name: name(verb), text, from }
    };
    let mut scripts = match &backup.kept {
        Kept::Data(dump) => {
            let Some(service) = model.service(&dump.service) else { return Vec::new() };
            let users = dependents.get(&dump.service).map(Vec::as_slice).unwrap_or_default();
            let data = |verb: &str| {
                view(model, clock, backup, &name(verb), dump_view(model, clock, dump, service, users))
            };
            let render = |verb: &str, template: &Template| script(verb, template.render(&data(verb)));
            match &dump.log {
                None => {
                    vec![render("backup", &BACKUP), render("restore", &RESTORE), render("verify", &VERIFY)]
                }
                Some(_) => vec![
                    render("backup", &BACKUP),
                    Script {
                        name: format!("archive-{}", dump.service),
                        ..script("archive", ARCHIVE.render(&data("archive")))
                    },
                    render("restore", &RESTORE_TO_TIME),
                    render("verify", &VERIFY),
                ],
            }
        }
        Kept::Objects(objects) => {
            let render = |verb: &str, template: &Template| {
                let kept = ObjectsView { source: objects.source.to_string(), check: objects.check.clone() };
                script(verb, template.render(&view(model, clock, backup, &name(verb), kept)))
            };
            vec![
                render("backup", &BACKUP_OBJECTS),
                render("restore", &RESTORE_OBJECTS),
                render("verify", &VERIFY_OBJECTS),
            ]
        }
        Kept::Files(files) => {
            let (make, bring_back, prove) = if files.incremental {
                (&BACKUP_SNAPSHOTS, &RESTORE_SNAPSHOTS, &VERIFY_SNAPSHOTS)
            } else {
                (&BACKUP, &RESTORE_FILES, &VERIFY_FILES)
            };
            let files = files_view(model, files);
            let archive = Archive { archive: files.clone() };
            vec![
                script("backup", make.render(&view(model, clock, backup, &name("backup"), archive))),
                script(
                    "restore",
                    bring_back.render(&view(model, clock, backup, &name("restore"), files.clone())),
                ),
                script("verify", prove.render(&view(model, clock, backup, &name("verify"), files))),
            ]
        }
    };
    if backup.drill.is_none() {
        scripts.pop();
    }
    scripts
}

fn view<T>(model: &Model, clock: &Clock, backup: &Backup, script: &str, kept: T) -> View<T> {
    let (rsync, rclone) = match &backup.offsite {
        Some(Offsite::Rsync(target)) => (Some(target.to_string()), None),
        Some(Offsite::Rclone(target)) => (None, Some(target.to_string())),
        None => (None, None),
    };
    View {
        header: header(model),
        system: model.system.to_string(),
        directory: model.directory().to_owned(),
        textfiles: textfiles(model),
        starter: clock.starter(script),
        when: clock.when(script),
        name: backup.name.to_string(),
        folder: backup.directory.to_string(),
        extension: backup.extension(),
        keep_seconds: backup.keep.within.map_or(0, Duration::whole_seconds),
        keep_words: backup.keep.words(Language::English),
        keep_rules: backup.keep.only_within().is_none().then(|| rules(&backup.keep)),
        rules: rules(&backup.keep),
        offsite_rules: backup.offsite_keep.as_ref().map(rules),
        offsite: backup.offsite.is_some(),
        recipients: backup
            .encryption
            .iter()
            .flat_map(|one| &one.recipients)
            .map(ToString::to_string)
            .collect(),
        identity: backup.encryption.as_ref().map(|one| one.identity.to_string()),
        rsync,
        rclone,
        kept,
    }
}

/// The arguments of `surplus`.
fn rules(keep: &Retention) -> String {
    let seconds = keep.within.map_or(0, Duration::whole_seconds);
    format!("{seconds} {} {} {} {} {}", keep.last, keep.daily, keep.weekly, keep.monthly, keep.yearly)
}

/// Whether a unit of the host itself writes there.
fn writes(unit: &HostUnit, place: &Place) -> bool {
    let Place::Host(paths) = place else { return false };
    let mut own = std::iter::once(&unit.directory).chain(&unit.writes);
    own.any(|own| paths.iter().any(|path| path.is_within(own) || own.is_within(path)))
}

fn files_view(model: &Model, files: &Files) -> FilesView {
    let (service, target, members) = match &files.place {
        Place::Volume { service, target } => {
            (Some(service.to_string()), Some(target.to_string()), Vec::new())
        }
        Place::Host(paths) => {
            let from_the_root =
                |path: &crate::values::AbsPath| path.as_str().trim_start_matches('/').to_owned();
            (None, None, paths.iter().map(from_the_root).collect())
        }
    };
    FilesView {
        service,
        target,
        members,
        users: files.users.iter().map(ToString::to_string).collect(),
        units: model
            .units()
            .filter(|(_, unit)| writes(unit, &files.place))
            .map(|(_, unit)| unit.name.to_string())
            .collect(),
        stopped: files.stopped,
        grow: files.are_logs(&model.logs),
        exclude: files.exclude.iter().map(ToString::to_string).collect(),
        filters: files.exclude.iter().map(|pattern| format!("- {pattern}")).collect(),
        check: files.check.clone(),
    }
}

/// How the data of a service comes and goes, on which the `dependents` rely.
fn dump_view(model: &Model, clock: &Clock, dump: &Dump, service: &Service, dependents: &[&Name]) -> DumpView {
    let (restore, offline) = match &dump.restore {
        Restore::Online(run) => (run.clone(), false),
        Restore::Offline(run) => (run.clone(), true),
    };
    let part = dump.restore_part.as_ref();
    let unit = |name: &&Name| Some(model.service(name)?.unit()?.name.to_string());
    let base = model
        .backups
        .iter()
        .find(|other| other.log().is_some() && other.services() == [service.name.clone()]);
    DumpView {
        service: service.name.to_string(),
        log: dump.log.as_ref().map(|log| LogView {
            folder: log.folder.to_string(),
            name: log.folder.file_name().to_owned(),
            target: log.target.to_string(),
            archive: log.archive.clone(),
            prune: log.prune.clone(),
            when: clock.when(&format!("archive-{}", service.name)),
        }),
        base: base.map(|base| base.name.to_string()),
        dump: dump.dump.clone(),
        verify: dump.verify.clone(),
        restore,
        offline,
        check: dump.check.clone(),
        part_title: part.map(|(title, _)| title.to_string()),
        part: part.map(|(_, run)| run.clone()),
        dependents: dependents.iter().filter(|name| unit(name).is_none()).map(ToString::to_string).collect(),
        units: dependents.iter().filter_map(unit).collect(),
        command: service.command.iter().map(|word| without_secrets(model, word)).collect(),
        environment: environment(model, dump, service),
        volumes: volumes(service),
        mounts: configuration::of(model, service),
        tmpfs: service.tmpfs.iter().map(|one| one.place.clone()).collect(),
        user: service.user.as_ref().and_then(Text::as_literal).map(str::to_owned),
        ready: match service.health.as_ref().filter(|health| !health.test.is_empty()) {
            Some(health) => health.test.iter().map(|word| without_secrets(model, word)).collect(),
            None => vec!["sh".into(), "-c".into(), dump.check.clone()],
        },
    }
}

/// For each service those that wait for it before they start: they use it.
fn dependents(model: &Model) -> BTreeMap<&Name, Vec<&Name>> {
    let mut dependents: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for service in model.services.iter().filter(|service| service.profile.is_none()) {
        for need in &service.needs {
            dependents.entry(&need.service).or_default().push(&service.name);
        }
    }
    dependents
}

/// The text as a scratch container gets it: variables have their defaults, and secrets a value that opens nothing.
fn without_secrets(model: &Model, text: &Text) -> String {
    let value = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Variable(name) => model
            .variable(name)
            .and_then(|variable| variable.default.as_ref())
            .map_or_else(|| NO_SECRET.to_owned(), ToString::to_string),
        Part::Reference { .. } => NO_SECRET.to_owned(),
    };
    text.parts.iter().map(value).collect()
}

/// The environment of the service; what the kind says about drills wins.
fn environment(model: &Model, dump: &Dump, service: &Service) -> Vec<String> {
    let own = service.environment.iter().map(|(name, text)| (name.to_string(), without_secrets(model, text)));
    let drill = dump.drill_environment.iter().cloned();
    let all: BTreeMap<String, String> = own.chain(drill).collect();
    all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// Where the service keeps its data.
fn volumes(service: &Service) -> Vec<String> {
    let of_volume = |mount: &&crate::model::Mount| matches!(mount.source, MountSource::Volume(_));
    service.mounts.iter().filter(of_volume).map(|mount| mount.target.to_string()).collect()
}
