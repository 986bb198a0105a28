//! Trees that an earlier apply wrote and that no description asks for any more: of an environment or a system that was
//! removed or has another name now.

use std::{fs, path::Path};

use super::target::Target;
use crate::plan::{Manifest, manifest};

/// The trees in the folder of `system` that are of none of the `described` environments.
pub fn environments(out: &Path, system: &str, described: &[String]) -> Vec<Target> {
    let trees = names(&out.join(system)).into_iter().filter(|name| !described.contains(name));
    trees.map(|environment| Target::new(out, system, &environment)).filter(is_ours).collect()
}

/// The systems in an output folder that are none of those `described`, each with a tree.
pub fn systems(out: &Path, described: &[String]) -> Vec<String> {
    let others = names(out).into_iter().filter(|name| !described.contains(name));
    others.filter(|system| !environments(out, system, &[]).is_empty()).collect()
}

/// Folders in a folder, sorted; links lead elsewhere and are none.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// Whether ondol wrote the tree: its manifest says so of this very place.
fn is_ours(target: &Target) -> bool {
    let text = fs::read_to_string(target.tree.join(manifest::FILE)).unwrap_or_default();
    Manifest::parse(&text)
        .is_ok_and(|manifest| target.tree.ends_with(Path::new(&manifest.system).join(&manifest.environment)))
}
