//! What stands in an output folder.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::output::Output;
use super::replace::is_temporary;
use crate::exit::CommandError;
use crate::folder::{FileKind, Folder};

/// What stands in a folder.
#[derive(Default)]
pub(super) struct Found {
    /// Regular files with an ending that wharf writes, in the folder and in those right below it.
    pub(super) files: BTreeSet<String>,
    /// Anything else: links, sockets, folders in the place of files and files in the place of folders.
    others: BTreeSet<String>,
    /// Temporary files.
    pub(super) leftovers: Vec<String>,
}

impl Found {
    /// Looks at the folder and right below it; opens no file and follows no link.
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

    /// Takes in what is in a folder, and gives the folders in it.
    fn list(&mut self, folder: &Folder, prefix: &str) -> io::Result<Vec<String>> {
        let mut folders = Vec::new();
        for item in folder.items()? {
            let (name, kind) = item?;
            // wharf writes no names that are not text
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

    /// What stands in the place of the folder of `path`, or at `path` and is not a file.
    pub(super) fn blocker<'p>(&self, path: &'p str) -> Option<&'p str> {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let no_folder = self.others.contains(folder) || self.files.contains(folder);
        if no_folder { Some(folder) } else { self.others.contains(path).then_some(path) }
    }
}
