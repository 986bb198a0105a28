//! Recovery of everything, step by step: what the guide says for the day on which all data of a host is lost.

use serde::Serialize;

use super::view::block;
use crate::{
    emit::quote,
    model::{Backup, Files, Kept, Model, Offsite, Place, RECOVERY_TOO_LONG, Service},
    values::{RelPath, Value as _},
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
    /// The alert that tells when it would take longer than the objective allows.
    too_long: Option<String>,
}

/// The view; none without backups.
pub fn view(model: &Model) -> Option<RecoveryView> {
    // A chosen second has a section of its own, and so have objects of somebody else's store.
    let backups = model.recovered();
    if backups.is_empty() {
        return None;
    }
    let otherwise = model.recovered_otherwise();
    let mut backups = backups;
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
    // A task that ends is a failure to compose when it waits for all.
    let wait = if model.tasks().next().is_some() { "" } else { " --wait" };
    let start = format!("docker compose up --detach{wait}");
    Some(RecoveryView {
        fetch: commands(backups.iter().copied().filter_map(fetch)),
        stop: commands(stop.into_iter().chain(units("stop"))),
        restore: commands(backups.iter().copied().map(restore)),
        otherwise: commands(otherwise.into_iter().map(restore)),
        check: commands(backups.iter().copied().map(check)),
        start: commands(std::iter::once(start).chain(units("start"))),
        measured: textfiles.map(|folder| {
            block(&format!("grep -hE '^ondol_backup_(drill|copy)_duration_seconds' {folder}/*.prom"))
        }),
        too_long: too_long(model),
    })
}

/// Of several hosts the alert has the host's name in front.
fn too_long(model: &Model) -> Option<String> {
    let mut alerts = model.monitoring.iter().flat_map(|monitoring| monitoring.explained());
    let host = model.host.name.camel();
    let own =
        |name: &str| name.strip_suffix(RECOVERY_TOO_LONG).is_some_and(|rest| rest.is_empty() || rest == host);
    alerts.find(|alert| own(&alert.name)).map(|alert| alert.name.clone())
}

fn commands(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| block(&lines.join("\n")))
}

/// What brings the copies of a backup back that are elsewhere.
fn fetch(backup: &Backup) -> Option<String> {
    // A restore fetches the snapshot that it brings back, and no other.
    if backup.is_incremental() {
        return None;
    }
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
        Kept::Files(_) | Kept::Objects(_) => format!("sudo scripts/verify-{}.sh", backup.name),
    }
}
