//! What the examples compile to, and their form.

use std::{fs, path::Path, process::Command};

use libtest_mimic::Failed;
use tempfile::TempDir;

use super::run::{HOUSE, SMALL, expect, ondol, same, text, tree};

pub fn generated_is_up_to_date() -> Result<(), Failed> {
    let committed = Path::new(HOUSE).join("generated");
    let examples = Path::new(HOUSE).join("examples");
    let folder = TempDir::new()?;
    expect(&ondol(&["apply", text(&examples), "--out", text(folder.path()), "--yes"]), 0)?;
    same(&tree(folder.path()), &tree(&committed)).map_err(|difference| {
        Failed::from(format!(
            "generated/ is stale, run `cargo bless`: {}",
            difference.message().unwrap_or_default()
        ))
    })
}

pub fn one_thread() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    let status = Command::new(env!("CARGO_BIN_EXE_ondol"))
        .args([
            "apply",
            text(&Path::new(HOUSE).join("examples")),
            "--yes",
            "--quiet",
            "--out",
            text(folder.path()),
        ])
        .env("RAYON_NUM_THREADS", "1")
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("TZ", "Pacific/Kiritimati")
        .status()?;
    if !status.success() {
        return Err("apply failed".into());
    }
    same(&tree(folder.path()), &tree(&Path::new(HOUSE).join("generated")))
}

pub fn formatting() -> Result<(), Failed> {
    let folder = TempDir::new()?;
    for example in ["meeting-scheduler", "aicode-manager"] {
        let spec = Path::new(HOUSE).join("examples").join(example).join("system.kdl");
        expect(&ondol(&["fmt", "--check", text(&spec)]), 0)?;
    }
    let spec = folder.path().join("system.kdl");
    fs::write(&spec, SMALL.replace("    ", "\t\t "))?;
    expect(&ondol(&["fmt", "--check", text(&spec)]), 1)?;
    expect(&ondol(&["fmt", text(&spec)]), 0)?;
    if fs::read_to_string(&spec)? == SMALL { Ok(()) } else { Err("it was not formatted as expected".into()) }
}
