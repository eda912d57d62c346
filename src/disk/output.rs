//! Reading, replacing and removing the files of an output folder by their relative paths, which have at most
//! one folder.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::replace::replace;
use crate::exit::CommandError;
use crate::folder::Folder;

/// An open output folder.
pub(super) struct Output {
    path: PathBuf,
    root: Folder,
    /// The subfolder that was used last, since paths are sorted; a handle for each could exceed the limit of
    /// a process.
    last: Option<(String, Folder)>,
}

impl Output {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.into(), root: Folder::open(path)?, last: None })
    }

    /// A path in the folder, for messages.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.path.clone() } else { self.path.join(path) }
    }

    /// The subfolder with this name, or the output folder itself for an empty name.
    pub(super) fn folder(&mut self, name: &str) -> io::Result<&Folder> {
        if name.is_empty() {
            return Ok(&self.root);
        }
        if self.last.as_ref().is_none_or(|(last, _)| last != name) {
            self.last = Some((name.to_owned(), self.root.child(name)?));
        }
        Ok(self.last.as_ref().map_or(&self.root, |(_, folder)| folder))
    }

    /// Whether anything exists at a path.
    pub(super) fn holds(&mut self, path: &str) -> Result<bool, CommandError> {
        let (folder, name) = split(path);
        match self.folder(folder).and_then(|folder| folder.kind(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            kind => kind.map(|_| true).map_err(|error| self.trouble(path, &error)),
        }
    }

    /// The contents of a file, or their first `most` bytes.
    pub(super) fn read(&mut self, path: &str, most: u64) -> Result<Vec<u8>, CommandError> {
        let (folder, name) = split(path);
        let mut bytes = Vec::new();
        let file = self.folder(folder).and_then(|folder| folder.open_file(name));
        file.and_then(|file| file.take(most).read_to_end(&mut bytes))
            .map_err(|error| self.trouble(path, &error))?;
        Ok(bytes)
    }

    /// Writes a file, or replaces it atomically, and creates its folder.
    pub(super) fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), CommandError> {
        let (folder, name) = split(path);
        let opened = match self.folder(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.root.make_child(folder),
            opened => opened.map(drop),
        };
        let replaced =
            opened.and_then(|()| self.folder(folder)).and_then(|folder| replace(folder, name, bytes));
        replaced.map_err(|error| self.trouble(path, &error))
    }

    /// Removes a file, and its folder if it is empty then.
    pub(super) fn remove(&mut self, path: &str) -> Result<(), CommandError> {
        let (folder, name) = split(path);
        match self.folder(folder).and_then(|folder| folder.remove_file(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.trouble(path, &error)),
            _ => {}
        }
        if !folder.is_empty() {
            self.last = None;
            // a folder that is not empty stays
            let _ = self.root.remove_folder(folder);
        }
        Ok(())
    }

    fn trouble(&self, path: &str, error: &io::Error) -> CommandError {
        CommandError::with(&self.path(path), error)
    }
}

fn split(path: &str) -> (&str, &str) {
    path.split_once('/').unwrap_or(("", path))
}
