//! A look at the host every minute: what exporters cannot see from their containers.

use serde::Serialize;

use super::{
    Clock, Script, header, services, textfiles,
    unit::{self, UnitView},
};
use crate::{
    emit::template::{Format, Template},
    model::Model,
};

/// The script.
pub static HOST: Template = Template::new(Format::Shell, include_str!("watch-host.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    system: String,
    textfiles: String,
    starter: &'static str,
    when: Option<String>,
    /// The services that should run in containers.
    containers: Vec<String>,
    units: Vec<UnitView>,
}

/// The script; none where nobody collects what it tells.
pub fn script(model: &Model, clock: &Clock) -> Option<Script> {
    let name = "watch-host";
    let constant = model.containers().filter(|service| service.profile.is_none());
    let view = View {
        header: header(model),
        system: model.system.to_string(),
        textfiles: textfiles(model)?,
        starter: clock.starter(name),
        when: clock.when(name),
        containers: constant.map(|service| service.name.to_string()).collect(),
        units: unit::units(model),
    };
    Some(Script { name: name.to_owned(), text: HOST.render(&view), from: services(model).collect() })
}
