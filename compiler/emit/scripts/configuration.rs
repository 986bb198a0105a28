//! What of the tree a container reads as its configuration, and what it keeps there: both are mounted from it.

use serde::Serialize;

use crate::model::{Model, Mount, MountSource, Service};

/// A file or folder of the tree, and where the container reads it.
#[derive(Serialize)]
pub struct Configuration {
    /// In the tree.
    pub path: String,
    /// In the container.
    pub target: String,
}

/// Endings of files that a program keeps there, and does not only read.
const DATA: &[&str] = &[".db", ".sqlite", ".sqlite3", ".log", ".sock"];

/// What a service reads of the tree. Of a folder into which it can write, that is only what the tree itself puts there:
/// the rest is data, which changes by itself and may be large.
pub fn of(model: &Model, service: &Service) -> Vec<Configuration> {
    service.mounts.iter().flat_map(|mount| of_mount(model, mount)).collect()
}

fn of_mount(model: &Model, mount: &Mount) -> Vec<Configuration> {
    let MountSource::Tree(path) = &mount.source else { return Vec::new() };
    let target = mount.target.as_str();
    if mount.stated.is_none() || mount.read_only || is_file(path, target) {
        return vec![Configuration { path: path.clone(), target: target.to_owned() }];
    }
    let within = |file: &str| {
        let rest = if path == "." { Some(file) } else { file.strip_prefix(path.as_str())?.strip_prefix('/') };
        rest.map(|rest| Configuration {
            path: file.to_owned(),
            target: format!("{}/{rest}", target.trim_end_matches('/')),
        })
    };
    model.files.iter().filter_map(|file| within(&file.path)).collect()
}

/// Whether it is one file to be read, by its name: `nginx.conf`, and a folder such as `conf.d`.
fn is_file(path: &str, target: &str) -> bool {
    let has_ending = |text: &str| {
        let name = text.rsplit('/').next().unwrap_or_default();
        name.trim_start_matches('.').contains('.') && !DATA.iter().any(|ending| name.ends_with(ending))
    };
    has_ending(path) && has_ending(target)
}
