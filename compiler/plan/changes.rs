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

/// Why a file changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing has ever been written here.
    First,
    /// What the description says has changed: see [`FileChange::because`].
    System,
    /// The description says the same things in another order.
    Order,
    /// Another ondol or standard library makes it differently.
    Compiler,
    /// It is wanted as it was written last, but that is not what stands there: edited, deleted, or made executable.
    Target,
}

impl Cause {
    /// The word for JSON.
    pub fn word(self) -> &'static str {
        match self {
            Cause::First => "first",
            Cause::System => "system",
            Cause::Order => "order",
            Cause::Compiler => "compiler",
            Cause::Target => "target",
        }
    }
}

/// A change of one file.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// The path within the tree.
    pub path: String,
    /// How.
    pub action: Action,
    /// Why.
    pub cause: Cause,
    /// The changed addresses that it follows from; empty unless the cause is [`Cause::System`].
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
    now: &Manifest,
    system: &[SystemChange],
    overwrite: bool,
) -> Vec<FileChange> {
    let reasons = Reasons::new(state, now, system);
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
        let (cause, because) = reasons.of(&artifact.path, &artifact.from);
        changes.push(FileChange {
            path: artifact.path.clone(),
            action: if on_disk.is_some() { Action::Update } else { Action::Create },
            cause,
            because,
            consequence: artifact.on_change.clone(),
            lines,
            diff,
            edited,
            kept: edited && !overwrite,
        });
    }
    for path in state.manifest.files.keys().filter(|path| !now.files.contains_key(*path)) {
        let Some(file) = state.files.get(path) else { continue };
        let edited = state.is_edited(path, file);
        let (diff, lines) = unified(&String::from_utf8_lossy(&file.contents), "");
        let (cause, because) = reasons.of(path, &[]);
        changes.push(FileChange {
            path: path.clone(),
            action: Action::Delete,
            cause,
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

/// Finds out why files change.
struct Reasons<'a> {
    state: &'a State,
    now: &'a Manifest,
    system: &'a [SystemChange],
}

impl<'a> Reasons<'a> {
    fn new(state: &'a State, now: &'a Manifest, system: &'a [SystemChange]) -> Self {
        Reasons { state, now, system }
    }

    /// The cause, and the changed addresses that the file at `path`, made from `from`, follows from.
    fn of(&self, path: &str, from: &[String]) -> (Cause, Vec<String>) {
        let before = &self.state.manifest;
        if self.state.manifest_text.is_none() {
            return (Cause::First, Vec::new());
        }
        if before.files.get(path) == self.now.files.get(path) {
            return (Cause::Target, Vec::new());
        }
        if self.system.is_empty() {
            let compiler = (&before.ondol, &before.stdlib) != (&self.now.ondol, &self.now.stdlib);
            return (if compiler { Cause::Compiler } else { Cause::Order }, Vec::new());
        }
        let because: Vec<String> = self
            .system
            .iter()
            .filter(|change| follows(from, change))
            .map(|change| change.address.clone())
            .collect();
        // A file that names none of them, such as one that is no longer made at all, follows from all: to say too much
        // is better than to leave a reason out.
        let all = || self.system.iter().map(|change| change.address.clone()).collect();
        (Cause::System, if because.is_empty() { all() } else { because })
    }
}

/// Whether what is made from `from` follows from this change: it is one of these things or a part of one, or, when it
/// has gone, stood among things of its sort.
fn follows(from: &[String], change: &SystemChange) -> bool {
    let address = change.address.as_str();
    let part = |of: &String| {
        address.strip_prefix(of.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let sort = |address: &str| address.split_once('/').map(|(noun, _)| noun.to_owned());
    from.iter().any(part)
        || change.action == Action::Delete
            && sort(address).is_some_and(|noun| from.iter().any(|one| sort(one).as_ref() == Some(&noun)))
}

/// A unified diff with three lines of context, and the numbers of lines that come and go.
fn unified(before: &str, after: &str) -> (String, (usize, usize)) {
    let diff = TextDiff::from_lines(before, after);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let lines = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    (diff.unified_diff().context_radius(3).to_string(), lines)
}
