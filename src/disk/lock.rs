//! One run at a time writes to a folder. The lock is the system's, so that a run that is killed leaves none
//! behind.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Keeps other runs out until it is dropped.
pub(super) struct Lock {
    _folder: File,
}

/// Locks a folder; `busy` is called before another run is waited for. Nothing where the file system or the
/// system has no locks.
pub(super) fn take(folder: &Path, busy: impl FnOnce()) -> Option<Lock> {
    let file = File::open(folder).ok()?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            busy();
            file.lock().ok()?;
        }
        Err(TryLockError::Error(_)) => return None,
    }
    Some(Lock { _folder: file })
}
