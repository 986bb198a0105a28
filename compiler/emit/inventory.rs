//! Of several hosts, what each gets: the files that a deployment there keeps, and that a rollback brings back.
//!
//! A tree of one host has its manifest for that, of which this is the part for one host.

use std::collections::BTreeMap;

use serde::Serialize;

use super::artifact::{Artifact, OnChange};
use crate::{digest::sha256, model::Model};

/// Name of such a list, and of the one of a whole tree.
pub const MANIFEST: &str = "manifest.json";

#[derive(Serialize)]
struct Inventory<'a> {
    format_version: u32,
    system: &'a str,
    environment: &'a str,
    host: &'a str,
    files: BTreeMap<&'a str, File>,
}

#[derive(Serialize)]
struct File {
    sha256: String,
    mode: String,
    by: &'static str,
}

/// The list of these files, which are those of the model's host.
pub fn inventory(model: &Model, artifacts: &[Artifact]) -> Artifact {
    let file = |artifact: &Artifact| File {
        sha256: sha256(artifact.contents.as_bytes()),
        mode: format!("{:04o}", artifact.mode),
        by: artifact.emitter,
    };
    let inventory = Inventory {
        format_version: 1,
        system: model.system.as_str(),
        environment: model.environment.as_str(),
        host: model.host.name.as_str(),
        files: artifacts.iter().map(|artifact| (artifact.path.as_str(), file(artifact))).collect(),
    };
    let mut from: Vec<String> = artifacts.iter().flat_map(|artifact| artifact.from.iter().cloned()).collect();
    from.sort_unstable();
    from.dedup();
    Artifact {
        path: MANIFEST.to_owned(),
        contents: (serde_json::to_string_pretty(&inventory).unwrap_or_default() + "\n").into(),
        mode: 0o644,
        emitter: "inventory",
        from,
        on_change: OnChange::Nothing,
    }
}
