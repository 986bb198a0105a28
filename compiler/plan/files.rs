//! What would change in the files that follow from the system, and why. The only file that knows `similar`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};

use similar::{ChangeTag, TextDiff};

use super::{
    changes::{Action, SystemChange},
    consequence::{self, Consequence},
    manifest::{Kept, Manifest},
    state::State,
};
use crate::emit::Artifact;

/// Why a file changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing has ever been written here.
    First,
    /// What the description says has changed: see [`FileChange::because`].
    System,
    /// The description says the same things in another order.
    Order,
    /// Another ondol makes it differently.
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
    /// What has to follow once it is written.
    pub consequences: Vec<Consequence>,
    /// What it says and would say.
    pub text: Texts,
    /// Whether somebody edited it by hand since it was written, or ondol has never written it.
    pub edited: bool,
    /// Whether ondol has never written it: it was there before, and is somebody else's.
    pub foreign: bool,
    /// Whether it stays as it is all the same, because it was edited and nobody said to overwrite.
    pub kept: bool,
}

/// What a file says before and after; empty where it does not exist. They are compared when somebody first looks, once.
#[derive(Clone, Debug)]
pub struct Texts {
    before: String,
    after: Arc<String>,
    /// Whether it is a page: what changes of it shows in the text that it is made of, and its code tells nobody more.
    page: bool,
    compared: OnceLock<Difference>,
}

#[derive(Clone, Debug)]
struct Difference {
    lines: (usize, usize),
    unified: String,
}

impl Texts {
    fn new(path: &str, before: String, after: Arc<String>) -> Texts {
        Texts { before, after, page: path.ends_with(".html"), compared: OnceLock::new() }
    }

    /// How many lines come, and how many go.
    pub fn lines(&self) -> (usize, usize) {
        self.compared().lines
    }

    /// The difference as a unified diff with three lines of context; empty for a page.
    pub fn diff(&self) -> &str {
        &self.compared().unified
    }

    fn compared(&self) -> &Difference {
        self.compared.get_or_init(|| {
            let diff = TextDiff::from_lines(self.before.as_str(), self.after.as_str());
            let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
            Difference {
                lines: (count(ChangeTag::Insert), count(ChangeTag::Delete)),
                unified: match self.page {
                    true => String::new(),
                    false => diff.unified_diff().context_radius(3).to_string(),
                },
            }
        })
    }
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
        let (cause, because) = reasons.of(&artifact.path, &artifact.from);
        changes.push(FileChange {
            path: artifact.path.clone(),
            action: if on_disk.is_some() { Action::Update } else { Action::Create },
            cause,
            because,
            consequences: consequence::of_file(
                &artifact.on_change,
                on_disk.is_some().then_some(before.as_str()),
                &artifact.contents,
            ),
            text: Texts::new(&artifact.path, before, artifact.contents.clone()),
            edited,
            foreign: edited && state.manifest.written(&artifact.path).is_none(),
            kept: edited && !overwrite,
        });
    }
    let known = state.manifest.files.keys().chain(state.manifest.kept.keys());
    for path in known.collect::<BTreeSet<_>>().into_iter().filter(|path| !now.files.contains_key(*path)) {
        let Some(file) = state.files.get(path) else { continue };
        let edited = state.is_edited(path, file);
        let before = String::from_utf8_lossy(&file.contents).into_owned();
        let (cause, because) = reasons.of(path, &[]);
        changes.push(FileChange {
            path: path.clone(),
            action: Action::Delete,
            cause,
            because,
            consequences: vec![like_its_neighbours(path, &state.manifest, artifacts)],
            text: Texts::new(path, before, Arc::default()),
            edited,
            foreign: false,
            kept: edited && !overwrite,
        });
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// What the next plan has to know of the files that stay as they are although something else is wanted.
pub fn kept(changes: &[FileChange], before: &Manifest) -> BTreeMap<String, Kept> {
    let kept = changes.iter().filter(|file| file.kept && file.cause == Cause::System);
    kept.filter_map(|file| {
        let (unwanted, because) = (file.action == Action::Delete, file.because.clone());
        Some((file.path.clone(), Kept { unwanted, because, written: before.written(&file.path)?.clone() }))
    })
    .collect()
}

/// What follows when a file goes: what follows from a change of the nearest file that the same emitter still makes.
fn like_its_neighbours(path: &str, before: &Manifest, artifacts: &[Artifact]) -> Consequence {
    let emitter = before.written(path).map(|record| record.by.as_str());
    let shared = |other: &str| path.split('/').zip(other.split('/')).take_while(|(a, b)| a == b).count();
    let neighbours = artifacts.iter().filter(|artifact| Some(artifact.emitter) == emitter);
    match neighbours.max_by_key(|artifact| shared(&artifact.path)) {
        Some(neighbour) if shared(&neighbour.path) > 0 => (&neighbour.on_change).into(),
        _ => Consequence::Nothing,
    }
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
        let kept = before.kept.get(path).map(|kept| kept.because.clone()).unwrap_or_default();
        if before.files.get(path) == self.now.files.get(path) {
            // What it should have changed for at an earlier apply it should change for still.
            return if kept.is_empty() { (Cause::Target, kept) } else { (Cause::System, kept) };
        }
        if self.system.is_empty() {
            return (if before.ondol != self.now.ondol { Cause::Compiler } else { Cause::Order }, Vec::new());
        }
        let because: Vec<String> = self
            .system
            .iter()
            .filter(|change| follows(from, change))
            .map(|change| change.address.clone())
            .collect();
        let mut because = if because.is_empty() { self.all(path) } else { because };
        because.extend(kept.into_iter().filter(|earlier| !because.contains(earlier)).collect::<Vec<_>>());
        (Cause::System, because)
    }

    /// A file that names none of the changes follows from all of them; one that is no longer made, from all that goes and
    /// from what is said of the system as a whole: to say too much is better than to leave a reason out.
    fn all(&self, path: &str) -> Vec<String> {
        let made = self.now.files.contains_key(path);
        let goes = |change: &&SystemChange| change.action == Action::Delete || change.address == "system";
        let addresses = |changes: &mut dyn Iterator<Item = &SystemChange>| -> Vec<String> {
            changes.map(|change| change.address.clone()).collect()
        };
        let going = if made { Vec::new() } else { addresses(&mut self.system.iter().filter(goes)) };
        if going.is_empty() { addresses(&mut self.system.iter()) } else { going }
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
