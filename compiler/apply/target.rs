//! Where a tree lives on disk, and what it holds now.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

use crate::{
    diagnostic::Diagnostic,
    emit::Artifact,
    load::reason,
    plan::{Manifest, OnDisk, State, manifest},
};

/// The folder of one environment of one system.
#[derive(Clone, Debug)]
pub struct Target {
    /// The output folder, `generated/`.
    pub out: PathBuf,
    /// The system's folder in it.
    pub system: PathBuf,
    /// The tree itself.
    pub tree: PathBuf,
    environment: String,
}

/// Why a target cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub struct TargetError {
    /// Stable code of the diagnostic.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl TargetError {
    pub(super) fn io(doing: &str, path: &Path, error: &io::Error) -> TargetError {
        TargetError {
            code: "output-failed",
            message: format!("{doing} {} failed: {}", path.display(), reason(error)),
            help: "nothing was changed; free the place and run it again".into(),
        }
    }

    fn in_the_way(path: &Path, what: &str) -> TargetError {
        TargetError {
            code: "output-in-the-way",
            message: format!("{} is {what}, where ondol would write a folder", path.display()),
            help: "move it away, or choose another place with `--out`".into(),
        }
    }
}

impl From<TargetError> for Diagnostic {
    fn from(error: TargetError) -> Diagnostic {
        Diagnostic::error(error.code, error.message).help(error.help)
    }
}

impl Target {
    /// The target of `system` and `environment` below `out`.
    pub fn new(out: &Path, system: &str, environment: &str) -> Target {
        let folder = out.join(system);
        Target {
            out: out.to_path_buf(),
            tree: folder.join(environment),
            system: folder,
            environment: environment.to_owned(),
        }
    }

    /// Where the new tree is put together, beside the old one.
    pub(super) fn staging(&self) -> PathBuf {
        self.system.join(format!(".{}.ondol-new", self.environment))
    }

    /// Reads what concerns a plan: the manifest, its files and the wanted ones. Refuses links and files in the way.
    pub fn state(&self, wanted: &[Artifact]) -> Result<State, TargetError> {
        if !(is_output(&self.out)? && is_folder(&self.system)? && is_folder(&self.tree)?) {
            return Ok(State::default());
        }
        let mut state = State::default();
        if let Some(file) = self.read(manifest::FILE)? {
            let text = String::from_utf8_lossy(&file.contents).into_owned();
            state.manifest = Manifest::parse(&text).map_err(|error| TargetError {
                code: "unreadable-manifest",
                message: format!("{} cannot be understood: {error}", self.tree.join(manifest::FILE).display()),
                help: "restore it from version control, or delete it: then every file is taken for edited by hand".into(),
            })?;
            state.manifest_text = Some(text);
        }
        let mut paths: Vec<&str> = wanted
            .iter()
            .map(|artifact| artifact.path.as_str())
            .chain(state.manifest.files.keys().map(String::as_str))
            .chain(state.manifest.kept.keys().map(String::as_str))
            .collect();
        paths.sort_unstable();
        paths.dedup();
        let mut folders = BTreeMap::from([("", true)]);
        let mut there = Vec::new();
        for path in paths {
            if self.is_folder(within(path)?, &mut folders)? {
                there.push(path);
            }
        }
        let read = |path: &str| Some((path.to_owned(), self.read(path).transpose()?));
        let files: Vec<_> = there.into_par_iter().filter_map(read).collect();
        // Of several faults the first one in the order of the paths is told, whichever was found first.
        state.files =
            files.into_iter().map(|(path, file)| Ok((path, file?))).collect::<Result<_, TargetError>>()?;
        Ok(state)
    }

    /// Whether there is a folder of the tree; neither it nor one above it may be a link or a file. `known` are those
    /// that have been looked at.
    fn is_folder<'a>(
        &self,
        folder: &'a str,
        known: &mut BTreeMap<&'a str, bool>,
    ) -> Result<bool, TargetError> {
        if let Some(there) = known.get(folder) {
            return Ok(*there);
        }
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        let full = self.tree.join(folder);
        let there = self.is_folder(above, known)? && is_folder(&full)?;
        known.insert(folder, there);
        Ok(there)
    }

    /// A file of the tree, when it is there.
    fn read(&self, path: &str) -> Result<Option<OnDisk>, TargetError> {
        let full = self.tree.join(path);
        match fs::symlink_metadata(&full) {
            Ok(meta) if meta.is_file() => {
                let contents = fs::read(&full).map_err(|error| TargetError::io("reading", &full, &error))?;
                Ok(Some(OnDisk { contents, executable: meta.permissions().mode() & 0o111 != 0 }))
            }
            Ok(meta) => Err(TargetError {
                code: "output-in-the-way",
                message: format!(
                    "{} is {}, where ondol would write a file",
                    full.display(),
                    if meta.is_symlink() { "a link" } else { "a folder" }
                ),
                help: "move it away".into(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(TargetError::io("reading", &full, &error)),
        }
    }
}

/// Whether the output folder is there. It may be a link of the user's own choosing, when there is a folder behind it; what
/// lies in it may not lead out.
pub fn is_output(out: &Path) -> Result<bool, TargetError> {
    if out.is_dir() { Ok(true) } else { is_folder(out) }
}

/// Whether there is a folder; refuses a link or a file in its place.
fn is_folder(path: &Path) -> Result<bool, TargetError> {
    match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(true),
        Ok(meta) => Err(TargetError::in_the_way(path, if meta.is_symlink() { "a link" } else { "a file" })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(TargetError::io("reading", path, &error)),
    }
}

/// The folder of a path. A manifest is a file that anybody may edit: a path in it must not lead out of the tree.
fn within(path: &str) -> Result<&str, TargetError> {
    if path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        return Err(TargetError {
            code: "unreadable-manifest",
            message: format!("the manifest names `{path}`, which is no path within the tree"),
            help: "restore it from version control".into(),
        });
    }
    Ok(path.rsplit_once('/').map_or("", |(folder, _)| folder))
}
