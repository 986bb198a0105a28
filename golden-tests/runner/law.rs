//! What holds of every description, asked of each case.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use jsonschema::Validator;
use libtest_mimic::Failed;
use serde_json::Value;

use super::{
    case::{Case, Sandbox},
    files::{self, Files},
    mutation, ondol,
};

/// The published schemas.
const SCHEMAS: [(&str, &str); 5] = [
    ("check", include_str!("../../docs/schema/check.json")),
    ("env-check", include_str!("../../docs/schema/env-check.json")),
    ("log-check", include_str!("../../docs/schema/log-check.json")),
    ("plan", include_str!("../../docs/schema/plan.json")),
    ("manifest", include_str!("../../docs/schema/manifest.json")),
];

/// Asks for all of them; a case without a description has none to keep.
pub fn hold(case: &Case) -> Result<(), Failed> {
    if !case.describes() {
        return Ok(());
    }
    let sandbox = Sandbox::new("spec", &case.input)?;
    let here = sandbox.path();
    let checked = same_at_any_number_of_threads(here, &["check", ".", "--format", "json"])?;
    let findings = valid("check", &checked.stdout)?;
    if findings["valid"] != Value::Bool(checked.status == 0) {
        return Err(format!("check says valid: {}, but exits {}", findings["valid"], checked.status).into());
    }
    let written = if checked.status == 0 { written(here)? } else { nothing_written(here)? };
    environment(here)?;
    log(here)?;
    formatting(&case.input, &codes(&findings), &written)?;
    mutation::survive(&case.input)
}

/// The JSON, which is as its schema says.
fn valid(schema: &str, text: &str) -> Result<Value, Failed> {
    static VALIDATORS: OnceLock<BTreeMap<&str, Validator>> = OnceLock::new();
    let validators = VALIDATORS.get_or_init(|| {
        let compile = |(name, text): (&'static str, &str)| {
            let schema: Value = serde_json::from_str(text).expect("a schema is JSON");
            (name, jsonschema::draft202012::new(&schema).expect("a schema is one"))
        };
        SCHEMAS.into_iter().map(compile).collect()
    });
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("{schema} is no JSON: {error}\n{text}"))?;
    let wrong: Vec<String> = validators[schema]
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    if wrong.is_empty() {
        Ok(value)
    } else {
        Err(format!("not as docs/schema/{schema}.json says:\n{}", wrong.join("\n")).into())
    }
}

/// What is said of an environment file is as its schema says, and shows nothing of the file; two systems refuse it.
fn environment(here: &Path) -> Result<(), Failed> {
    fs::write(
        here.join("law.env"),
        "an swordfish\nA_B=$swordfish\nA_B='swordfish'\nswordfish=\nC_D='swordfish\n",
    )?;
    let checked = ondol::run(here, &["env", "check", "law.env", ".", "--format", "json"])?;
    fs::remove_file(here.join("law.env"))?;
    if checked.stdout.contains("swordfish") || checked.stderr.contains("swordfish") {
        return Err("`env check` shows a value".into());
    }
    if !checked.stdout.is_empty() {
        valid("env-check", &checked.stdout)?;
    }
    Ok(())
}

/// What is said of a log is as its schema says, and shows nothing of the log.
fn log(here: &Path) -> Result<(), Failed> {
    fs::write(here.join("law.jsonl"), "swordfish\n{\"level\": \"swordfish\", \"odd\": [\"swordfish\"]}\n\n")?;
    let checked = ondol::run(here, &["log", "check", "law.jsonl", ".", "--format", "json"])?;
    fs::remove_file(here.join("law.jsonl"))?;
    if checked.stdout.contains("swordfish") || checked.stderr.contains("swordfish") {
        return Err("`log check` shows a value".into());
    }
    if !checked.stdout.is_empty() {
        valid("log-check", &checked.stdout)?;
    }
    Ok(())
}

/// What was found, without places: formatting moves those.
fn codes(findings: &Value) -> Vec<String> {
    let mut codes: Vec<String> = findings["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| format!("{} {}", one["code"], one["message"]))
        .collect();
    codes.sort();
    codes
}

fn same_at_any_number_of_threads(here: &Path, arguments: &[&str]) -> Result<ondol::Run, Failed> {
    let many = ondol::run(here, arguments)?;
    if many == ondol::with_threads(here, arguments, Some("1"))? {
        return Ok(many);
    }
    Err(format!("`ondol {}` says something else with one thread", arguments.join(" ")).into())
}

/// What is wrong writes nothing, whatever is asked for.
fn nothing_written(here: &Path) -> Result<Files, Failed> {
    let before = files::read(here);
    ondol::expect(here, &["apply", ".", "--yes", "--out", "out"], 1)?;
    ondol::expect(here, &["plan", ".", "--out", "out"], 1)?;
    if here.join("out").exists() {
        return Err("an apply of a wrong description left a folder".into());
    }
    files::same("an apply of a wrong description wrote something", &before, &files::read(here))?;
    Ok(Files::new())
}

/// What is right is written, the same at any number of threads; then there is nothing left to do.
fn written(here: &Path) -> Result<Files, Failed> {
    let plan = ["plan", ".", "--out", "out", "--format", "json"];
    let first = valid("plan", &same_at_any_number_of_threads(here, &plan)?.stdout)?;
    ondol::expect(here, &["plan", ".", "--out", "out", "--format", "markdown"], 0)?;
    ondol::expect(here, &["apply", ".", "--yes", "--out", "out"], 0)?;
    let one = ondol::with_threads(here, &["apply", ".", "--yes", "--out", "one"], Some("1"))?;
    let tree = files::read(&here.join("out"));
    if one.status != 0 {
        return Err(format!("apply fails with one thread\n{}", one.stderr).into());
    }
    files::same("one thread writes other bytes", &tree, &files::read(&here.join("one")))?;
    let planned: usize = first["plans"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|p| p["files"].as_array())
        .map(Vec::len)
        .sum();
    // That of an environment; those of its hosts, when there are several, are planned as other files are.
    let manifest = |path: &&PathBuf| path.ends_with("manifest.json") && path.iter().count() == 3;
    let manifests = tree.keys().filter(manifest).count();
    if planned + manifests != tree.keys().filter(|path| !hidden(path)).count() {
        return Err(format!("{planned} files were planned, others were written").into());
    }
    readable(&tree)?;

    let touched = identities(&here.join("out"));
    let again =
        ondol::expect(here, &["plan", ".", "--out", "out", "--detailed-exitcode", "--format", "json"], 0)?;
    if valid("plan", &again.stdout)?["changes"] != Value::Bool(false) {
        return Err("a plan after an apply has changes".into());
    }
    ondol::expect(here, &["apply", ".", "--yes", "--out", "out"], 0)?;
    if identities(&here.join("out")) != touched {
        return Err("a second apply touched something".into());
    }
    Ok(tree)
}

fn hidden(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str().to_string_lossy().starts_with(".ondol"))
}

/// Every file and folder with what changes when somebody touches it.
fn identities(folder: &Path) -> BTreeMap<PathBuf, (u64, i64, i64)> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some((entry.path().to_path_buf(), fs::metadata(entry.path()).ok()?)))
        .map(|(path, meta)| (path, (meta.ino(), meta.mtime(), meta.mtime_nsec())))
        .collect()
}

/// Whoever reads these formats can: two parsers of YAML and one of JSON that are not ours.
pub fn readable(tree: &Files) -> Result<(), Failed> {
    for (path, bytes) in tree {
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8", path.display()))?;
        let wrong =
            |error: String| Failed::from(format!("{} cannot be read: {error}\n{text}", path.display()));
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") if path.ends_with("manifest.json") && path.iter().count() == 3 => {
                drop(valid("manifest", text)?)
            }
            Some("json") => {
                serde_json::from_str::<Value>(text).map_err(|error| wrong(error.to_string()))?;
            }
            Some("yaml" | "yml") => {
                let one: Value = serde_yaml_ng::from_str(text).map_err(|error| wrong(error.to_string()))?;
                let other: Value = serde_saphyr::from_str(text).map_err(|error| wrong(error.to_string()))?;
                if one != other {
                    return Err(wrong("two parsers of YAML read different things".into()));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Formatting once is enough, and changes neither what is found nor what is written.
fn formatting(input: &Files, codes_before: &[String], tree: &Files) -> Result<(), Failed> {
    let sandbox = Sandbox::new("spec", input)?;
    let here = sandbox.path();
    ondol::run(here, &["fmt", "."])?;
    let once = files::read(here);
    ondol::run(here, &["fmt", "."])?;
    files::same("formatting twice gives something else", &once, &files::read(here))?;
    let checked = ondol::run(here, &["check", ".", "--format", "json"])?;
    let codes_after = codes(&valid("check", &checked.stdout)?);
    if codes_before != codes_after {
        return Err(
            format!("formatting changes what is found: {codes_before:?}, then {codes_after:?}").into()
        );
    }
    if checked.status == 0 {
        ondol::expect(here, &["apply", ".", "--yes", "--out", "out"], 0)?;
        files::same("formatting changes what is written", tree, &files::read(&here.join("out")))?;
    }
    Ok(())
}
