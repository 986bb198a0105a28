//! A generated file, as a value.

use std::sync::Arc;

use crate::values::Name;

/// A file of the tree of one system in one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Its path within the tree: `nginx/nginx.conf`.
    pub path: String,
    /// Its contents; a plan that shows them has the same.
    pub contents: Arc<String>,
    /// Permission bits: 0o644, or 0o755 for scripts.
    pub mode: u32,
    /// The emitter that made it.
    pub emitter: &'static str,
    /// The addresses of what it was made from, such as `service/backend`: the reasons that a plan shows.
    pub from: Vec<String>,
    /// What a change of it means for what runs.
    pub on_change: OnChange,
}

impl Artifact {
    /// Puts it into the folder of a host, on which what it means for what runs then happens.
    pub fn move_to(&mut self, host: &Name) {
        self.path.insert_str(0, &format!("{host}/"));
        if let OnChange::Reload(what) | OnChange::Restart(what) | OnChange::Recreate(what) =
            &mut self.on_change
        {
            what.push_str(&format!(" on {host}"));
        }
    }
}

/// What a changed file means for what runs, least grave first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnChange {
    /// Nothing has to be told: it is read anew each time, or only by people.
    Nothing,
    /// A program rereads it without a gap: `nginx`, `prometheus`, `ufw`.
    Reload(String),
    /// A container restarts: a gap when it runs once.
    Restart(String),
    /// `docker compose up` makes the containers that differ anew.
    Recreate(String),
}
