//! Folders as values, so that they can be compared, copied and laid over each other.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use libtest_mimic::Failed;
use similar::TextDiff;

/// Every file below a folder, with its bytes.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// The names of the folders in `folder`, sorted.
pub fn folders(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every file below `folder`; none when it does not exist.
pub fn read(folder: &Path) -> Files {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let path = entry.path().strip_prefix(folder).ok()?.to_path_buf();
            Some((path, fs::read(entry.path()).ok()?))
        })
        .collect()
}

/// Writes files below `folder`, over what is there.
pub fn write(folder: &Path, files: &Files) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Whether two trees hold the same; the error names the first difference.
pub fn same(what: &str, one: &Files, other: &Files) -> Result<(), Failed> {
    for path in one.keys().chain(other.keys()) {
        let text = |files: &Files| {
            files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
        };
        if one.get(path) != other.get(path) {
            let difference = diff(&text(one), &text(other));
            return Err(format!("{what}: {} differs\n{difference}", path.display()).into());
        }
    }
    Ok(())
}

/// What differs between two texts, for people.
pub fn diff(before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().context_radius(3).to_string()
}
