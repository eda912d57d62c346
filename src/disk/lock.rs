//! One run at a time writes to a folder. The lock is that of the operating system, which releases it when a
//! run is killed.

use std::fs::{File, TryLockError};
use std::path::Path;

/// Blocks other runs until it is dropped.
pub(super) struct Lock {
    _folder: File,
}

/// Locks a folder; calls `busy` before it waits for another run. `None` if the file system or the operating
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
