//! What would change: in the system first, then in the files that follow. The only file that knows `similar`.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};

use super::{manifest::Manifest, state::State};
use crate::{
    emit::{Artifact, OnChange},
    source::Span,
    syntax::Fact,
};

/// What happens to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is new.
    Create,
    /// It changes.
    Update,
    /// It goes away.
    Delete,
}

impl Action {
    /// The symbol, as Terraform's users know it.
    pub fn symbol(self) -> char {
        match self {
            Action::Create => '+',
            Action::Update => '~',
            Action::Delete => '-',
        }
    }

    /// The word for JSON.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }
}

/// A change in the system.
#[derive(Clone, Debug)]
pub struct SystemChange {
    /// What changes: `service/backend`.
    pub address: String,
    /// How.
    pub action: Action,
    /// What is said differently of it: for an update each field that differs; for a new thing all that is said.
    pub fields: Vec<FieldChange>,
    /// Where it is stated now.
    pub span: Option<Span>,
}

/// A change of one thing that is said.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// What is said: `limits.memory`.
    pub field: String,
    /// What was said before.
    pub before: Option<String>,
    /// What is said now.
    pub after: Option<String>,
    /// Where.
    pub span: Option<Span>,
}

/// A change of one file.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// The path within the tree.
    pub path: String,
    /// How.
    pub action: Action,
    /// The changed addresses that it follows from; empty when only ondol itself, or the file, has changed.
    pub because: Vec<String>,
    /// What a change of it means for what runs.
    pub consequence: OnChange,
    /// Lines that come and go.
    pub lines: (usize, usize),
    /// The difference as a unified diff.
    pub diff: String,
    /// Whether somebody edited it by hand since it was written.
    pub edited: bool,
    /// Whether it stays as it is all the same, because it was edited and nobody said to overwrite.
    pub kept: bool,
}

/// The semantic difference between the facts of the last manifest and those of now.
pub fn system_changes(before: &Manifest, facts: &[Fact]) -> Vec<SystemChange> {
    let mut now: BTreeMap<&str, BTreeMap<&str, &Fact>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for fact in facts {
        if !now.contains_key(fact.address.as_str()) {
            order.push(&fact.address);
        }
        now.entry(&fact.address).or_default().insert(&fact.field, fact);
    }
    let mut changes = Vec::new();
    for address in order {
        let fields = &now[address];
        let span = fields.get("").or(fields.values().next()).map(|fact| fact.span);
        match before.facts.get(address) {
            None => changes.push(SystemChange {
                address: address.to_owned(),
                action: Action::Create,
                fields: facts
                    .iter()
                    .filter(|fact| fact.address == address && !fact.value.is_empty())
                    .map(|fact| FieldChange {
                        field: fact.field.clone(),
                        before: None,
                        after: Some(fact.value.clone()),
                        span: Some(fact.span),
                    })
                    .collect(),
                span,
            }),
            Some(old) => {
                let names: BTreeSet<&str> =
                    old.keys().map(String::as_str).chain(fields.keys().copied()).collect();
                let differing: Vec<FieldChange> = names
                    .into_iter()
                    .filter_map(|field| {
                        let (was, is) = (old.get(field), fields.get(field));
                        (was.map(String::as_str) != is.map(|fact| fact.value.as_str())).then(|| FieldChange {
                            field: field.to_owned(),
                            before: was.cloned(),
                            after: is.map(|fact| fact.value.clone()),
                            span: is.map(|fact| fact.span),
                        })
                    })
                    .collect();
                if !differing.is_empty() {
                    let span = differing.iter().find_map(|field| field.span).or(span);
                    changes.push(SystemChange {
                        address: address.to_owned(),
                        action: Action::Update,
                        fields: differing,
                        span,
                    });
                }
            }
        }
    }
    for (address, old) in before.facts.iter().filter(|(address, _)| !now.contains_key(address.as_str())) {
        let fields = old.iter().filter(|(_, value)| !value.is_empty()).map(|(field, value)| FieldChange {
            field: field.clone(),
            before: Some(value.clone()),
            after: None,
            span: None,
        });
        changes.push(SystemChange {
            address: address.clone(),
            action: Action::Delete,
            fields: fields.collect(),
            span: None,
        });
    }
    changes
}

/// What happens to each file: those that are written, those that go, those that were edited by hand.
pub fn file_changes(
    state: &State,
    artifacts: &[Artifact],
    system: &[SystemChange],
    overwrite: bool,
) -> Vec<FileChange> {
    let changed: BTreeSet<&str> = system.iter().map(|change| change.address.as_str()).collect();
    let mut changes = Vec::new();
    for artifact in artifacts {
        let on_disk = state.files.get(&artifact.path);
        let executable = artifact.mode & 0o111 != 0;
        if on_disk.is_some_and(|file| {
            file.contents == artifact.contents.as_bytes() && file.executable == executable
        }) {
            continue;
        }
        let edited = on_disk.is_some_and(|file| state.is_edited(&artifact.path, file));
        let before =
            on_disk.map(|file| String::from_utf8_lossy(&file.contents).into_owned()).unwrap_or_default();
        let (diff, lines) = unified(&before, &artifact.contents);
        changes.push(FileChange {
            path: artifact.path.clone(),
            action: if on_disk.is_some() { Action::Update } else { Action::Create },
            because: artifact
                .from
                .iter()
                .filter(|address| changed.contains(address.as_str()))
                .cloned()
                .collect(),
            consequence: artifact.on_change.clone(),
            lines,
            diff,
            edited,
            kept: edited && !overwrite,
        });
    }
    let wanted: BTreeSet<&str> = artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    for path in state.manifest.files.keys().filter(|path| !wanted.contains(path.as_str())) {
        let Some(file) = state.files.get(path) else { continue };
        let edited = state.is_edited(path, file);
        let (diff, lines) = unified(&String::from_utf8_lossy(&file.contents), "");
        let because = system
            .iter()
            .filter(|change| change.action == Action::Delete)
            .map(|change| change.address.clone())
            .collect();
        changes.push(FileChange {
            path: path.clone(),
            action: Action::Delete,
            because,
            consequence: OnChange::Nothing,
            lines,
            diff,
            edited,
            kept: edited && !overwrite,
        });
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// A unified diff with three lines of context, and the numbers of lines that come and go.
fn unified(before: &str, after: &str) -> (String, (usize, usize)) {
    let diff = TextDiff::from_lines(before, after);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let lines = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    (diff.unified_diff().context_radius(3).to_string(), lines)
}
