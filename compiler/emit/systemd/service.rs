//! The unit of one service.

use serde::Serialize;

use super::passed;
use crate::{
    emit::{
        header::header,
        quote,
        template::{Format, Template},
    },
    model::{HostUnit, Model, Part, Service, Text},
};

static UNIT: Template = Template::new(Format::Line, include_str!("unit.service.tera"));

/// Time in which a program ends by itself when nothing is said of it.
const STOP_SECONDS: u64 = 30;
/// What systemd itself gives services at most, and few need.
const OPEN_FILES: u32 = 65_536;
/// The weight of one processor among others, as systemd counts it.
const WEIGHT: f64 = 100.0;

#[derive(Serialize)]
struct View {
    header: String,
    description: String,
    directory: String,
    /// Units that it needs.
    units: Vec<String>,
    /// Units of the host without which it does not run, and all that are started before it.
    requires: Vec<String>,
    after: Vec<String>,
    environment_files: Vec<String>,
    /// What it needs of the containers.
    waits: Vec<Wait>,
    readiness: &'static str,
    user: String,
    group: String,
    working_directory: String,
    environment_file: String,
    command: String,
    reload: Option<&'static str>,
    stop: u64,
    watchdog: Option<u64>,
    memory_max: Option<String>,
    memory_low: Option<u64>,
    cpu_quota: Option<String>,
    cpu_weight: Option<u32>,
    open_files: u32,
    writable: Vec<String>,
    home: &'static str,
    jit: bool,
}

/// A port that must be open first.
#[derive(Serialize)]
struct Wait {
    host: String,
    port: String,
}

/// The file.
pub fn text(model: &Model, service: &Service, unit: &HostUnit) -> String {
    passed::with(&UNIT.render(&view(model, service, unit)), &unit.passed)
}

fn view(model: &Model, service: &Service, unit: &HostUnit) -> View {
    let needed = || service.needs.iter().filter_map(|need| model.service(&need.service));
    let waits = needed().filter(|other| other.unit().is_none()).filter_map(|other| {
        let address = other.on_host(other.port?)?;
        let (host, port) = address.rsplit_once(':')?;
        Some(Wait { host: host.to_owned(), port: port.to_owned() })
    });
    let cpus = |stated: &Option<crate::source::Located<String>>| {
        stated.as_ref().and_then(|cpus| cpus.value.parse::<f64>().ok())
    };
    View {
        header: header(model),
        description: quote::systemd_text(&format!("{}: {}", model.title, service.about)),
        directory: model.directory().to_owned(),
        units: needed().filter_map(|other| other.unit()).map(|unit| unit.name.to_string()).collect(),
        requires: unit.requires.iter().map(ToString::to_string).collect(),
        after: unit.requires.iter().chain(&unit.after).map(ToString::to_string).collect(),
        environment_files: unit.environment_files.iter().map(ToString::to_string).collect(),
        waits: waits.collect(),
        readiness: unit.readiness.as_str(),
        user: unit.user.to_string(),
        group: unit.group.to_string(),
        working_directory: unit.working_directory(),
        environment_file: unit.environment_file(),
        command: command(&service.command),
        reload: unit.reload.map(|signal| signal.as_str()),
        stop: service.stop_grace.map_or(STOP_SECONDS, |grace| grace.whole_seconds().max(1)),
        watchdog: unit.watchdog.map(|time| time.whole_seconds().max(1)),
        memory_max: service.limits.memory.map(|size| size.value.systemd()),
        memory_low: service.reservations.memory.map(|size| size.value.bytes()),
        cpu_quota: cpus(&service.limits.cpus).map(|cpus| format!("{:.0}%", cpus * 100.0)),
        cpu_weight: cpus(&service.reservations.cpus).map(|cpus| (cpus * WEIGHT).clamp(1.0, 10_000.0) as u32),
        open_files: unit.open_files.map_or(OPEN_FILES, |count| count.get()),
        writable: unit.writable().map(|path| path.to_string()).collect(),
        home: if unit.is_at_home() { "read-only" } else { "yes" },
        jit: unit.jit,
    }
}

/// The command. systemd looks for programs in folders of its own choice, so that `env` looks for those without a path.
fn command(words: &[Text]) -> String {
    let mut written: Vec<String> = words.iter().map(word).collect();
    let absolute = words.first().and_then(Text::as_literal).is_some_and(|word| word.starts_with('/'));
    if !absolute {
        written.insert(0, "/usr/bin/env".to_owned());
    }
    written.join(" ")
}

/// A word of the command; a variable in it is that of the environment file.
fn word(text: &Text) -> String {
    if let Some(literal) = text.as_literal() {
        return quote::systemd(literal);
    }
    let mut inner = String::new();
    for part in &text.parts {
        match part {
            // Quotes are added around the whole.
            Part::Literal(literal) => {
                let quoted = quote::systemd(literal);
                inner.push_str(
                    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted),
                );
            }
            Part::Variable(name) => inner.push_str(&format!("${{{name}}}")),
            // No command of a service has one.
            Part::Reference { names, .. } => {
                names.iter().for_each(|name| inner.push_str(&format!("${{{name}}}")))
            }
        }
    }
    format!("\"{inner}\"")
}
