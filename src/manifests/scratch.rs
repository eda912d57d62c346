//! A temporary working folder for programs, which is removed at the end.

#![allow(clippy::disallowed_methods, reason = "writes into a temporary folder, and nowhere else")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Failure, OwnFolder};
use crate::manifests::directory::{all_files, join};

/// The maximum size of a chart, in bytes.
const MAX_CHART: u64 = 256 << 20;

/// A temporary folder.
pub(super) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    pub(super) fn new() -> Result<Self, Failure> {
        let folder =
            tempfile::Builder::new().prefix("wharf-lock-").tempdir().map_err(|error| failed(&error))?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.path().join(name);
        fs::write(&path, text).map_err(|error| failed(&error))?;
        Ok(path)
    }

    /// Creates a folder.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.path().join(name);
        fs::create_dir_all(&path).map_err(|error| failed(&error))?;
        Ok(path)
    }

    /// A copy of a folder of the repository, in a tree whose other items are links to the originals: a
    /// program can write into the copy, and `../common` resolves as in the repository.
    pub(super) fn mirror(&self, folder: &OwnFolder<'_>) -> Result<PathBuf, Failure> {
        let root = folder
            .repository
            .path("")
            .ok_or_else(|| Failure::Failed("the repository cannot be read".into(), None))?;
        let tree = self.folder("repository")?;
        let mut path = String::new();
        for step in folder.path.split('/').filter(|step| !step.is_empty()) {
            link_all(&root.join(&path), &tree.join(&path), step).map_err(|error| failed(&error))?;
            path = join(&path, step);
        }
        copy(folder, &root, &tree)?;
        Ok(tree.join(&folder.path))
    }
}

/// Links all items of a folder except `except` into another folder.
fn link_all(from: &Path, to: &Path, except: &str) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for item in fs::read_dir(from)? {
        let name = item?.file_name();
        if name != except && name != ".git" {
            #[cfg(unix)]
            std::os::unix::fs::symlink(from.join(&name), to.join(&name))?;
        }
    }
    Ok(())
}

fn copy(folder: &OwnFolder<'_>, root: &Path, tree: &Path) -> Result<(), Failure> {
    let files = all_files(folder.repository, &folder.path)
        .ok_or_else(|| Failure::Failed(format!("`{}` cannot be listed", folder.path), None))?;
    let mut left = MAX_CHART;
    for file in files {
        let target = tree.join(&file);
        let copied = fs::create_dir_all(target.parent().unwrap_or(tree))
            .and_then(|()| copy_file(folder, &root.join(&file), &target, &file));
        let size = copied
            .map_err(|error| Failure::Failed(format!("{file} cannot be read"), Some(error.to_string())))?;
        left = left.checked_sub(size).ok_or_else(|| {
            Failure::Failed(format!("`{}` is larger than {} MiB", folder.path, MAX_CHART >> 20), None)
        })?;
    }
    Ok(())
}

/// Copies a regular file, or the target of a link within the repository; skips a link to the outside, so that
/// it is missing in the chart.
fn copy_file(folder: &OwnFolder<'_>, from: &Path, to: &Path, path: &str) -> io::Result<u64> {
    if from.is_dir() {
        #[cfg(unix)]
        std::os::unix::fs::symlink(from, to)?;
        return Ok(0);
    }
    match folder.repository.read(path) {
        Some(bytes) => fs::write(to, &bytes).map(|()| bytes.len() as u64),
        None => Ok(0),
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::Failed("temporary files cannot be written".into(), Some(error.to_string()))
}
