//! The manifest of a generated tree: what was written last, and the facts that it was written from.
//!
//! It is the state that a plan compares with. It holds no time, no host and no secret.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{digest::sha256, emit::Artifact, stdlib, syntax::Facts};

/// Version of the format. A manifest of a later one is not read.
pub const FORMAT: u32 = 1;

/// Name of the manifest in its tree.
pub const FILE: &str = "manifest.json";

/// What `manifest.json` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub format_version: u32,
    /// The system.
    pub system: String,
    /// The environment.
    pub environment: String,
    /// Version of the compiler.
    pub ondol: String,
    /// Version of the standard library.
    pub stdlib: String,
    /// Every file but this one, by its path within the tree.
    pub files: BTreeMap<String, FileRecord>,
    /// Files that were edited by hand and stand as they are although something else is wanted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<String, Kept>,
    /// What the description says, and the kinds that it uses, built-in ones too: address, field, value.
    pub facts: BTreeMap<String, BTreeMap<String, String>>,
}

/// A file of a generated tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Permission bits, in octal.
    pub mode: String,
    /// The emitter that produced it.
    pub by: String,
}

/// A file that was kept as edited: not forgotten until it is overwritten, or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whether nothing is wanted in its place any more.
    pub unwanted: bool,
    /// The changed addresses for which it should have changed, or gone.
    pub because: Vec<String>,
    /// As ondol wrote it last.
    pub written: FileRecord,
}

impl Manifest {
    /// The file as ondol wrote it last, be it wanted or not.
    pub fn written(&self, path: &str) -> Option<&FileRecord> {
        self.files.get(path).or_else(|| self.kept.get(path).map(|kept| &kept.written))
    }

    /// The manifest of a tree about to be written.
    pub fn new(system: &str, environment: &str, artifacts: &[Artifact], facts: &Facts) -> Manifest {
        let record = |artifact: &Artifact| FileRecord {
            sha256: sha256(artifact.contents.as_bytes()),
            mode: format!("{:04o}", artifact.mode),
            by: artifact.emitter.to_owned(),
        };
        let files = || -> Vec<_> {
            artifacts.par_iter().map(|artifact| (artifact.path.clone(), record(artifact))).collect()
        };
        let (files, facts) = rayon::join(files, || by_address(facts));
        Manifest {
            format_version: FORMAT,
            system: system.to_owned(),
            environment: environment.to_owned(),
            ondol: env!("CARGO_PKG_VERSION").to_owned(),
            stdlib: stdlib::VERSION.to_owned(),
            files: files.into_iter().collect(),
            kept: BTreeMap::new(),
            facts,
        }
    }

    /// Reads a manifest; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Manifest, String> {
        let manifest: Manifest = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if manifest.format_version > FORMAT {
            return Err(format!(
                "it has format {}, this ondol reads up to {FORMAT}: update ondol",
                manifest.format_version
            ));
        }
        Ok(manifest)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn by_address(facts: &Facts) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut all: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for said in facts.runs() {
        let fields = said.iter().map(|fact| (fact.field.clone(), fact.value.clone()));
        match all.get_mut(&said[0].address) {
            Some(known) => known.extend(fields),
            None => drop(all.insert(said[0].address.clone(), fields.collect())),
        }
    }
    all
}
