//! What a tree holds now: its manifest and the files that concern us, read from disk by `apply::target`.

use std::{collections::BTreeMap, sync::OnceLock};

use super::manifest::Manifest;
use crate::digest::sha256;

/// What was found at a target.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The manifest of the last apply; empty when there was none.
    pub manifest: Manifest,
    /// The files of the manifest and those that are wanted, where they exist.
    pub files: BTreeMap<String, OnDisk>,
    /// The text of the manifest as it stands on disk.
    pub manifest_text: Option<String>,
    digest: OnceLock<String>,
}

/// A file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// Its bytes.
    pub contents: Vec<u8>,
    /// Whether anybody may execute it.
    pub executable: bool,
}

impl State {
    /// What was found.
    pub fn new(manifest_text: String, manifest: Manifest, files: BTreeMap<String, OnDisk>) -> State {
        State { manifest, files, manifest_text: Some(manifest_text), digest: OnceLock::new() }
    }

    /// Whether somebody else than ondol wrote the file as it is now.
    pub fn is_edited(&self, path: &str, file: &OnDisk) -> bool {
        self.manifest.written(path).is_none_or(|record| record.sha256 != sha256(&file.contents))
    }

    /// A digest of everything that a plan for this target was made from.
    pub fn digest(&self) -> &str {
        self.digest.get_or_init(|| {
            let mut text = self.manifest_text.clone().unwrap_or_default();
            for (path, file) in &self.files {
                text.push_str(&format!("\n{path} {} {}", file.executable, sha256(&file.contents)));
            }
            sha256(text.as_bytes())
        })
    }

    /// The state without all that was read: its digest alone.
    pub fn digested(self) -> State {
        self.digest();
        State { digest: self.digest, ..State::default() }
    }
}
