//! `logrotate.d/<system>`: a stanza for each rule of rotation, with all the files that it holds for; and, where a log is
//! rotated every hour, a part of the timer that starts logrotate, which by itself does so once a day.
//!
//! It never says `copytruncate` and `create` in one stanza (the one makes the other void), nor `size` beside a rhythm
//! (which would be void).

mod stanza;

use serde::Serialize;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    template::{Format, Template},
};
use crate::model::{Log, Model, MountSource, Origin};

pub static STANZAS: Template = Template::new(Format::Line, include_str!("logrotate.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    logs: Vec<Stanza>,
}

#[derive(Serialize)]
struct Stanza {
    why: String,
    patterns: Vec<String>,
    directives: Vec<stanza::Said>,
}

/// Makes the file; none when nothing is rotated.
pub fn emit(model: &Model) -> Vec<Artifact> {
    if model.logs.is_empty() {
        return Vec::new();
    }
    let mut logs: Vec<Stanza> = Vec::new();
    for stanza in model.logs.iter().map(|log| rotated(model, log)) {
        match logs
            .last_mut()
            .filter(|last| (&last.why, &last.directives) == (&stanza.why, &stanza.directives))
        {
            Some(last) => last.patterns.extend(stanza.patterns),
            None => logs.push(stanza),
        }
    }
    let mut from = vec!["system".to_owned()];
    from.extend(model.services.iter().map(|service| format!("service/{}", service.name)));
    from.extend(stated(model));
    from.extend(model.jobs.iter().map(|job| format!("job/{}", job.name)));
    from.extend(model.backups.iter().map(|backup| format!("backup/{}", backup.stated_as())));
    let file = |path: String, contents: String| Artifact {
        path,
        contents: contents.into(),
        mode: 0o644,
        emitter: "logrotate",
        from: from.clone(),
        on_change: OnChange::Reload("logrotate (sudo scripts/install.sh)".into()),
    };
    let stanzas = STANZAS.render(&View { header: header(model), logs });
    let mut files = vec![file(format!("logrotate.d/{}", model.system), stanzas)];
    if let Some(part) = part_of_timer(model) {
        // To the second: the rotation of one hour must not slip into the next.
        let every = "[Timer]\nOnCalendar=hourly\nAccuracySec=1s\n";
        files.push(file(format!("systemd/{part}"), format!("# {}\n{every}", header(model))));
    }
    files
}

/// The part of logrotate's timer that starts it every hour, among the units of the host; none where every day is enough.
pub fn part_of_timer(model: &Model) -> Option<String> {
    let hourly = model.logs.iter().any(|log| log.rhythm == "hourly");
    hourly.then(|| format!("logrotate.timer.d/{}.conf", model.system))
}

/// Addresses of the `log` nodes: those of the system, and the service whose folder it is with the file's path in the
/// container.
fn stated(model: &Model) -> Vec<String> {
    let mut addresses = Vec::new();
    for log in &model.logs {
        addresses.push(format!("log/{}", log.pattern));
        addresses.extend(log.writer.iter().map(|service| format!("service/{service}/log/{}", log.pattern)));
        let Some((folder, file)) = log.pattern.rsplit_once('/') else { continue };
        for service in &model.services {
            let mounts = service.mounts.iter().filter(|mount| is_folder(&mount.source, folder));
            addresses
                .extend(mounts.map(|mount| format!("service/{}/log/{}/{file}", service.name, mount.target)));
        }
    }
    addresses
}

fn rotated(model: &Model, log: &Log) -> Stanza {
    let folder = log.pattern.rsplit_once('/').map_or("", |(folder, _)| folder);
    let writer = model
        .services
        .iter()
        .find(|service| service.mounts.iter().any(|mount| is_folder(&mount.source, folder)));
    let why = match (&log.origin, writer) {
        (Origin::Derived { because, .. }, _) => format!("Derived: {because}."),
        (_, Some(service)) => format!("Written by {}.", service.name),
        (_, None) => {
            log.writer.as_ref().map_or("As described.".to_owned(), |service| format!("Written by {service}."))
        }
    };
    Stanza { why, patterns: vec![log.pattern.clone()], directives: stanza::words(log, writer.is_some()) }
}

fn is_folder(source: &MountSource, folder: &str) -> bool {
    matches!(source, MountSource::Host(path) if path.as_str() == folder)
}
