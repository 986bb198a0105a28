//! `security-check.sh`: what should not be on the host.

use serde::Serialize;

use super::{Clock, Script, header, services};
use crate::{
    emit::template::{Format, Template},
    model::{Backup, Log, Model, Tls},
};

pub(super) static CHECK: Template = Template::new(Format::Shell, include_str!("security-check.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    system: String,
    directory: String,
    starter: &'static str,
    when: Option<String>,
    nginx: Option<String>,
    https: bool,
    /// Whether requests come by way of a proxy in front.
    behind: bool,
    firewall: bool,
    /// `tcp/443`, `udp/6000-6007`: what may be reached.
    openings: Vec<String>,
    rotations: Vec<Rotation>,
    reports: Vec<Report>,
    backups: Vec<Dump>,
    keys: Vec<Key>,
    encrypted: bool,
}

/// A variable that is to be replaced now and then.
#[derive(Serialize)]
struct Rotation {
    name: String,
    days: u64,
}

/// Lines of a service's log that somebody should look at.
#[derive(Serialize)]
struct Report {
    about: String,
    text: String,
    folder: String,
    file: String,
    by: String,
}

/// The file of a secret key, and the public keys of which it must be one.
#[derive(Serialize, PartialEq)]
struct Key {
    identity: String,
    recipients: Vec<String>,
}

/// What is backed up, and how old its newest dump may be.
#[derive(Serialize)]
struct Dump {
    service: String,
    extension: String,
    folder: String,
    seconds: u64,
}

/// The script.
pub fn check(model: &Model, clock: &Clock) -> Script {
    let ingress = model.ingress.as_ref();
    let view = View {
        header: header(model),
        system: model.system.to_string(),
        directory: model.directory().to_owned(),
        starter: clock.starter("security-check"),
        when: clock.when("security-check"),
        nginx: ingress.map(|ingress| ingress.service.to_string()),
        https: ingress.is_some_and(|ingress| !matches!(ingress.tls, Tls::None)),
        behind: ingress.is_some_and(|ingress| !ingress.behind.is_empty()),
        firewall: !model.firewall.openings.is_empty(),
        openings: model
            .firewall
            .openings
            .iter()
            .map(|opening| format!("{}/{}", opening.protocol, opening.ports))
            .collect(),
        rotations: model
            .variables
            .iter()
            .filter_map(|variable| {
                Some(Rotation {
                    name: variable.name.to_string(),
                    days: variable.rotate_every?.whole_days().max(1),
                })
            })
            .collect(),
        reports: model.logs.iter().flat_map(reports).collect(),
        backups: model.backups.iter().map(dump).collect(),
        keys: keys(model),
        encrypted: model.backups.iter().any(|backup| backup.encryption.is_some()),
    };
    let mut from: Vec<String> = services(model).chain(model.firewall.stated_as()).collect();
    from.extend(
        model
            .variables
            .iter()
            .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
    );
    from.extend(model.backups.iter().map(|backup| format!("backup/{}", backup.stated_as())));
    Script { name: "security-check".to_owned(), text: CHECK.render(&view), from }
}

fn reports(log: &Log) -> impl Iterator<Item = Report> {
    let (folder, file) = log.pattern.rsplit_once('/').unwrap_or(("/", &log.pattern));
    log.reports.iter().map(move |report| Report {
        about: report.about.clone(),
        text: report.text.clone(),
        folder: folder.to_owned(),
        file: file.to_owned(),
        by: report.by.clone().unwrap_or_default(),
    })
}

/// Each once, however many backups it opens.
fn keys(model: &Model) -> Vec<Key> {
    let mut keys = Vec::new();
    for encryption in model.backups.iter().filter_map(|backup| backup.encryption.as_ref()) {
        let recipients = encryption.recipients.iter().map(ToString::to_string).collect();
        let key = Key { identity: encryption.identity.to_string(), recipients };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn dump(backup: &Backup) -> Dump {
    Dump {
        service: backup.name.to_string(),
        extension: backup.extension(),
        folder: backup.directory.to_string(),
        // One missed run is told by its own alert at once; here half a period is grace enough.
        seconds: backup.schedule.period().whole_seconds() * 3 / 2 + backup.timeout.whole_seconds(),
    }
}
