//! `rotate-<secret>.sh`: a new value of a secret is put into use where a service keeps the old one.

use serde::Serialize;

use super::{Script, header};
use crate::{
    emit::{
        runbook,
        template::{Format, Template},
    },
    model::{Model, Variable},
};

static ROTATE: Template = Template::new(Format::Shell, include_str!("rotate.sh.tera"));

#[derive(Serialize)]
struct View<'a> {
    header: String,
    directory: &'a str,
    name: &'a str,
    about: String,
    services: Vec<ServiceView<'a>>,
    restart: Vec<String>,
    units: Vec<String>,
}

#[derive(Serialize)]
struct ServiceView<'a> {
    name: &'a str,
    /// What prints the new value in a fresh container, and what reads it in the running one.
    value: &'a str,
    run: &'a str,
}

/// A script for each such secret.
pub fn scripts(model: &Model) -> Vec<Script> {
    let kept = model.variables.iter().filter(|variable| !variable.rotations.is_empty());
    kept.map(|variable| script(model, variable)).collect()
}

fn script(model: &Model, variable: &Variable) -> Script {
    let services = variable.rotations.iter().map(|rotation| ServiceView {
        name: rotation.service.as_str(),
        value: &rotation.value,
        run: &rotation.run,
    });
    let view = View {
        header: header(model),
        directory: model.directory(),
        name: variable.name.as_str(),
        about: variable.about.as_ref().map(ToString::to_string).unwrap_or_default(),
        services: services.collect(),
        restart: runbook::containers(model, variable),
        units: runbook::units(model, variable),
    };
    let mut from = vec![format!("secret/{}", variable.name)];
    from.extend(variable.used_by.iter().map(|name| format!("service/{name}")));
    Script { name: format!("rotate-{}", variable.name), text: ROTATE.render(&view), from }
}
