//! Real stacks, said in this language: what they compile to is as committed, and means what their originals mean.
//!
//! A stack is a folder of `golden-tests/practice/`: its description, the files of the compiled tree that stand for files
//! of the original (`expected/`), and where the original is (`original.toml`). The originals are others' work and are not
//! here: `ONDOL_PRACTICE` names the folder that holds them, or it lies beside this repository as `shared/practice`.
//! Where it is not, those comparisons are shown as ignored, and the rest runs all the same; a stack whose original is our
//! own (`original/`) is always compared.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::{Arguments, Failed, Trial};

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");

fn main() {
    let arguments = Arguments::from_args();
    let originals = originals();
    if originals.is_none() {
        eprintln!("no originals: ONDOL_PRACTICE names no folder, so nothing is compared with them");
    }
    let mut trials = Vec::new();
    for stack in stacks() {
        let name = stack.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let here = stack.clone();
        trials.push(Trial::test(format!("compiled: {name}"), move || compiled(&here)));
        if stack.join("original.toml").exists() {
            let own = stack.join("original").is_dir().then(|| stack.clone());
            let found = own.or(originals.clone());
            let missing = found.is_none();
            let equal = Trial::test(format!("equal: {name}"), move || match &found {
                Some(originals) => equal(originals, &stack),
                None => Ok(()),
            });
            trials.push(equal.with_ignored_flag(missing));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The folder with the originals, if this machine has it.
fn originals() -> Option<PathBuf> {
    let named = env::var_os("ONDOL_PRACTICE").map(PathBuf::from);
    let beside = Path::new(HOUSE).ancestors().skip(1).take(2).map(|folder| folder.join("shared/practice"));
    named.into_iter().chain(beside).find(|folder| folder.is_dir())
}

/// Every folder with a description, by name.
fn stacks() -> Vec<PathBuf> {
    let folder = Path::new(HOUSE).join("golden-tests/practice");
    let mut stacks: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("system.kdl").exists())
        .collect();
    stacks.sort();
    stacks
}

/// The compiled tree of a stack, and the folder in which it lives.
fn compile(stack: &Path) -> Result<(tempfile::TempDir, PathBuf), Failed> {
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let output = Command::new(env!("CARGO_BIN_EXE_ondol"))
        .args(["apply", "--yes", "--out"])
        .arg(out.path())
        .arg(stack)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let system = only_folder(out.path()).and_then(|system| only_folder(&system));
    let tree = system.ok_or("more than one tree")?;
    Ok((out, tree))
}

fn only_folder(folder: &Path) -> Option<PathBuf> {
    let mut found =
        fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    found.next().filter(|_| found.next().is_none())
}

/// Every file of `expected/` is what is compiled; `BLESS` rewrites it.
fn compiled(stack: &Path) -> Result<(), Failed> {
    let (_out, tree) = compile(stack)?;
    let expected = stack.join("expected");
    let files: Vec<PathBuf> = walkdir::WalkDir::new(&expected)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
        .collect();
    if files.is_empty() {
        return Err(format!("{} has no files: which ones stand for the original?", expected.display()).into());
    }
    for file in files {
        let path = file.strip_prefix(&expected).map_err(|error| error.to_string())?;
        let made =
            fs::read_to_string(tree.join(path)).map_err(|error| format!("{}: {error}", path.display()))?;
        if env::var_os("BLESS").is_some() {
            fs::write(&file, &made).map_err(|error| error.to_string())?;
        }
        let stated = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        if stated != made {
            let difference = similar::TextDiff::from_lines(&stated, &made).unified_diff().to_string();
            return Err(format!(
                "{} (if it is as you want it: `cargo bless`):\n{difference}",
                path.display()
            )
            .into());
        }
    }
    Ok(())
}

/// The real programs see the same in the tree and in the original.
fn equal(originals: &Path, stack: &Path) -> Result<(), Failed> {
    let (_out, tree) = compile(stack)?;
    let output = Command::new(Path::new(HOUSE).join("golden-tests/tools/sandbox"))
        .current_dir(HOUSE)
        .args(["python3", "golden-tests/practice/compare.py"])
        .args([originals, stack, &tree])
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).into_owned().into())
}
