//! Half-written and changed descriptions: what an editor holds at any moment, and what a person changes in a day.
//!
//! In the process, so that hundreds of them are quick.

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use libtest_mimic::Failed;
use ondol::{
    Compiled,
    diagnostic::{Diagnostic, Diagnostics, Severity},
    load,
    plan::{self, Cause, Manifest, OnDisk, State},
};

use super::{case::Sandbox, files::Files, law};

/// Cuts each KDL file short at so many places.
const CUTS: usize = 20;

/// Compiles the input with each of its files cut short, and with each single line taken out.
pub fn survive(input: &Files) -> Result<(), Failed> {
    let sandbox = Sandbox::new("spec", input)?;
    let kdl = |path: &Path| path.extension().is_some_and(|extension| extension == "kdl");
    let descriptions: Vec<_> = input.keys().filter(|path| path.ends_with("system.kdl")).collect();
    for description in descriptions {
        let description = sandbox.path().join(description);
        let original = compile(&description)?;
        for (path, bytes) in input.iter().filter(|(path, _)| kdl(path)) {
            let changed = sandbox.path().join(path);
            for (what, text) in mutations(bytes) {
                fs::write(&changed, &text)?;
                let place = |failed: Failed| {
                    let why = failed.message().unwrap_or_default();
                    Failed::from(format!("{} {what}: {why}", path.display()))
                };
                let compiled = compile(&description).map_err(place)?;
                if let (Ok(before), Ok(after)) = (&original, &compiled) {
                    explained(before, after).map_err(place)?;
                }
            }
            fs::write(&changed, bytes)?;
        }
    }
    Ok(())
}

/// The file cut short and with single lines missing, each with a word for it. Files beyond reason are only cut.
fn mutations(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let cuts = (0..CUTS).map(|cut| bytes.len() * cut / CUTS);
    let mut mutations: Vec<(String, Vec<u8>)> =
        cuts.map(|at| (format!("cut at byte {at}"), bytes[..at].to_vec())).collect();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() <= 300 {
        mutations.extend((0..lines.len()).map(|missing| {
            let kept = lines.iter().enumerate().filter(|(index, _)| *index != missing);
            (format!("without line {}", missing + 1), kept.flat_map(|(_, line)| line.to_vec()).collect())
        }));
    }
    mutations
}

type Outcome = Result<Vec<Compiled>, Vec<Diagnostic>>;

/// Compiles, and makes sure of what every outcome owes: no panic, words for every finding, artifacts that can be read.
fn compile(description: &Path) -> Result<Outcome, Failed> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut diagnostics = Diagnostics::default();
        let project = load::load(description, &mut diagnostics);
        let compiled = ondol::compile(&project, &[], &mut diagnostics);
        let failed = diagnostics.has_errors();
        let found = diagnostics.into_sorted();
        // What is drawn of it must not break either.
        let style = ondol::render::Style { color: false, width: 100 };
        let text = ondol::render::text(&found, &project.sources, style);
        (compiled, failed, found, text)
    }));
    let Ok((compiled, failed, found, text)) = outcome else { return Err("it panics".into()) };
    for one in &found {
        let vague = one.message.trim().is_empty() || one.code.trim().is_empty();
        if vague || one.code == "internal-error" || one.message.ends_with('.') {
            return Err(format!("a finding that helps nobody\n{text}").into());
        }
        let about_a_file =
            ["unreadable-file", "invalid-utf8", "file-too-large", "no-system"].contains(&one.code);
        if one.severity == Severity::Error
            && one.help.is_none()
            && one.labels.iter().all(|l| l.text.is_empty())
        {
            return Err(format!("a finding without help\n{text}").into());
        }
        if one.labels.is_empty() && !about_a_file {
            return Err(format!("a finding without a place\n{text}").into());
        }
    }
    if failed {
        if found.iter().all(|one| one.severity != Severity::Error) || !compiled.is_empty() {
            return Err("it fails, but does not say why, or goes on".into());
        }
        return Ok(Err(found));
    }
    for one in &compiled {
        law::readable(&tree(one))?;
    }
    Ok(Ok(compiled))
}

fn tree(compiled: &Compiled) -> Files {
    compiled.artifacts.iter().map(|a| (a.path.clone().into(), a.contents.as_bytes().to_vec())).collect()
}

/// A plan from one to the other names, for every file that changes, a change in the system that it follows from.
fn explained(before: &[Compiled], after: &[Compiled]) -> Result<(), Failed> {
    for now in after {
        let then =
            before.iter().find(|one| (&one.system, &one.environment) == (&now.system, &now.environment));
        let Some(then) = then else { continue };
        let plan = plan::plan(&applied(then), now, false);
        let said = |compiled: &Compiled| -> Vec<(String, String, String)> {
            compiled.facts.iter().map(|f| (f.address.clone(), f.field.clone(), f.value.clone())).collect()
        };
        let (mut old, mut new) = (said(then), said(now));
        let reordered = old != new;
        old.sort();
        new.sort();
        for file in &plan.files {
            let right = match file.cause {
                Cause::System => !file.because.is_empty(),
                Cause::Order => reordered && old == new,
                _ => false,
            };
            if !right {
                return Err(format!(
                    "the plan gives no reason for {} of {}, but {:?}\n{}",
                    file.path,
                    now.environment,
                    file.cause,
                    file.text.diff()
                )
                .into());
            }
        }
    }
    Ok(())
}

/// The target as an apply of `compiled` leaves it.
fn applied(compiled: &Compiled) -> State {
    let manifest = Manifest::new(
        compiled.system.as_str(),
        compiled.environment.as_str(),
        &compiled.artifacts,
        &compiled.facts,
    );
    let files: BTreeMap<String, OnDisk> = compiled
        .artifacts
        .iter()
        .map(|artifact| {
            let contents = artifact.contents.as_bytes().to_vec();
            (artifact.path.clone(), OnDisk { contents, executable: artifact.mode & 0o111 != 0 })
        })
        .collect();
    State::new(manifest.text(), manifest, files)
}
