//! Writing one file atomically.

use std::ffi::OsStr;
use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::process;

use crate::folder::Folder;

/// The prefix of temporary files. The next run removes those of a killed one.
const TEMPORARY: &str = ".wharf-";
const TEMPORARY_END: &str = ".tmp";

/// How many names are tried: files of the same process id may be left from a container or another machine.
const MAX_ATTEMPTS: u32 = 10_000;

/// Whether a file with this name is a temporary one.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY) && name.ends_with(TEMPORARY_END)
}

/// Writes a file, or replaces it and keeps its permissions.
pub(super) fn replace(folder: &Folder, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (temporary, file) = temporary(folder)?;
    let written = fill(file, bytes, folder.permissions(name)).and_then(|()| folder.rename(&temporary, name));
    if written.is_err() {
        let _ = folder.remove_file(&temporary);
    }
    written
}

/// Writes a file whose name is not taken.
pub(super) fn create(folder: &Folder, name: &OsStr, bytes: &[u8]) -> io::Result<()> {
    let (temporary, file) = temporary(folder)?;
    let written = fill(file, bytes, None).and_then(|()| match folder.hard_link(&temporary, name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // a file system without hard links, such as FAT
            folder.create_file(name)?.write_all(bytes)
        }
        linked => linked,
    });
    let removed = folder.remove_file(&temporary);
    written.and(removed)
}

/// A new file, and its name.
fn temporary(folder: &Folder) -> io::Result<(String, File)> {
    for number in 0..MAX_ATTEMPTS {
        let name = format!("{TEMPORARY}{}-{number}{TEMPORARY_END}", process::id());
        match folder.create_file(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|file| (name, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(mut file: File, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    // before writing, so that nobody reads what they may not
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.write_all(bytes)
}
