//! What `apply` would do to a target, and why: a value that is printed, saved, or done.

mod changes;
mod consequence;
mod containers;
mod files;
mod keeping;
pub mod manifest;
pub mod present;
mod removal;
mod risk;
pub mod saved;
mod state;

pub use changes::{Action, FieldChange, SystemChange};
pub use consequence::Consequence;
pub use files::{Cause, FileChange};
pub use manifest::Manifest;
pub use removal::removal;
pub use state::{OnDisk, State};

use crate::Compiled;

/// The plan for one environment of one system.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The system.
    pub system: String,
    /// The environment.
    pub environment: String,
    /// What changes in the system.
    pub changes: Vec<SystemChange>,
    /// What changes in the files.
    pub files: Vec<FileChange>,
    /// What has to follow on the host, least grave first.
    pub consequences: Vec<Consequence>,
    /// Addresses whose change may lose data, each with the reason.
    pub risks: Vec<(String, String)>,
    /// How many files stay as they are.
    pub unchanged: usize,
    /// Whether another ondol made the last apply: files may change although the system does not.
    pub compiler_changed: bool,
    /// Whether this is the first apply to this target.
    pub first: bool,
    /// Whether the tree is no longer described: what was written there goes.
    pub gone: bool,
    /// The text of the manifest that will be written; empty when none stays.
    pub manifest: String,
    /// Whether that is another text than stands there.
    pub manifest_changes: bool,
}

/// Compares what was compiled with what is there.
pub fn plan(state: &State, compiled: &Compiled, overwrite_edited: bool) -> Plan {
    let mut manifest = Manifest::new(
        compiled.system.as_str(),
        compiled.environment.as_str(),
        &compiled.artifacts,
        &compiled.facts,
    );
    let compare = || {
        let changes = changes::system_changes(&state.manifest, &manifest, &compiled.facts);
        let files = files::file_changes(state, &compiled.artifacts, &manifest, &changes, overwrite_edited);
        (changes, files)
    };
    let ((changes, files), mut text) = rayon::join(compare, || manifest.text());
    manifest.kept = files::kept(&files, &state.manifest);
    if !manifest.kept.is_empty() {
        text = manifest.text();
    }
    let risks = risk::all(&changes, state, &manifest, &compiled.artifacts);
    let touched = files.iter().filter(|file| file.action != Action::Delete).count();
    Plan {
        system: compiled.system.to_string(),
        environment: compiled.environment.to_string(),
        unchanged: compiled.artifacts.len() - touched,
        compiler_changed: state.manifest_text.is_some() && state.manifest.ondol != manifest.ondol,
        first: state.manifest_text.is_none(),
        gone: false,
        consequences: consequence::all(&files, &changes, state.manifest_text.is_none()),
        changes,
        risks,
        files,
        manifest_changes: state.manifest_text.as_ref() != Some(&text),
        manifest: text,
    }
}

impl Plan {
    /// Whether apply would change anything: a file, or the manifest.
    pub fn is_empty(&self) -> bool {
        !self.manifest_changes && self.files.iter().all(|file| file.kept)
    }

    /// Why the change of `address` may lose data.
    pub fn risks_of<'a>(&'a self, address: &'a str) -> impl Iterator<Item = &'a str> {
        self.risks.iter().filter(move |(at, _)| at == address).map(|(_, risk)| risk.as_str())
    }
}
