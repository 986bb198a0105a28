//! What the host does for the services that run on itself: their environment.

use serde::Serialize;

use super::{Script, header};
use crate::{
    emit::template::{Format, Template},
    model::{HostUnit, Model, Part, Service, Tls},
};

static ENVIRONMENT: Template = Template::new(Format::Shell, include_str!("unit-environment.sh.tera"));

/// A unit as the scripts see it.
#[derive(Serialize)]
pub struct UnitView {
    /// Its name, without `.service`.
    pub name: String,
    /// The service that it runs.
    pub service: String,
    pub user: String,
    pub group: String,
    pub directory: String,
    /// The repository whose tags are released; empty when there is none.
    pub source: String,
    pub shared: Vec<String>,
    /// Other paths that it writes to.
    pub writes: Vec<String>,
    pub prepare: Vec<String>,
    pub migrate: Vec<String>,
    pub environment_file: String,
    pub working_directory: String,
    /// What it answers when it works; empty when nothing is known of it.
    pub url: String,
    /// Where it listens: `172.17.0.1 3000`; empty when it has no port.
    pub address: String,
    /// The address on which it listens; empty when it has no port.
    pub listens: String,
    /// What it is asked for, as the proxy would: the name of the system, and whether it came encrypted.
    pub domain: String,
    pub scheme: &'static str,
    variables: Vec<Assignment>,
}

/// A variable and what its value is made of.
#[derive(Serialize)]
struct Assignment {
    name: String,
    parts: Vec<Piece>,
}

#[derive(Serialize)]
struct Piece {
    sort: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Default {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct View {
    header: String,
    directory: String,
    defaults: Vec<Default>,
    units: Vec<UnitView>,
}

/// The units of the system.
pub fn units(model: &Model) -> Vec<UnitView> {
    model.units().map(|(service, unit)| unit_view(model, service, unit)).collect()
}

/// Addresses of the services that run on the host itself.
pub fn addresses(model: &Model) -> impl Iterator<Item = String> {
    model.units().map(|(service, _)| format!("service/{}", service.name))
}

/// Their environment; none when everything runs in containers.
pub fn environment(model: &Model) -> Option<Script> {
    model.units().next()?;
    let view = View {
        header: header(model),
        directory: model.directory().to_owned(),
        defaults: model
            .variables
            .iter()
            .filter_map(|variable| {
                let value = variable.default.as_ref()?.to_string();
                Some(Default { name: variable.name.to_string(), value })
            })
            .collect(),
        units: units(model),
    };
    let name = "unit-environment".to_owned();
    Some(Script { name, text: ENVIRONMENT.render(&view), from: addresses(model).collect() })
}

fn unit_view(model: &Model, service: &Service, unit: &HostUnit) -> UnitView {
    let address = service.port.and_then(|port| service.on_host(port));
    let url =
        address.as_ref().zip(service.health_path.as_ref()).map(|(at, path)| format!("http://{at}{path}"));
    let encrypted = model.ingress.as_ref().is_some_and(|ingress| !matches!(ingress.tls, Tls::None));
    UnitView {
        name: unit.name.to_string(),
        service: service.name.to_string(),
        user: unit.user.to_string(),
        group: unit.group.to_string(),
        directory: unit.directory.to_string(),
        source: unit.source.clone().unwrap_or_default(),
        shared: unit.shared.iter().map(|path| path.bare().to_owned()).collect(),
        writes: unit.writes.iter().map(ToString::to_string).collect(),
        prepare: unit.prepare.iter().map(ToString::to_string).collect(),
        migrate: unit.migrate.iter().map(ToString::to_string).collect(),
        environment_file: unit.environment_file(),
        working_directory: unit.working_directory(),
        url: url.unwrap_or_default(),
        address: service.port.map(|port| format!("{} {port}", unit.listen)).unwrap_or_default(),
        listens: service.port.map(|_| unit.listen.to_string()).unwrap_or_default(),
        domain: model.domain.to_string(),
        scheme: if encrypted { "https" } else { "http" },
        variables: variables(service, unit),
    }
}

/// What it is given, the variables that stand in its command, under their own names, and where programs are found.
fn variables(service: &Service, unit: &HostUnit) -> Vec<Assignment> {
    let own = service.environment.iter().map(|(name, text)| {
        let parts = text.parts.iter().map(|part| match part {
            Part::Literal(text) => Piece { sort: "text", text: text.clone() },
            Part::Variable(name) => Piece { sort: "value", text: name.to_string() },
            // Refused of a unit when it was resolved.
            Part::Reference { names, .. } => {
                Piece { sort: "value", text: names.iter().map(ToString::to_string).collect() }
            }
        });
        Assignment { name: name.to_string(), parts: parts.collect() }
    });
    let mut all: Vec<Assignment> = own.collect();
    if !unit.path.is_empty() && !all.iter().any(|known| known.name == "PATH") {
        let folders: Vec<&str> = unit.path.iter().map(|path| path.as_str()).collect();
        let text = format!("{}:/usr/local/bin:/usr/bin:/bin", folders.join(":"));
        all.push(Assignment { name: "PATH".to_owned(), parts: vec![Piece { sort: "text", text }] });
    }
    for name in service.command.iter().flat_map(|word| word.variables()) {
        if !all.iter().any(|known| known.name == name.as_str()) {
            let parts = vec![Piece { sort: "value", text: name.to_string() }];
            all.push(Assignment { name: name.to_string(), parts });
        }
    }
    all
}
