//! What is kept: data as its kind dumps it, volumes and files as archives or snapshots.

mod encryption;
mod objects;
mod point_in_time;

use std::collections::BTreeSet;

use super::{context::Context, place};
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::read::{
        backup::{BackupSpec, VolumeOfSpec},
        system::SystemSpec,
    },
    model::{
        Backup, Dump, Files, Host, Kept, MountSource, Offsite, Origin, Place, Restore, Service, Services,
    },
    source::Located,
    values::{AbsPath, Duration, HostPath, Line, Prose, RelPath, Schedule, Time, Value as _},
};

/// Resolves the backups of what is on the host.
pub fn backups(context: &Context, host: &Host, services: &Services) -> Vec<Backup> {
    let mut drills = Drills::new(context);
    let mut backups = Vec::new();
    for spec in &context.spec.backups {
        let drill = drills.next(spec.drill.as_ref());
        let base_drill = spec.point_in_time.as_ref().map(|stated| drills.next(stated.drill.as_ref()));
        if !place::is_on(host, &spec.on) {
            continue;
        }
        let Some(backup) = backup(context, host, spec, drill, services) else { continue };
        let base = base_drill.and_then(|drill| point_in_time::base(context, spec, &backup, drill));
        backups.push(match &base {
            // What may be lost is what the log has not yet, however old the dump is.
            Some(_) => Backup { rpo: None, ..backup },
            None => backup,
        });
        backups.extend(base);
    }
    backups
}

/// When backups are drilled: as stated, else on Sunday at the first half hour from 04:00 at which nothing else that is
/// heavy starts, so that two never load the same disk.
struct Drills {
    free: Vec<Schedule>,
}

impl Drills {
    fn new(context: &Context) -> Drills {
        let backups = &context.spec.backups;
        let bases = || backups.iter().filter_map(|spec| spec.point_in_time.as_ref());
        let daily = |schedule: &Schedule| schedule.period() >= Duration::from_days(1);
        let mut taken: BTreeSet<Schedule> = backups.iter().map(|spec| spec.every.value).collect();
        taken.extend(bases().map(|base| base.every.value));
        let drills = backups.iter().filter_map(|spec| spec.drill.as_ref());
        taken.extend(drills.chain(bases().filter_map(|base| base.drill.as_ref())).map(|drill| drill.value));
        taken.extend(context.spec.jobs.iter().map(|job| job.every.value).filter(daily));
        let mut free: Vec<Schedule> =
            slots().filter(|slot| !taken.iter().any(|other| other.coincides_with(*slot))).collect();
        free.reverse();
        Drills { free }
    }

    fn next(&mut self, stated: Option<&Located<Schedule>>) -> Option<Schedule> {
        stated.map(|drill| drill.value).or_else(|| self.free.pop()).or_else(|| slots().next())
    }
}

/// The folder of a backup on the host.
fn directory(system: &SystemSpec, spec: &BackupSpec) -> Option<AbsPath> {
    match &spec.to {
        Some(to) => Some(to.value.clone()),
        None => AbsPath::parse(&format!("/var/backups/{}", system.name.value)).ok(),
    }
}

/// The folder on the host into which the log of a service is archived.
pub fn log_folder(system: &SystemSpec, spec: &BackupSpec) -> Option<AbsPath> {
    let name = RelPath::parse(&format!("{}-log", spec.name.value)).ok()?;
    Some(directory(system, spec)?.join(&name))
}

/// The half hours of Sunday from 04:00.
fn slots() -> impl Iterator<Item = Schedule> {
    (8..48).filter_map(|half| {
        let time = format!("{:02}:{:02}", half / 2, half % 2 * 30);
        Schedule::new("sunday", Time::parse(&time).ok(), None).ok()
    })
}

/// One of them.
fn backup(
    context: &Context,
    host: &Host,
    spec: &BackupSpec,
    drill: Option<Schedule>,
    services: &Services,
) -> Option<Backup> {
    let directory = directory(context.spec, spec)?;
    let kept = match (&spec.objects, &spec.volume, spec.files.as_slice()) {
        (None, None, []) => Kept::Data(dump(context, spec, services)?),
        (None, Some(volume), []) => Kept::Files(volume_files(context, spec, volume, services)?),
        (None, None, files) => {
            let kept = host_files(&host.directory, spec, files, services);
            keeps_itself(context, spec, &kept, &directory);
            Kept::Files(kept)
        }
        (Some(source), None, []) => Kept::Objects(objects::objects(context, spec, source)?),
        (objects, volume, files) => {
            let of_store = objects.iter().map(|one| (one.span, "objects of a store"));
            let of_volume = volume.iter().map(|one| (one.name.span, "a volume"));
            let of_host = files.iter().take(1).map(|one| (one.span, "files of the host"));
            let several = of_store.chain(of_volume).chain(of_host).fold(
                Diagnostic::error(
                    "several-sources",
                    format!("the backup `{}` keeps several things", spec.name.value),
                ),
                |diagnostic, (span, what)| diagnostic.at(span, what),
            );
            context.sink.report(several.help("write a backup for each: it is restored by itself"));
            return None;
        }
    };
    objects::not_of_this(context, spec, &kept);
    Some(Backup {
        name: spec.name.value.clone(),
        kept,
        schedule: spec.every.value,
        keep: spec.keep.clone(),
        rpo: spec.rpo.or_else(|| {
            let objective = context.spec.objective.as_ref()?;
            Some(Located::new(objective.rpo?, objective.origin.span()))
        }),
        directory,
        offsite: offsite(context, spec, host),
        offsite_keep: spec.offsite.as_ref().and_then(|offsite| offsite.keep.clone()),
        encryption: encryption::encryption(context, spec),
        drill,
        timeout: spec.timeout.value,
        origin: Origin::Stated(spec.span),
    })
}

/// How the data of a service is dumped: what its kind says.
fn dump(context: &Context, spec: &BackupSpec, services: &Services) -> Option<Dump> {
    let service = context.reference(&spec.name.value, spec.name.span)?;
    let kind = context.kind(service)?;
    let Some(method) = &kind.backup else {
        context.sink.report(
            Diagnostic::error(
                "no-backup-method",
                format!("the kind `{}` does not say how its data is dumped", kind.name.value),
            )
            .at(spec.name.span, "asked for here")
            .help("say which files it keeps (`volume \"…\" of=\"…\"` or `files \"…\"`), or give the kind a `backup` block, in a kind of your own if it is a built-in one"),
        );
        return None;
    };
    services.named(&service.name.value)?;
    let scope = context.scope(&service.name.value)?;
    let shell = |text: &Located<Prose>| context.filled(scope.fill_shell(text.value.as_str()), text.span);
    let restore = shell(&method.restore)?;
    let drill_environment = method
        .drill_environment
        .iter()
        .filter_map(|(name, value)| {
            Some((name.value.to_string(), context.fill(scope, value, 0)?.as_literal()?.to_owned()))
        })
        .collect();
    Some(Dump {
        service: service.name.value.clone(),
        extension: method.extension.value.to_string(),
        dump: shell(&method.dump)?,
        verify: shell(&method.verify)?,
        restore: if method.offline { Restore::Offline(restore) } else { Restore::Online(restore) },
        check: match &spec.check {
            Some(own) => format!("({}\n) && (\n{}\n)", shell(&method.check)?, own.value),
            None => shell(&method.check)?,
        },
        restore_part: match &method.part {
            Some((title, run)) => {
                Some((crate::values::Line::parse(title.get(context.language)).ok()?, shell(run)?))
            }
            None => None,
        },
        log: None,
        drill_environment,
    })
}

/// A volume of a service, by the name that the service gives it.
fn volume_files(
    context: &Context,
    spec: &BackupSpec,
    stated: &VolumeOfSpec,
    services: &Services,
) -> Option<Files> {
    let of = &stated.of.value;
    context.reference(of, stated.of.span)?;
    let service = services.named(of)?;
    let volumes: Vec<(&str, &AbsPath)> = service
        .mounts
        .iter()
        .filter_map(|mount| match &mount.source {
            MountSource::Volume(volume) => Some((volume.called.as_str(), &mount.target)),
            _ => None,
        })
        .collect();
    let wanted = stated.name.value.as_str();
    let Some((_, target)) = volumes.iter().find(|(name, _)| *name == wanted) else {
        let names: Vec<&str> = volumes.iter().map(|(name, _)| *name).collect();
        let unknown = Diagnostic::error("unknown-volume", format!("`{of}` has no volume `{wanted}`"))
            .at(stated.name.span, "named here");
        context.sink.report(match (nearest(wanted, names.iter().copied()), names.is_empty()) {
            (Some(near), _) => unknown.help(format!("did you mean `{near}`?")),
            (None, false) => unknown.help(format!("its volumes: {}", names.join(", "))),
            (None, true) => unknown.help(format!(
                "give it one: `volume \"{wanted}\" at=\"/path/in/the/container\"` inside `{of}`"
            )),
        });
        return None;
    };
    let place = Place::Volume { service: of.clone(), target: (*target).clone() };
    let source = service.mounts.iter().find(|mount| mount.target == **target).map(|mount| &mount.source);
    let shares = |other: &&Service| other.mounts.iter().any(|mount| Some(&mount.source) == source);
    Some(files_at(spec, place, services.iter().filter(shares)))
}

fn host_files(home: &AbsPath, spec: &BackupSpec, files: &[Located<HostPath>], services: &Services) -> Files {
    let mut paths: Vec<AbsPath> = files.iter().map(|file| file.value.within(home)).collect();
    paths.sort();
    paths.dedup();
    // What lies within another one is kept with it.
    let all = paths.clone();
    paths.retain(|path| !all.iter().any(|other| other != path && path.is_within(other)));
    // Who sees a whole disk and writes nothing, as what measures it does, is no user of what lies on it.
    let touches = |mounted: &AbsPath, read_only: bool| {
        paths.iter().any(|path| {
            mounted.is_within(path) || (path.is_within(mounted) && (!read_only || path == mounted))
        })
    };
    let mounts = |service: &&Service| {
        service.mounts.iter().any(|mount| match &mount.source {
            MountSource::Host(host) => touches(host, mount.read_only),
            MountSource::Tree(path) => {
                RelPath::parse(path).is_ok_and(|path| touches(&home.join(&path), mount.read_only))
            }
            _ => false,
        })
    };
    let users: Vec<&Service> = services.iter().filter(mounts).collect();
    files_at(spec, Place::Host(paths), users.into_iter())
}

/// The files of a place, which these services have mounted.
fn files_at<'a>(spec: &BackupSpec, place: Place, users: impl Iterator<Item = &'a Service>) -> Files {
    Files {
        place,
        incremental: spec.incremental.is_some_and(|incremental| incremental.value),
        users: users.map(|service| service.name.clone()).collect(),
        stopped: spec.stopped,
        exclude: spec.exclude.iter().map(|pattern| pattern.value.clone()).collect(),
        check: spec.check.as_ref().map(|check| check.value.to_string()),
    }
}

/// A backup that holds its own folder grows with each run, and a restore would take the archive away.
fn keeps_itself(context: &Context, spec: &BackupSpec, files: &Files, directory: &AbsPath) {
    let Place::Host(paths) = &files.place else { return };
    let Some(path) = paths.iter().find(|path| directory.is_within(path)) else { return };
    context.sink.report(
        Diagnostic::error(
            "backup-in-itself",
            format!("the backup `{}` is kept within what it keeps", spec.name.value),
        )
        .at(spec.files.first().map_or(spec.span, |file| file.span), format!("`{path}` is kept"))
        .at(spec.to.as_ref().map_or(spec.span, |to| to.span), format!("in `{directory}`"))
        .help("keep less, or say `to` with a folder outside"),
    );
}

fn offsite(context: &Context, spec: &BackupSpec, host: &Host) -> Option<Offsite> {
    let offsite = spec.offsite.as_ref()?;
    // Archives of several hosts have the same names: each host has a folder of its own.
    let own = |target: &Line| match context.hosts {
        [_] => Some(target.clone()),
        _ => Line::parse(&format!("{}/{}", target.as_str().trim_end_matches('/'), host.name)).ok(),
    };
    match (&offsite.rsync, &offsite.rclone) {
        (Some(target), None) => own(&target.value).map(Offsite::Rsync),
        (None, Some(target)) => own(&target.value).map(Offsite::Rclone),
        _ => {
            context.sink.report(
                Diagnostic::error("missing-property", "`offsite` needs one of `rsync` and `rclone`")
                    .at(offsite.span, "it is not said where to")
                    .help("write for example `offsite rsync=\"backup@backup.example.com:/srv/backups\"`"),
            );
            None
        }
    }
}
