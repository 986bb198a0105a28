//! `deliver.sh`: images and tree go to the host from the machine that builds them, and are deployed there.

use serde::Serialize;

use super::{Script, header, services};
use crate::{
    emit::template::{Format, Template},
    model::Model,
};

static DELIVER: Template = Template::new(Format::Shell, include_str!("deliver.sh.tera"));

#[derive(Serialize)]
struct View {
    header: String,
    user: String,
    host: String,
    /// The host as rsync wants it: an IPv6 address stands in brackets.
    target: String,
    port: u16,
    directory: String,
    /// Images that are built, without their tag.
    images: Vec<String>,
    /// Variables that the environment file of the host has, and that no build needs.
    variables: Vec<String>,
}

/// The address of the host, when a pipeline delivers this environment to it.
fn to(model: &Model) -> Option<String> {
    let pipeline = model.pipeline.as_ref()?;
    pipeline.deploys.iter().find(|deploy| deploy.environment == model.environment)?;
    let internal = model.host.internal.map(|ip| ip.to_string());
    model.host.address.as_ref().map(ToString::to_string).or(internal)
}

/// Whether there is the script.
pub fn is_there(model: &Model) -> bool {
    to(model).is_some()
}

/// The script, when a pipeline delivers this environment.
pub fn script(model: &Model) -> Option<Script> {
    let host = to(model)?;
    let target = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let view = View {
        header: header(model),
        user: model.host.ssh_user.to_string(),
        target,
        host,
        port: model.host.ssh_port.get(),
        directory: model.directory().to_owned(),
        images: model.built_images(),
        variables: model
            .variables
            .iter()
            .filter(|variable| variable.default.is_none())
            .map(|variable| variable.name.to_string())
            .collect(),
    };
    let mut from: Vec<String> = services(model).collect();
    from.push("ci".into());
    from.extend(
        model
            .variables
            .iter()
            .map(|v| format!("{}/{}", if v.secret { "secret" } else { "variable" }, v.name)),
    );
    Some(Script { name: "deliver".to_owned(), text: DELIVER.render(&view), from })
}
