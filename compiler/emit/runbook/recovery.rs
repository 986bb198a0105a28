//! Recovery of everything, step by step: what the guide says for the day on which all data of a host is lost.

use std::collections::BTreeSet;

use serde::Serialize;

use super::view::block;
use crate::{
    emit::quote,
    model::{Backup, Files, Kept, Model, Offsite, Place, Service},
    values::{Name, RelPath, Value as _},
};

/// The steps of a system that has backups; each is a block of code, none when there is nothing to do.
#[derive(Serialize)]
pub struct RecoveryView {
    /// What brings copies from elsewhere back to this host.
    fetch: Option<String>,
    stop: Option<String>,
    restore: Option<String>,
    /// What brings back data from its dump that step would bring back to the last second.
    otherwise: Option<String>,
    check: Option<String>,
    start: Option<String>,
    /// What tells how long the newest drills took, where that is measured.
    measured: Option<String>,
}

/// The view; none without backups.
pub fn view(model: &Model) -> Option<RecoveryView> {
    if model.backups.is_empty() {
        return None;
    }
    // Of data that comes back in two ways, the one that loses least: the base with its log, and the dump only where that
    // does not work.
    let logged: BTreeSet<&Name> =
        model.backups.iter().filter(|one| one.log().is_some()).map(Backup::stated_as).collect();
    let is_second = |one: &&Backup| one.log().is_none() && logged.contains(one.stated_as());
    let (otherwise, mut backups): (Vec<&Backup>, Vec<&Backup>) = model.backups.iter().partition(is_second);
    // What everything else is started with comes first.
    let env = RelPath::parse(".env").ok().map(|file| model.host.directory.join(&file));
    let has_env = |backup: &Backup| match (&backup.kept, &env) {
        (Kept::Files(Files { place: Place::Host(paths), .. }), Some(env)) => {
            paths.iter().any(|path| env.is_within(path))
        }
        _ => false,
    };
    backups.sort_by_key(|backup| !has_env(backup));
    let drilled = model.backups.iter().any(|backup| backup.drill.is_some());
    let textfiles = model.monitoring.as_ref().filter(|_| drilled).map(|monitoring| &monitoring.textfiles);
    let units = |verb: &str| -> Option<String> {
        let names: Vec<String> = model.units().map(|(_, unit)| unit.name.to_string()).collect();
        (!names.is_empty()).then(|| format!("sudo systemctl {verb} {}", names.join(" ")))
    };
    // Data is brought back through its own service, which stays; what reads and writes it does not.
    let uses = |service: &&Service| !service.datastore && !service.tool && service.profile.is_none();
    let users: Vec<&str> = model.containers().filter(uses).map(|service| service.name.as_str()).collect();
    let stop = (!users.is_empty()).then(|| format!("docker compose stop {}", users.join(" ")));
    let restore = |backup: &Backup| format!("sudo scripts/restore-{}.sh latest", backup.name);
    let start = "docker compose up --detach --wait".to_owned();
    Some(RecoveryView {
        fetch: commands(backups.iter().copied().filter_map(fetch)),
        stop: commands(stop.into_iter().chain(units("stop"))),
        restore: commands(backups.iter().copied().map(restore)),
        otherwise: commands(otherwise.into_iter().map(restore)),
        check: commands(backups.iter().copied().map(check)),
        start: commands(std::iter::once(start).chain(units("start"))),
        measured: textfiles
            .map(|folder| block(&format!("grep -h '^ondol_backup_drill_duration_seconds' {folder}/*.prom"))),
    })
}

fn commands(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| block(&lines.join("\n")))
}

/// What brings the copies of a backup back that are elsewhere.
fn fetch(backup: &Backup) -> Option<String> {
    let directory = &backup.directory;
    Some(match backup.offsite.as_ref()? {
        Offsite::Rsync(target) => {
            format!("sudo rsync -a {}/ {directory}/", target.to_string().trim_end_matches('/'))
        }
        Offsite::Rclone(target) => format!("sudo rclone copy {target} {directory}"),
    })
}

/// What tells whether what came back can be read: of data its own question, of files the comparison with the archive.
fn check(backup: &Backup) -> String {
    match &backup.kept {
        Kept::Data(dump) => {
            format!("docker compose exec -T {} sh -c {}", dump.service, quote::shell(&dump.check))
        }
        Kept::Files(_) => format!("sudo scripts/verify-{}.sh", backup.name),
    }
}
