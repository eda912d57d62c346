//! The contents of an output folder.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::output::Output;
use super::replace::is_temporary;
use crate::exit::CommandError;
use crate::folder::{FileKind, Folder};

/// The contents of a folder.
#[derive(Default)]
pub(super) struct Found {
    /// Regular files with an extension that wharf writes, in the folder and its direct subfolders.
    pub(super) files: BTreeSet<String>,
    /// Anything else: links, sockets, folders at the paths of files and files at the paths of folders.
    others: BTreeSet<String>,
    /// Temporary files.
    pub(super) leftovers: Vec<String>,
}

impl Found {
    /// Lists the folder and its direct subfolders; opens no file and follows no link.
    pub(super) fn walk(output: &mut Output) -> Result<Self, CommandError> {
        let mut found = Self::default();
        let trouble =
            |output: &Output, name: &str, error: io::Error| CommandError::with(&output.path(name), &error);
        let folders = output.folder("").and_then(|folder| found.list(folder, ""));
        for name in folders.map_err(|error| trouble(output, "", error))? {
            let listed = output.folder(&name).and_then(|folder| found.list(folder, &format!("{name}/")));
            for deeper in listed.map_err(|error| trouble(output, &name, error))? {
                found.others.insert(format!("{name}/{deeper}"));
            }
        }
        Ok(found)
    }

    /// Adds the items of a folder, and returns its subfolders.
    fn list(&mut self, folder: &Folder, prefix: &str) -> io::Result<Vec<String>> {
        let mut folders = Vec::new();
        for item in folder.items()? {
            let (name, kind) = item?;
            // wharf writes only UTF-8 names
            let Ok(name) = name.into_string() else { continue };
            let path = format!("{prefix}{name}");
            match kind {
                FileKind::Folder => folders.push(name),
                FileKind::File if is_temporary(&name) => self.leftovers.push(path),
                FileKind::File
                    if Path::new(&name)
                        .extension()
                        .is_some_and(|extension| extension == "yaml" || extension == "txt") =>
                {
                    self.files.insert(path);
                }
                FileKind::File | FileKind::Link | FileKind::Other => {
                    self.others.insert(path);
                }
            }
        }
        Ok(folders)
    }

    /// The item at the path of the folder of `path`, or at `path`, that is not what it has to be.
    pub(super) fn blocker<'p>(&self, path: &'p str) -> Option<&'p str> {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let no_folder = self.others.contains(folder) || self.files.contains(folder);
        if no_folder { Some(folder) } else { self.others.contains(path).then_some(path) }
    }
}
