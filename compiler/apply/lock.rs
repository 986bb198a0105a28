//! One apply at a time for an output folder.

use std::{fs::File, io, path::Path};

use rustix::fs::{FlockOperation, flock};

/// Holds the output folder for one run; given back when dropped, also by a process that is killed.
pub struct Lock {
    _folder: File,
}

impl Lock {
    /// Locks `folder`, which exists. Calls `waiting` once when another run holds it, then waits for that run.
    pub fn acquire(folder: &Path, waiting: impl FnOnce()) -> io::Result<Lock> {
        let file = File::open(folder)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            waiting();
            flock(&file, FlockOperation::LockExclusive)?;
        }
        Ok(Lock { _folder: file })
    }
}
