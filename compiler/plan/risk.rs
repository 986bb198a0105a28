//! Changes that put data at risk: the one consequence that no restart mends.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    changes::{Action, SystemChange},
    manifest::Manifest,
};

/// Why a change may lose data, each reason for itself; none when it cannot.
pub fn risks(change: &SystemChange, before: &Manifest, now: &Manifest) -> Vec<String> {
    let Some((noun, name)) = change.address.split_once('/') else { return Vec::new() };
    match noun {
        "service" if !name.contains('/') => service(change, name, before, now),
        "backup" => backup(change, name),
        _ => Vec::new(),
    }
}

fn service(change: &SystemChange, name: &str, before: &Manifest, now: &Manifest) -> Vec<String> {
    let mut risks = Vec::new();
    let datastore = kind_of(before, name).is_some_and(|kind| is_datastore(before, kind));
    match change.action {
        Action::Create => return risks,
        Action::Delete if datastore => {
            risks.push(format!("`{name}` keeps data: its volume is no longer used, and backups of it end"));
        }
        Action::Update if datastore && changes(change, "kind") => {
            risks.push(format!("`{name}` keeps data that another kind does not read"));
        }
        Action::Update if datastore && (changes(change, "version") || changes(change, "image")) => {
            risks.push(format!(
                "`{name}` keeps data: dump it before, a new major version may not read the old files"
            ));
        }
        Action::Update | Action::Delete => {}
    }
    let kept = volumes(now, &change.address);
    for volume in volumes(before, &change.address).difference(&kept) {
        risks.push(format!(
            "the volume `{volume}` of `{name}` is no longer used: what it holds stays behind in Docker, unseen and without backup"
        ));
    }
    risks
}

fn backup(change: &SystemChange, name: &str) -> Vec<String> {
    match change.action {
        Action::Delete => vec![format!("`{name}` is no longer backed up")],
        Action::Update if changes(change, "keep") => {
            vec![format!("dumps of `{name}` are kept for another time: the next run prunes by it")]
        }
        Action::Update if changes(change, "to") => {
            vec![format!(
                "older dumps of `{name}` stay in the old folder: nothing prunes or restores them there"
            )]
        }
        _ => Vec::new(),
    }
}

/// Whether something else is said of this field than before.
fn changes(change: &SystemChange, field: &str) -> bool {
    change.fields.iter().any(|f| f.field == field && f.before != f.after)
}

/// The named volumes that a service states.
fn volumes<'a>(manifest: &'a Manifest, address: &str) -> BTreeSet<&'a str> {
    let named = |(field, value): (&String, &'a String)| {
        let source = field.starts_with("volume[") && field.ends_with("].source");
        (source && !value.starts_with('/')).then_some(value.as_str())
    };
    manifest.facts.get(address).into_iter().flat_map(BTreeMap::iter).filter_map(named).collect()
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
