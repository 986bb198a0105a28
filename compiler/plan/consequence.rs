//! What has to follow on a host before a change is in force there.

use super::{
    changes::{Action, SystemChange},
    containers,
    files::FileChange,
};
use crate::emit::OnChange;

/// A consequence, least grave first, which is also the order in which to do them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Nothing has to be told: it is read anew each time, or only by people.
    Nothing,
    /// Somebody must write this variable into the environment file of the host; until then nothing starts anew.
    Supply(String),
    /// A program rereads it without a gap.
    Reload(String),
    /// Containers start that did not run.
    Start(String),
    /// Containers restart: a gap when there is one of them.
    Restart(String),
    /// Containers are made anew: a gap when there is one of them.
    Recreate(String),
    /// Containers stop for good.
    Remove(String),
}

impl Consequence {
    /// The word for its class.
    pub fn class(&self) -> &'static str {
        match self {
            Consequence::Nothing => "nothing",
            Consequence::Reload(_) => "reload",
            Consequence::Start(_) => "start",
            Consequence::Supply(_) => "supply",
            Consequence::Restart(_) => "restart",
            Consequence::Recreate(_) => "recreate",
            Consequence::Remove(_) => "remove",
        }
    }

    /// What it is about; none for nothing.
    pub fn subject(&self) -> Option<&str> {
        match self {
            Consequence::Nothing => None,
            Consequence::Reload(what)
            | Consequence::Start(what)
            | Consequence::Supply(what)
            | Consequence::Restart(what)
            | Consequence::Recreate(what)
            | Consequence::Remove(what) => Some(what),
        }
    }
}

impl From<&OnChange> for Consequence {
    fn from(change: &OnChange) -> Self {
        match change {
            OnChange::Nothing => Consequence::Nothing,
            OnChange::Reload(what) => Consequence::Reload(what.clone()),
            OnChange::Restart(what) => Consequence::Restart(what.clone()),
            OnChange::Recreate(what) => Consequence::Recreate(what.clone()),
        }
    }
}

/// What follows from writing one file: for a compose file what happens to its containers, else what its emitter says.
pub fn of_file(on_change: &OnChange, before: Option<&str>, after: &str) -> Vec<Consequence> {
    match (on_change, before) {
        (OnChange::Recreate(_), Some(before)) => containers::consequences(before, after),
        (on_change, _) => vec![on_change.into()],
    }
}

/// Everything that follows, least grave first, each once: from the files that are written, and from variables that the
/// host has to supply. Of a first apply nothing follows: all starts for the first time.
pub fn all(files: &[FileChange], changes: &[SystemChange], first: bool) -> Vec<Consequence> {
    if first {
        return Vec::new();
    }
    let written = files.iter().filter(|file| !file.kept);
    let mut all: Vec<Consequence> = written.flat_map(|file| file.consequences.iter().cloned()).collect();
    all.extend(changes.iter().filter_map(supply));
    all.sort();
    all.dedup();
    // What starts anew reads all of it anew.
    let restarted: Vec<Consequence> = all.clone();
    all.retain(|one| match one {
        Consequence::Reload(what) => !restarted.contains(&Consequence::Restart(what.clone())),
        _ => true,
    });
    if all.len() > 1 {
        all.retain(|consequence| *consequence != Consequence::Nothing);
    }
    all
}

/// A variable that is new and has no default must be given a value.
fn supply(change: &SystemChange) -> Option<Consequence> {
    let (noun, name) = change.address.split_once('/')?;
    let defaulted = change.fields.iter().any(|field| field.field == "default");
    (change.action == Action::Create && (noun == "secret" || noun == "variable" && !defaulted))
        .then(|| Consequence::Supply(name.to_owned()))
}
