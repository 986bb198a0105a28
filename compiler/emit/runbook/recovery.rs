//! Recovery of everything, step by step: what the guide says for the day on which all data of a host is lost.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{host, view::block};
use crate::{
    emit::quote,
    model::{Backup, Files, Kept, Model, Offsite, Peer, Place, RECOVERY_TOO_LONG, Service},
    values::{Name, RelPath, Value as _},
};

/// The steps of a system that has backups; each is a block of code, none when there is nothing to do.
#[derive(Serialize)]
pub struct RecoveryView {
    /// What brings copies from elsewhere back to this host.
    fetch: Option<String>,
    stop: Option<String>,
    /// What stops users of the data on other hosts: lines for the operator's own machine.
    stop_elsewhere: Option<String>,
    restore: Option<String>,
    /// What brings back data from its dump that step would bring back to the last second.
    otherwise: Option<String>,
    check: Option<String>,
    start: Option<String>,
    /// What starts them again.
    start_elsewhere: Option<String>,
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
    let restored: BTreeSet<&Name> = backups.iter().flat_map(|backup| backup.services()).collect();
    let restore = |backup: &Backup| format!("sudo scripts/restore-{}.sh latest", backup.name);
    // A task that ends is a failure to compose when it waits for all.
    let wait = if model.tasks().next().is_some() { "" } else { " --wait" };
    let start = format!("docker compose up --detach{wait}");
    Some(RecoveryView {
        fetch: commands(backups.iter().copied().filter_map(fetch)),
        stop: commands(stop.into_iter().chain(units("stop"))),
        stop_elsewhere: commands(elsewhere(model, &restored, "stop").into_iter()),
        restore: commands(backups.iter().copied().flat_map(|backup| {
            // Units take their environment from the file that has just come back.
            let units = (has_env(backup) && model.units().next().is_some())
                .then(|| "sudo scripts/unit-environment.sh".to_owned());
            std::iter::once(restore(backup)).chain(units)
        })),
        otherwise: commands(otherwise.into_iter().map(restore)),
        check: commands(backups.iter().copied().map(check)),
        start: commands(std::iter::once(start).chain(units("start"))),
        start_elsewhere: commands(elsewhere(model, &restored, "start").into_iter()),
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

/// What stops, or starts, the users of data of this host that run on others: a line for each host. Only those of data that
/// is served while it comes back: what else holds some here is stopped itself, and can write nothing for them.
fn elsewhere(model: &Model, restored: &BTreeSet<&Name>, verb: &str) -> Vec<String> {
    let serves =
        |name: &Name| restored.contains(name) && model.service(name).is_some_and(|service| service.datastore);
    let of_peer = |peer: &Peer| {
        let users = || peer.callers.iter().filter(|caller| caller.calls.iter().any(serves));
        let names = |of: &mut dyn Iterator<Item = &Name>| of.map(ToString::to_string).collect::<Vec<_>>();
        let containers = names(&mut users().filter(|one| one.unit.is_none()).map(|one| &one.name));
        let units = names(&mut users().filter_map(|one| one.unit.as_ref()));
        let mut parts = Vec::new();
        if !containers.is_empty() {
            let folder = quote::shell(peer.host.directory.as_str());
            parts.push(format!("cd {folder} && docker compose {verb} {}", containers.join(" ")));
        }
        if !units.is_empty() {
            parts.push(format!("sudo systemctl {verb} {}", units.join(" ")));
        }
        // A terminal, on which sudo can ask.
        let terminal = if units.is_empty() { "" } else { " -t" };
        let ssh = host::ssh(&peer.host, model.language);
        (!parts.is_empty()).then(|| format!("{ssh}{terminal} {}", quote::shell(&parts.join(" && "))))
    };
    model.peers.iter().filter_map(of_peer).collect()
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
