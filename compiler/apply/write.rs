//! Puts a new tree together and exchanges it with the old one.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::target::{Target, TargetError};
use crate::{
    emit::Artifact,
    plan::{Action, Plan, manifest},
};

/// A tree that has been put together and waits to take the place of the old one. Dropped, it leaves no trace.
pub struct Staged {
    target: Target,
    staging: PathBuf,
    gone: BTreeSet<String>,
    /// Whether the whole tree goes.
    leaves: bool,
    done: bool,
}

/// Puts together what `plan` says, beside the old tree; none when there is nothing to do.
pub fn stage(target: &Target, plan: &Plan, artifacts: &[Artifact]) -> Result<Option<Staged>, TargetError> {
    if plan.is_empty() {
        return Ok(None);
    }
    let mut gone: BTreeSet<String> =
        plan.files.iter().filter(|file| !file.kept).map(|file| file.path.clone()).collect();
    gone.insert(manifest::FILE.to_owned());
    let staging = target.staging();
    let staged = Staged { target: target.clone(), staging, gone, leaves: plan.gone, done: false };
    fs::create_dir_all(&target.system)
        .map_err(|error| TargetError::io("creating", &target.system, &error))?;
    remove(&staged.staging)?;
    build(target, &staged.staging, plan, artifacts, &|path| staged.gone.contains(path))?;
    Ok(Some(staged))
}

impl Staged {
    /// Takes the place of the old tree, in one step.
    pub fn commit(mut self) -> Result<(), TargetError> {
        exchange(&self.target, &self.staging, &|path| self.gone.contains(path))?;
        self.done = true;
        if self.leaves {
            // What somebody put there keeps the folders.
            let _ = fs::remove_dir(&self.target.tree).and_then(|()| fs::remove_dir(&self.target.system));
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.done {
            // What was put together is worthless now; the error that is reported is the one that led here.
            let _ = fs::remove_dir_all(&self.staging);
            // Nor is a folder of a system of any worth in which there is no tree; several may have been put together in it.
            let _ = fs::remove_dir(&self.target.system);
        }
    }
}

/// Removes what an earlier run left behind when it was killed.
fn remove(staging: &Path) -> Result<(), TargetError> {
    match fs::remove_dir_all(staging) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(TargetError::io("removing", staging, &error))
        }
        _ => Ok(()),
    }
}

/// Puts the whole new tree together in `staging`.
fn build(
    target: &Target,
    staging: &Path,
    plan: &Plan,
    artifacts: &[Artifact],
    gone: &dyn Fn(&str) -> bool,
) -> Result<(), TargetError> {
    fs::create_dir(staging).map_err(|error| TargetError::io("creating", staging, &error))?;
    let written: BTreeSet<&str> = plan
        .files
        .iter()
        .filter(|file| !file.kept && file.action != Action::Delete)
        .map(|file| file.path.as_str())
        .collect();
    let artifacts: Vec<&Artifact> =
        artifacts.iter().filter(|artifact| written.contains(artifact.path.as_str())).collect();
    let folders: BTreeSet<&str> =
        artifacts.iter().filter_map(|artifact| Some(artifact.path.rsplit_once('/')?.0)).collect();
    for folder in folders {
        let folder = staging.join(folder);
        fs::create_dir_all(&folder).map_err(|error| TargetError::io("creating", &folder, &error))?;
    }
    artifacts.par_iter().try_for_each(|artifact| {
        create(&staging.join(&artifact.path), artifact.contents.as_bytes(), artifact.mode)
    })?;
    if !plan.manifest.is_empty() {
        create(&staging.join(manifest::FILE), plan.manifest.as_bytes(), 0o644)?;
    }
    if target.tree.exists() {
        carry(&target.tree, staging, "", gone)?;
    }
    Ok(())
}

fn create(path: &Path, contents: &[u8], mode: u32) -> Result<(), TargetError> {
    let write = || -> io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(contents)?;
        // The user's mask takes permissions away. To look is much cheaper than to set them where nothing is missing.
        if file.metadata()?.permissions().mode() & 0o7777 == mode {
            return Ok(());
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
    };
    write().map_err(|error| TargetError::io("writing", path, &error))
}

/// Links everything of the old tree that is not `gone` into the new one: unchanged files and files of others.
fn carry(old: &Path, new: &Path, prefix: &str, gone: &dyn Fn(&str) -> bool) -> Result<(), TargetError> {
    let failed = |path: &Path, error: io::Error| TargetError::io("carrying over", path, &error);
    for entry in fs::read_dir(old).map_err(|error| failed(old, error))? {
        let entry = entry.map_err(|error| failed(old, error))?;
        let from = entry.path();
        let name = entry.file_name();
        let path = if prefix.is_empty() {
            name.to_string_lossy().into_owned()
        } else {
            format!("{prefix}/{}", name.to_string_lossy())
        };
        let to = new.join(&name);
        let kind = entry.file_type().map_err(|error| failed(&from, error))?;
        if kind.is_dir() {
            carry_folder(&from, &to, &path, gone)?;
        } else if gone(&path) {
            continue;
        } else if kind.is_symlink() {
            let leads = fs::read_link(&from).map_err(|error| failed(&from, error))?;
            symlink(leads, &to).map_err(|error| failed(&from, error))?;
        } else {
            fs::hard_link(&from, &to).map_err(|error| failed(&from, error))?;
        }
    }
    Ok(())
}

/// A folder goes along with its permissions; one that holds nothing any more because we deleted its files does not.
fn carry_folder(from: &Path, to: &Path, path: &str, gone: &dyn Fn(&str) -> bool) -> Result<(), TargetError> {
    let failed = |error: io::Error| TargetError::io("carrying over", from, &error);
    let was_empty = fs::read_dir(from).map_err(failed)?.next().is_none();
    let made = match fs::create_dir(to) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(failed(error)),
    };
    carry(from, to, path, gone)?;
    if made && !was_empty && fs::remove_dir(to).is_ok() {
        return Ok(());
    }
    let permissions = fs::metadata(from).map_err(failed)?.permissions();
    fs::set_permissions(to, permissions).map_err(failed)
}

/// Puts the new tree in the place of the old one, in one step.
fn exchange(target: &Target, staging: &Path, gone: &dyn Fn(&str) -> bool) -> Result<(), TargetError> {
    if !target.tree.exists() {
        return fs::rename(staging, &target.tree)
            .map_err(|error| TargetError::io("writing", &target.tree, &error));
    }
    renameat_with(CWD, staging, CWD, &target.tree, RenameFlags::EXCHANGE)
        .map_err(|error| TargetError::io("writing", &target.tree, &error.into()))?;
    // The old tree lies in the staging folder now. What somebody put into it since we looked is theirs: it moves over.
    rescue(staging, &target.tree, "", gone);
    // Leftovers harm nobody and are removed by the next run.
    let _ = fs::remove_dir_all(staging);
    Ok(())
}

/// Moves files that appeared in the old tree while the new one was put together.
fn rescue(old: &Path, new: &Path, prefix: &str, gone: &dyn Fn(&str) -> bool) {
    for entry in fs::read_dir(old).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let path = if prefix.is_empty() {
            name.to_string_lossy().into_owned()
        } else {
            format!("{prefix}/{}", name.to_string_lossy())
        };
        let (from, to) = (entry.path(), new.join(&name));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        match fs::symlink_metadata(&to) {
            Ok(_) if is_folder => rescue(&from, &to, &path, gone),
            Ok(_) => {}
            Err(_) if is_folder => {
                if fs::create_dir(&to).is_ok() {
                    rescue(&from, &to, &path, gone);
                    // A folder of which nothing was left is not ours to keep.
                    let _ = fs::remove_dir(&to);
                }
            }
            Err(_) if gone(&path) => {}
            Err(_) => drop(fs::rename(&from, &to)),
        }
    }
}
