//! Changes that put data at risk: the one consequence that no restart mends.

use std::collections::BTreeMap;

use super::{
    changes::{Action, SystemChange},
    keeping,
    manifest::Manifest,
    state::State,
};
use crate::emit::Artifact;

/// Everything that may be lost: the address of the change that it follows from, and why.
pub fn all(
    changes: &[SystemChange],
    state: &State,
    now: &Manifest,
    artifacts: &[Artifact],
) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = changes
        .iter()
        .flat_map(|change| {
            let reasons = risks(change, &state.manifest, now).into_iter();
            reasons.map(|reason| (change.address.clone(), reason))
        })
        .collect();
    if changes.is_empty() {
        return all;
    }
    let compose =
        |path: &str| path.strip_suffix("compose.yaml").map(|host| host.trim_end_matches('/').to_owned());
    let texts =
        state.files.iter().filter_map(|(path, file)| Some((path, std::str::from_utf8(&file.contents).ok()?)));
    let before = texts.filter_map(|(path, text)| Some((compose(path)?, text))).collect();
    let after =
        artifacts.iter().filter_map(|one| Some((compose(&one.path)?, one.contents.as_str()))).collect();
    for lost in keeping::lost(&before, &after, &state.manifest) {
        let own = format!("service/{}", lost.service);
        let named = |one: &&str| changes.iter().any(|change| change.address == **one);
        let changed = [own.as_str(), "system"].into_iter().find(named);
        let address = changed.unwrap_or(&changes[0].address).to_owned();
        // A whole datastore that goes, and one whose version changes, has been told.
        let told = all.iter().any(|(at, reason)| {
            *at == own && (reason.contains("keeps data") || reason.contains(&format!("`{}`", lost.volume)))
        });
        if !told {
            all.push((address, lost.reason));
        }
    }
    all
}

/// Why a change may lose data, each reason for itself; none when it cannot.
fn risks(change: &SystemChange, before: &Manifest, now: &Manifest) -> Vec<String> {
    let Some((noun, name)) = change.address.split_once('/') else { return Vec::new() };
    match noun {
        "service" if !name.contains('/') => service(change, name, before, now),
        "backup" => backup(change, name),
        "host" if change.action == Action::Update => directory(change, name),
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
    if change.action == Action::Update
        && let Some(kind) = kind_of(before, name)
    {
        for field in
            change.fields.iter().filter(|field| field.before.is_some() && field.before != field.after)
        {
            let setting = before_or_now(before, now, &format!("kind/{kind}/setting/{}", field.field));
            if let Some(why) = setting.and_then(|said| said.get("at-risk")) {
                risks.push(format!("`{}` of `{name}` changes: {why}", field.field));
            }
        }
    }
    risks
}

/// What is said of a thing by either; what is said now holds for what was made before it was said.
fn before_or_now<'a>(
    before: &'a Manifest,
    now: &'a Manifest,
    address: &str,
) -> Option<&'a BTreeMap<String, String>> {
    now.facts.get(address).or_else(|| before.facts.get(address))
}

/// What stands in the folder of a host moves only when somebody moves it.
fn directory(change: &SystemChange, name: &str) -> Vec<String> {
    let moved = change.fields.iter().filter(|field| field.field == "directory");
    let place = |place: &Option<String>| place.clone().unwrap_or_else(|| "the usual folder".to_owned());
    moved
        .map(|field| {
            format!(
                "what lies in {} of `{name}` does not move along: bring its .env, and what containers keep in folders of it, to {} before the next deployment",
                place(&field.before),
                place(&field.after)
            )
        })
        .collect()
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
