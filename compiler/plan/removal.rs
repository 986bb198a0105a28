//! The plan for a tree that is no longer described: what was written there goes.

use super::{
    Action, Consequence, Manifest, Plan, State, SystemChange,
    files::{self, file_changes},
};

/// Removes what was written to a tree; files that somebody edited stay until told otherwise.
pub fn removal(state: &State, overwrite_edited: bool) -> Plan {
    let before = &state.manifest;
    let (system, environment) = (before.system.clone(), before.environment.clone());
    let change = SystemChange {
        address: format!("environment/{environment}"),
        action: Action::Delete,
        fields: Vec::new(),
        span: None,
        renames: None,
    };
    let mut now = Manifest {
        files: Default::default(),
        facts: Default::default(),
        kept: Default::default(),
        ..before.clone()
    };
    let files = file_changes(state, &[], &now, std::slice::from_ref(&change), overwrite_edited);
    now.kept = files::kept(&files, before);
    let manifest = if now.kept.is_empty() { String::new() } else { now.text() };
    // A tree of which only edited files are left has been told of before.
    let waits = before.files.is_empty() && before.facts.is_empty();
    let compose: Vec<&str> = state
        .files
        .iter()
        .filter(|(path, _)| path.as_str() == "compose.yaml" || path.ends_with("/compose.yaml"))
        .filter_map(|(_, file)| std::str::from_utf8(&file.contents).ok())
        .collect();
    let mut risks = Vec::new();
    let mut volumes: Vec<&str> = compose.iter().flat_map(|text| volumes(text)).collect();
    volumes.sort_unstable();
    volumes.dedup();
    if !volumes.is_empty() && !waits {
        let project =
            compose.iter().find_map(|text| text.lines().find_map(|line| line.strip_prefix("name: ")));
        let reason = format!(
            "the volumes of the compose project `{}` ({}) stay behind in Docker, unseen and without backup; under another name the system starts with empty ones",
            project.unwrap_or(&system),
            volumes.join(", ")
        );
        risks.push((change.address.clone(), reason));
    }
    let consequences = match compose.is_empty() || waits {
        true => Vec::new(),
        false => vec![Consequence::Remove(
            "its containers (docker compose down, in the old folder on each host), and its units and timers"
                .to_owned(),
        )],
    };
    Plan {
        system,
        environment,
        changes: if waits { Vec::new() } else { vec![change] },
        unchanged: 0,
        compiler_changed: false,
        first: false,
        gone: true,
        consequences,
        risks,
        files,
        manifest_changes: state.manifest_text.as_ref() != Some(&manifest),
        manifest,
    }
}

/// The named volumes of a compose file in the layout of our own writer.
fn volumes(text: &str) -> Vec<&str> {
    let mut top = "";
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
        match line.len() - line.trim_start().len() {
            0 => top = line.split(':').next().unwrap_or_default(),
            2 if top == "volumes" => found.extend(line.trim().split(':').next()),
            _ => {}
        }
    }
    found
}
