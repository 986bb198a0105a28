//! One apply at a time for an output folder.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use super::target::{TargetError, is_output};

/// Holds the output folder for one run; given back when dropped, also by a process that is killed.
pub struct Lock {
    folder: File,
    /// The folders that were made for it, the innermost first.
    made: Vec<PathBuf>,
}

impl Lock {
    /// Makes `folder` where it is missing, and locks it. Calls `waiting` when another run holds it, and waits for that run.
    pub fn acquire(folder: &Path, waiting: impl Fn()) -> Result<Lock, TargetError> {
        let failed = |error: io::Error| TargetError::io("locking", folder, &error);
        loop {
            is_output(folder)?;
            let missing = folder.ancestors().take_while(|above| !above.exists() && **above != *Path::new(""));
            let made: Vec<PathBuf> = missing.map(Path::to_path_buf).collect();
            fs::create_dir_all(folder).map_err(|error| TargetError::io("creating", folder, &error))?;
            let mut lock = Lock { folder: File::open(folder).map_err(failed)?, made };
            if flock(&lock.folder, FlockOperation::NonBlockingLockExclusive).is_err() {
                waiting();
                flock(&lock.folder, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
            }
            if lock.is_of(folder).map_err(failed)? {
                return Ok(lock);
            }
            // The run before this one was refused and took away what it had made; what is there now is another's.
            lock.made.clear();
        }
    }

    /// Whether the folder that is locked is still the one of that path.
    fn is_of(&self, folder: &Path) -> io::Result<bool> {
        let held = self.folder.metadata()?;
        match fs::metadata(folder) {
            Ok(there) => Ok((there.dev(), there.ino()) == (held.dev(), held.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A run that was refused leaves nothing: what it made goes while it is held, unless something came into it.
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}
