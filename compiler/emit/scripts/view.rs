//! What the scripts' templates see.

use serde::Serialize;

use crate::{
    emit::header::header,
    model::{Backup, Image, Model, MountSource, Offsite, Restore, Service, Tls},
};

/// Facts of the whole system.
#[derive(Serialize)]
pub struct System {
    pub header: String,
    system: String,
    directory: String,
    timezone: String,
    domain: String,
    textfiles: Option<String>,
    logs: Vec<String>,
    backups: Vec<String>,
    jobs: Vec<String>,
    variables: Vec<Variable>,
    rotations: Vec<Rotation>,
    cpus: Option<u32>,
    memory_mib: Option<u64>,
    disk_mib: Option<u64>,
    systems: Vec<OperatingSystem>,
    ports: Vec<String>,
    openings: Vec<String>,
    ingress: Option<String>,
    tls: &'static str,
    email: Option<String>,
    https: bool,
    built: bool,
    checks: Vec<String>,
    reloads: Vec<Reload>,
    firewall: bool,
    logrotate: bool,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    min_length: u32,
}

#[derive(Serialize)]
struct Rotation {
    name: String,
    days: u64,
}

#[derive(Serialize)]
struct OperatingSystem {
    id: String,
    version: String,
}

/// Files of the tree that a running service has read, and how it is told that they have changed.
#[derive(Serialize)]
struct Reload {
    service: String,
    files: Vec<String>,
    command: &'static str,
}

pub fn system(model: &Model) -> System {
    let ingress = model.ingress.as_ref();
    let mut logs = vec![format!("/var/log/{}", model.system)];
    let mut backups: Vec<String> = model.backups.iter().map(|backup| backup.directory.to_string()).collect();
    logs.extend(model.services.iter().flat_map(|s| &s.mounts).filter_map(|mount| match &mount.source {
        MountSource::Host(path) if path.as_str().starts_with("/var/log/") => Some(path.to_string()),
        _ => None,
    }));
    for list in [&mut logs, &mut backups] {
        list.sort();
        list.dedup();
    }
    let https = ingress.is_some_and(|i| !matches!(i.tls, Tls::None));
    System {
        header: header(model),
        system: model.system.to_string(),
        directory: model.host.directory.to_string(),
        timezone: model.timezone.to_string(),
        domain: model.domain.to_string(),
        textfiles: model.monitoring.as_ref().map(|m| m.textfiles.to_string()),
        logs,
        backups,
        jobs: model.jobs.iter().map(|job| job.name.to_string()).collect(),
        variables: model
            .variables
            .iter()
            .filter(|v| v.default.is_none())
            .map(|v| Variable { name: v.name.to_string(), min_length: v.min_length.max(1) })
            .collect(),
        rotations: model
            .variables
            .iter()
            .filter_map(|v| Some(Rotation { name: v.name.to_string(), days: v.rotate_every?.whole_days() }))
            .collect(),
        cpus: model.host.require.cpus.map(|n| n.get()),
        memory_mib: model.host.require.memory.map(|size| size.whole_mebibytes()),
        disk_mib: model.host.require.disk.map(|size| size.whole_mebibytes()),
        systems: model
            .host
            .require
            .systems
            .iter()
            .map(|(id, version)| OperatingSystem { id: id.to_string(), version: version.to_string() })
            .collect(),
        ports: model.services.iter().flat_map(|s| &s.published).map(|p| p.host.to_string()).collect(),
        openings: model.firewall.openings.iter().map(|o| o.port.to_string()).collect(),
        ingress: ingress.map(|i| i.service.to_string()),
        tls: match ingress.map(|i| &i.tls) {
            Some(Tls::LetsEncrypt { .. }) => "letsencrypt",
            Some(Tls::Given { .. }) => "given",
            Some(Tls::SelfSigned) => "self-signed",
            _ => "none",
        },
        email: match ingress.map(|i| &i.tls) {
            Some(Tls::LetsEncrypt { email }) => Some(email.to_string()),
            _ => None,
        },
        https,
        built: model.services.iter().any(|s| matches!(s.image, Image::Built(_))),
        checks: checks(model),
        reloads: reloads(model),
        firewall: !model.firewall.openings.is_empty(),
        logrotate: !model.logs.is_empty(),
    }
}

/// Paths that answer when the services behind the ingress work, each through the route that leads to it.
fn checks(model: &Model) -> Vec<String> {
    let Some(ingress) = &model.ingress else { return Vec::new() };
    let mut paths: Vec<String> = ingress
        .routes
        .iter()
        .filter(|route| !route.strip)
        .filter_map(|route| {
            let path = model.service(route.target.service.as_str())?.health_path.clone()?;
            // The health path is asked through the proxy only when this very route leads to it.
            let leads = ingress.routes.iter().find(|other| other.path.covers(&path))?;
            (leads.target.service == route.target.service).then(|| path.to_string())
        })
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

fn reloads(model: &Model) -> Vec<Reload> {
    let mut reloads = Vec::new();
    for service in &model.services {
        let files: Vec<String> = service
            .mounts
            .iter()
            .filter_map(|mount| match &mount.source {
                MountSource::Tree(path) => Some(path.clone()),
                _ => None,
            })
            .collect();
        if files.is_empty() || service.profile.is_some() {
            continue;
        }
        let command = match service.kind.as_str() {
            "nginx" => "exec -T nginx nginx -s reload",
            "prometheus" | "alertmanager" => "kill -s HUP",
            _ => "restart",
        };
        reloads.push(Reload { service: service.name.to_string(), files, command });
    }
    reloads
}

/// Facts of one backup.
#[derive(Serialize)]
pub struct BackupView {
    header: String,
    system: String,
    directory: String,
    service: String,
    pub kind: String,
    folder: String,
    extension: String,
    keep_days: u64,
    dump: String,
    verify: String,
    restore: String,
    offline: bool,
    check: String,
    part: Option<String>,
    rsync: Option<String>,
    rclone: Option<String>,
    textfiles: Option<String>,
    dependents: Vec<String>,
    drill_environment: Vec<String>,
    drill_command: Vec<String>,
    volumes: Vec<String>,
}

pub fn backup(model: &Model, backup: &Backup) -> Option<BackupView> {
    let service: &Service = model.service(backup.service.as_str())?;
    let (restore, offline) = match &backup.restore {
        Restore::Online(run) => (run.clone(), false),
        Restore::Offline(run) => (run.clone(), true),
    };
    Some(BackupView {
        header: header(model),
        system: model.system.to_string(),
        directory: model.host.directory.to_string(),
        service: backup.service.to_string(),
        kind: service.kind.to_string(),
        folder: backup.directory.to_string(),
        extension: backup.extension.clone(),
        keep_days: backup.keep.whole_days().max(1),
        dump: backup.dump.clone(),
        verify: backup.verify.clone(),
        restore,
        offline,
        check: backup.check.clone(),
        part: backup.restore_part.as_ref().map(|(_, run)| run.clone()),
        rsync: match &backup.offsite {
            Some(Offsite::Rsync(target)) => Some(target.to_string()),
            _ => None,
        },
        rclone: match &backup.offsite {
            Some(Offsite::Rclone(target)) => Some(target.to_string()),
            _ => None,
        },
        textfiles: model.monitoring.as_ref().map(|m| m.textfiles.to_string()),
        dependents: model
            .services
            .iter()
            .filter(|s| s.profile.is_none() && s.needs.iter().any(|need| need.service == backup.service))
            .map(|s| s.name.to_string())
            .collect(),
        drill_environment: backup
            .drill_environment
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
        drill_command: service
            .command
            .iter()
            .map(|word| word.as_literal().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default(),
        volumes: service
            .mounts
            .iter()
            .filter(|mount| matches!(mount.source, MountSource::Volume(_)))
            .map(|mount| mount.target.to_string())
            .collect(),
    })
}
