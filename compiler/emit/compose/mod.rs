//! `compose.yaml`: every service as Docker Compose v2 runs it.

mod service;

use super::{
    artifact::{Artifact, OnChange},
    header::header,
    yaml::{Map, Yaml},
};
use crate::model::{Model, MountSource};

/// Makes the file.
pub fn emit(model: &Model) -> Vec<Artifact> {
    let mut services = Map::new();
    for one in &model.services {
        services =
            services.comment(service::reason(one)).set(one.name.as_str(), service::service(model, one));
    }
    let mut document = Map::new()
        .set("name", model.system.as_str())
        .comment("Without a limit the log of one container can fill the disk.")
        .anchored(
            "x-logging",
            "logging",
            Map::new()
                .set("driver", "json-file")
                .set("options", Map::new().set("max-size", "10m").set("max-file", "5")),
        )
        .set("services", services.spaced());
    let mut volumes: Vec<&str> = model
        .services
        .iter()
        .flat_map(|s| &s.mounts)
        .filter_map(|mount| match &mount.source {
            MountSource::Volume(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    volumes.sort_unstable();
    volumes.dedup();
    document = document.filled(
        "volumes",
        volumes.into_iter().fold(Map::new(), |map, name| map.set(name, Yaml::Map(Vec::new()))),
    );
    let mut secrets: Vec<&str> =
        model.services.iter().flat_map(|s| &s.secret_files).map(|(name, _)| name.as_str()).collect();
    secrets.sort_unstable();
    secrets.dedup();
    document = document
        .comment("Read from the environment file, seen by containers as files: these programs expand no variables.")
        .filled("secrets", secrets.into_iter().fold(Map::new(), |map, name| map.set(name, Map::new().set("environment", name))));
    let yaml: Yaml = document.into();
    let mut from = vec!["system".to_owned()];
    for one in &model.services {
        from.push(format!("service/{}", one.name));
        from.push(format!("kind/{}", one.kind));
    }
    vec![Artifact {
        path: "compose.yaml".into(),
        contents: yaml.document(&format!("{}\nStart: docker compose up -d --wait", header(model))),
        mode: 0o644,
        emitter: "compose",
        from,
        on_change: OnChange::Recreate("the containers that differ (docker compose up -d)".into()),
    }]
}
