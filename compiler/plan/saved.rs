//! A plan in a file: exactly this is done later, or nothing.

use serde::{Deserialize, Serialize};

use super::{Plan, State};
use crate::{digest::sha256, source::Sources};

/// Version of the format.
pub const FORMAT: u32 = 1;

/// What `plan --save` writes. It holds digests and paths, no contents and no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPlan {
    /// Marks the file as what it is.
    pub kind: String,
    /// Version of the format.
    pub format_version: u32,
    /// Version of the compiler: another one could write other bytes.
    pub ondol: String,
    /// The descriptions that were planned.
    pub descriptions: Vec<SavedDescription>,
    /// Environments that were asked for; empty for all.
    pub environments: Vec<String>,
    /// The output folder.
    pub out: String,
    /// Whether files that were edited by hand are overwritten.
    pub overwrite_edited: bool,
    /// One entry for each environment of each system.
    pub targets: Vec<SavedTarget>,
}

/// A description with a digest of all that was read for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDescription {
    /// Its path.
    pub path: String,
    /// Digest of it and of its imports.
    pub digest: String,
}

/// What was planned for one environment of one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTarget {
    /// The system.
    pub system: String,
    /// The environment.
    pub environment: String,
    /// Digest of what the target held.
    pub state: String,
    /// Digest of the manifest that is to be written, and with it of every file.
    pub result: String,
}

/// The word in `kind`.
pub const KIND: &str = "ondol-plan";

impl SavedTarget {
    /// The entry for `plan`, which was made from `state`.
    pub fn new(plan: &Plan, state: &State) -> SavedTarget {
        SavedTarget {
            system: plan.system.clone(),
            environment: plan.environment.clone(),
            state: state.digest().to_owned(),
            result: sha256(plan.manifest.as_bytes()),
        }
    }
}

/// A digest of every source that was read, the standard library among them.
pub fn digest(sources: &Sources) -> String {
    let mut text = String::new();
    for (_, source) in sources.iter() {
        text.push_str(&format!("{} {}\n", source.name, sha256(source.text.as_bytes())));
    }
    sha256(text.as_bytes())
}

/// Whether a text is a saved plan, or the beginning of one.
pub fn is_plan(text: &str) -> bool {
    let beginning = text.char_indices().nth(100).map_or(text, |(at, _)| &text[..at]);
    text.starts_with('{') && beginning.contains(&format!("\"{KIND}\""))
}

impl SavedPlan {
    /// Reads a saved plan; none when the file is something else, an error when it is one that cannot be used. No KDL begins
    /// with a brace, so a plan that was cut short is still told from a description.
    pub fn parse(text: &str) -> Option<Result<SavedPlan, String>> {
        if !text.trim_start().starts_with('{') {
            return None;
        }
        Some(Self::read(text))
    }

    fn read(text: &str) -> Result<SavedPlan, String> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| match error.is_eof() {
            true => "it ends in the middle".to_owned(),
            false => format!("it is not JSON: {error}"),
        })?;
        if value.get("kind").and_then(|kind| kind.as_str()) != Some(KIND) {
            return Err("it is JSON of something else".to_owned());
        }
        let plan = serde_json::from_value::<SavedPlan>(value).map_err(|error| error.to_string())?;
        if plan.format_version == FORMAT {
            Ok(plan)
        } else {
            Err(format!("it has format {}, this ondol reads {FORMAT}", plan.format_version))
        }
    }

    /// Why this plan cannot be done any more; none when `now` is what was saved.
    pub fn stale(&self, now: &SavedPlan) -> Option<String> {
        if self.ondol != now.ondol {
            return Some(format!("it was made by ondol {}, this is {}", self.ondol, now.ondol));
        }
        for (then, now) in self.descriptions.iter().zip(&now.descriptions) {
            if then != now {
                return Some(format!("{}, or a file that it imports, has changed since", then.path));
            }
        }
        if self.targets.len() != now.targets.len() {
            return Some("the environments have changed since".into());
        }
        for (then, now) in self.targets.iter().zip(&now.targets) {
            if then.state != now.state {
                return Some(format!("generated/{}/{} has changed since", then.system, then.environment));
            }
            if then != now {
                return Some(format!(
                    "a file that {} / {} is made from has changed since",
                    then.system, then.environment
                ));
            }
        }
        None
    }
}
