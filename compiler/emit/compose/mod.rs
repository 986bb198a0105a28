//! `compose.yaml`: every service as Docker Compose v2 runs it.
//!
//! It decides nothing about services: images, commands, health checks and limits are the model's. What it adds is what
//! every container on a server should have: a bounded log, a restart policy, no way to gain privileges.

mod container;
mod mount;
mod passed;
mod service;
mod shared;
mod text;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Map, Yaml},
};
use crate::model::{Model, SecretSource};

/// Makes the file.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let services = model.containers().fold(Map::new(), |map, one| {
        map.comment(service::reason(one)).set(one.name.to_string(), service::service(model, one))
    });
    let services = passed::services(services, &model.raw_compose);
    let volumes = passed::named_volumes(&services);
    let bounded = passed::uses_alias(&services);
    let mut document = Map::new().set("name", model.system.as_str());
    if bounded {
        document = document.comment("Without a limit the log of one container can fill the disk.").anchored(
            "x-logging",
            "logging",
            service::logging(),
        );
    }
    let document: Yaml = document
        .set("services", services)
        .comment("Data outlives its containers here; `docker compose down --volumes` deletes it.")
        .filled("volumes", shared::volumes(model, volumes))
        .filled("networks", shared::networks(model))
        .comment(secrets_comment(model))
        .filled("secrets", shared::secrets(model, secrets(model)))
        .into();
    let document = passed::document(document, &model.raw_compose);
    vec![Artifact {
        path: "compose.yaml".into(),
        contents: document.document(&format!("{}\n{}", header(model), start(model))).into(),
        mode: 0o644,
        emitter: "compose",
        from: from(model),
        on_change: OnChange::Recreate("the containers that differ (docker compose up -d)".into()),
    }]
}

/// How it is started. Compose takes a task that has ended for a failure when it is told to wait for all.
fn start(model: &Model) -> &'static str {
    if model.tasks().next().is_some() {
        "Start it: docker compose up -d (with --wait compose takes what ends, as a task does, for a failure)"
    } else {
        "Start it: docker compose up -d --wait"
    }
}

fn from(model: &Model) -> Vec<String> {
    let mut from = vec!["system".to_owned()];
    for one in &model.services {
        from.push(format!("service/{}", one.name));
        from.push(format!("kind/{}", one.kind));
    }
    from.extend(model.variables.iter().filter(|variable| !variable.used_by.is_empty()).map(|variable| {
        format!("{}/{}", if variable.secret { "secret" } else { "variable" }, variable.name)
    }));
    from
}

/// Where the secrets come from, and how a new one reaches who reads it.
fn secrets_comment(model: &Model) -> String {
    let stated = || model.shared.secrets.iter().map(|secret| &secret.source);
    let of_file = |source: &SecretSource| matches!(source, SecretSource::File(_));
    let values = !secrets(model).is_empty() || stated().any(|source| !of_file(source));
    let what = match (values, stated().any(of_file)) {
        (true, false) => "Values from the environment, which these programs read from files.",
        (false, _) => "Files of the host, which these programs read.",
        (true, true) => {
            "Values from the environment and files of the host, which these programs read from files."
        }
    };
    format!("{what} A new value needs a new container:\ndocker compose up -d --force-recreate SERVICE")
}

fn secrets(model: &Model) -> Vec<String> {
    model.containers().flat_map(|service| &service.secret_files).map(|(name, _)| name.to_string()).collect()
}
