//! Changes that put data at risk: the one consequence that no restart mends.

use super::{
    changes::{Action, SystemChange},
    manifest::Manifest,
};

/// Why a change may lose data; none when it cannot.
pub fn risk(change: &SystemChange, before: &Manifest) -> Option<String> {
    let (noun, name) = change.address.split_once('/')?;
    let was = |field: &str| change.fields.iter().find(|f| f.field == field).and_then(|f| f.before.as_deref());
    let changes = |field: &str| {
        change.fields.iter().any(|f| f.field == field && f.before.is_some() && f.before != f.after)
    };
    match (noun, change.action) {
        ("service", Action::Delete) if is_datastore(before, was("kind")?) => {
            Some(format!("`{name}` keeps data: its volume is no longer used and backups of it end"))
        }
        ("service", Action::Update) if is_datastore(before, kind_of(before, name)?) => {
            if changes("kind") {
                Some(format!("`{name}` keeps data that another kind does not read"))
            } else if changes("version") {
                Some(format!(
                    "`{name}` keeps data: dump it before, a new major version may not read the old files"
                ))
            } else {
                None
            }
        }
        ("backup", Action::Delete) => Some(format!("`{name}` is no longer backed up")),
        ("backup", Action::Update) if changes("keep") => {
            Some(format!("dumps of `{name}` are kept for another time: the next run prunes by it"))
        }
        _ => None,
    }
}

fn kind_of<'a>(manifest: &'a Manifest, service: &str) -> Option<&'a str> {
    manifest.facts.get(&format!("service/{service}"))?.get("kind").map(String::as_str)
}

fn is_datastore(manifest: &Manifest, kind: &str) -> bool {
    manifest
        .facts
        .get(&format!("kind/{kind}"))
        .and_then(|facts| facts.get("role"))
        .is_some_and(|role| role == "datastore")
}
