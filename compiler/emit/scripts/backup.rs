//! `backup-`, `restore-` and `verify-<service>.sh`: a dump is made, comes back, and is proved to.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Clock, Script, header, textfiles};
use crate::{
    emit::template::{Format, Template},
    model::{Backup, Model, MountSource, Offsite, Part, Restore, Service, Text},
    values::{Language, Name},
};

static BACKUP: Template = Template::new(Format::Shell, include_str!("backup.sh.tera"));
static RESTORE: Template = Template::new(Format::Shell, include_str!("restore.sh.tera"));
static VERIFY: Template = Template::new(Format::Shell, include_str!("verify.sh.tera"));

/// What stands in for secrets in a scratch container, which has no network and lives for a drill.
const NO_SECRET: &str = "ondol-drill";

#[derive(Serialize)]
struct View {
    header: String,
    system: String,
    directory: String,
    textfiles: Option<String>,
    when: Option<String>,
    service: String,
    folder: String,
    extension: String,
    keep_seconds: u64,
    keep_words: String,
    dump: String,
    verify: String,
    restore: String,
    offline: bool,
    check: String,
    part_title: Option<String>,
    part: Option<String>,
    offsite: bool,
    rsync: Option<String>,
    rclone: Option<String>,
    dependents: Vec<String>,
    // The scratch container of a drill.
    command: Vec<String>,
    environment: Vec<String>,
    volumes: Vec<String>,
    mounts: Vec<Mount>,
    tmpfs: Vec<String>,
    user: Option<String>,
    ready: Vec<String>,
}

/// A file or folder of the tree that the container reads.
#[derive(Serialize)]
struct Mount {
    path: String,
    target: String,
}

/// The scripts of all backups.
pub fn scripts(model: &Model, clock: &Clock) -> Vec<Script> {
    let dependents = dependents(model);
    let of_service = |backup: &Backup| {
        let dependents = dependents.get(&backup.service).map(Vec::as_slice).unwrap_or_default();
        scripts_of(model, clock, backup, dependents)
    };
    model.backups.iter().flat_map(of_service).collect()
}

/// The scripts of one backup, whose service the `dependents` use.
fn scripts_of(model: &Model, clock: &Clock, backup: &Backup, dependents: &[&Name]) -> Vec<Script> {
    let Some(service) = model.service(&backup.service) else { return Vec::new() };
    let script = |verb: &str, template: &Template| {
        let name = format!("{verb}-{}", backup.service);
        let view = view(model, backup, service, dependents, clock.when(&name));
        let from = [
            format!("backup/{}", backup.service),
            format!("service/{}", service.name),
            format!("kind/{}", service.kind),
        ];
        Script { text: template.render(&view), name, from: from.into() }
    };
    let mut scripts = vec![script("backup", &BACKUP), script("restore", &RESTORE)];
    if backup.drill.is_some() {
        scripts.push(script("verify", &VERIFY));
    }
    scripts
}

fn view(
    model: &Model,
    backup: &Backup,
    service: &Service,
    dependents: &[&Name],
    when: Option<String>,
) -> View {
    let (restore, offline) = match &backup.restore {
        Restore::Online(run) => (run.clone(), false),
        Restore::Offline(run) => (run.clone(), true),
    };
    let (rsync, rclone) = match &backup.offsite {
        Some(Offsite::Rsync(target)) => (Some(target.to_string()), None),
        Some(Offsite::Rclone(target)) => (None, Some(target.to_string())),
        None => (None, None),
    };
    let part = backup.restore_part.as_ref();
    View {
        header: header(model),
        system: model.system.to_string(),
        directory: model.directory().to_owned(),
        textfiles: textfiles(model),
        when,
        service: backup.service.to_string(),
        folder: backup.directory.to_string(),
        extension: backup.extension.clone(),
        keep_seconds: backup.keep.whole_seconds(),
        keep_words: backup.keep.words(Language::English),
        dump: backup.dump.clone(),
        verify: backup.verify.clone(),
        restore,
        offline,
        check: backup.check.clone(),
        part_title: part.map(|(title, _)| title.to_string()),
        part: part.map(|(_, run)| run.clone()),
        offsite: backup.offsite.is_some(),
        rsync,
        rclone,
        dependents: dependents.iter().map(ToString::to_string).collect(),
        command: service.command.iter().map(|word| without_secrets(model, word)).collect(),
        environment: environment(model, backup, service),
        volumes: volumes(service),
        mounts: mounts(service),
        tmpfs: service.tmpfs.iter().map(ToString::to_string).collect(),
        user: service.user.as_ref().map(ToString::to_string),
        ready: match &service.health {
            Some(health) => health.test.iter().map(|word| without_secrets(model, word)).collect(),
            None => vec!["sh".into(), "-c".into(), backup.check.clone()],
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
    };
    text.parts.iter().map(value).collect()
}

/// The environment of the service; what the kind says about drills wins.
fn environment(model: &Model, backup: &Backup, service: &Service) -> Vec<String> {
    let own = service.environment.iter().map(|(name, text)| (name.to_string(), without_secrets(model, text)));
    let drill = backup.drill_environment.iter().cloned();
    let all: BTreeMap<String, String> = own.chain(drill).collect();
    all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

/// Where the service keeps its data.
fn volumes(service: &Service) -> Vec<String> {
    let of_volume = |mount: &&crate::model::Mount| matches!(mount.source, MountSource::Volume(_));
    service.mounts.iter().filter(of_volume).map(|mount| mount.target.to_string()).collect()
}

fn mounts(service: &Service) -> Vec<Mount> {
    let of_tree = |mount: &crate::model::Mount| match &mount.source {
        MountSource::Tree(path) => Some(Mount { path: path.clone(), target: mount.target.to_string() }),
        MountSource::Volume(_) | MountSource::Host(_) => None,
    };
    service.mounts.iter().filter_map(of_tree).collect()
}
