//! The program, run; a small description to run it on; and trees as values.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use libtest_mimic::Failed;
use tempfile::TempDir;

pub const HOUSE: &str = env!("CARGO_MANIFEST_DIR");
pub const SMALL: &str = "system \"small\" {\n    service \"web\" kind=\"static-site\" { build \"./web\" }\n    ingress {\n        tls \"self-signed\"\n        route \"/\" to=\"web\"\n    }\n}\n";

pub fn ondol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ondol")).args(arguments).output().expect("ondol runs")
}

pub fn expect(output: &Output, status: i32) -> Result<(), Failed> {
    if output.status.code() == Some(status) {
        return Ok(());
    }
    Err(format!(
        "status {:?}, expected {status}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
    .into())
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// Every file below a folder with its bytes.
pub fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            (
                entry.path().strip_prefix(folder).expect("below").to_path_buf(),
                fs::read(entry.path()).expect("a file"),
            )
        })
        .collect()
}

pub fn same(a: &BTreeMap<PathBuf, Vec<u8>>, b: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Failed> {
    for path in a.keys().chain(b.keys()) {
        if a.get(path) != b.get(path) {
            return Err(format!("{} differs", path.display()).into());
        }
    }
    Ok(())
}

pub fn small() -> Result<(TempDir, PathBuf, PathBuf), Failed> {
    let folder = TempDir::new()?;
    let (spec, out) = (folder.path().join("system.kdl"), folder.path().join("out"));
    fs::write(&spec, SMALL)?;
    Ok((folder, spec, out))
}
