//! `log-metrics.sh`: what is drawn from logs whose lines are described.
//!
//! The lines are read by `jq`, as JSON: a pattern would take what stands in a text for a field, and could not tell fields of
//! one name apart that lie in different objects.

use serde::Serialize;

use super::{Clock, Script, header, textfiles};
use crate::{
    emit::template::{Format, Template},
    model::Model,
};

static DRAW: Template = Template::new(Format::Shell, include_str!("log-metrics.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    directory: String,
    system: String,
    states: String,
    textfiles: String,
    starter: &'static str,
    when: Option<String>,
    described: Vec<Described>,
}

/// A log whose lines are described.
#[derive(Serialize)]
struct Described {
    service: String,
    /// The file as its service names it.
    path: String,
    /// The file on the host.
    file: String,
    /// What its files in the tree begin with.
    place: String,
}

/// The script; none when no log is described, or nobody collects metrics.
pub fn script(model: &Model, clock: &Clock) -> Option<Script> {
    let textfiles = textfiles(model)?;
    let described: Vec<Described> = schemas(model)
        .map(|log| Described {
            service: log.service.to_string(),
            path: log.path.clone(),
            file: log.file.clone(),
            place: log.place(),
        })
        .collect();
    if described.is_empty() {
        return None;
    }
    let view = View {
        header: header(model),
        directory: model.directory().to_owned(),
        system: model.system.to_string(),
        states: format!("/var/lib/ondol/{}/logs", model.system),
        textfiles,
        starter: clock.starter("log-metrics"),
        when: clock.when("log-metrics"),
        described,
    };
    let from = schemas(model).map(|log| format!("service/{}/log/{}", log.service, log.path)).collect();
    Some(Script { name: "log-metrics".to_owned(), text: DRAW.render(&view), from })
}

fn schemas(model: &Model) -> impl Iterator<Item = &crate::model::LogSchema> {
    model.logs.iter().filter_map(|log| log.schema.as_ref())
}
