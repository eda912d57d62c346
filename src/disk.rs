//! The output folder: the only code that writes files. Each file is replaced whole, so that whoever looks at
//! any moment, even after the run was killed, sees the old one or the new one.

#![allow(clippy::disallowed_methods, reason = "the only writer")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::CommandError;
use crate::inputs::display;
use crate::tree::Tree;

/// Files that a killed run may leave behind begin and end like this; the next run removes them.
const TEMPORARY: &str = ".wharf-";
const TEMPORARY_END: &str = ".tmp";

/// What differs between a tree and a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files of the tree that the folder lacks.
    pub missing: Vec<String>,
    /// Files that hold something else.
    pub changed: Vec<String>,
    /// Files that wharf wrote before and that the tree no longer has.
    pub stale: Vec<String>,
    /// What wharf did not write, where it would have to write a file or make a folder.
    pub foreign: Vec<String>,
    /// What killed runs left behind.
    leftovers: Vec<PathBuf>,
}

impl Difference {
    /// Whether the folder holds what it should.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.stale.is_empty() && self.foreign.is_empty()
    }
}

/// Compares `tree` with the folder `output`, in which the files that begin with `header` are wharf's; changes
/// nothing.
///
/// # Errors
/// If the folder cannot be read.
pub fn compare(tree: &Tree, header: &str, output: &Path) -> Result<Difference, CommandError> {
    let mut found = Found::default();
    found.walk(output, "")?;
    let mut difference = Difference::default();
    for (path, text) in tree {
        if let Some(blocker) = found.blocker(path) {
            if difference.foreign.last().is_none_or(|last| last != blocker) {
                difference.foreign.push(blocker.to_owned());
            }
        } else if found.files.remove(path) {
            let target = output.join(path);
            let old = fs::read(&target).map_err(|error| CommandError::with(&target, &error))?;
            if !old.starts_with(header.as_bytes()) {
                difference.foreign.push(path.clone());
            } else if old != text.as_bytes() {
                difference.changed.push(path.clone());
            }
        } else {
            difference.missing.push(path.clone());
        }
    }
    difference.stale = found.files.into_iter().filter(|path| is_ours(&output.join(path), header)).collect();
    difference.leftovers = found.leftovers;
    Ok(difference)
}

/// Makes the folder `output` hold `tree`: writes what differs, removes what wharf wrote before and no longer
/// makes, which are files that begin with `header`, and touches nothing else.
///
/// # Errors
/// If a file stands in the way that wharf did not write, or if the disk refuses. What was written until then
/// stays.
pub fn write(tree: &Tree, header: &str, output: &Path) -> Result<Difference, CommandError> {
    let difference = compare(tree, header, output)?;
    if let Some(path) = difference.foreign.first() {
        let path = output.join(path);
        return Err(CommandError(format!(
            "{}: something stands here that wharf did not write; nothing was written, move it away",
            display(&path)
        )));
    }
    for leftover in &difference.leftovers {
        remove(output, leftover)?;
    }
    for path in difference.missing.iter().chain(&difference.changed) {
        let target = output.join(path);
        replace(&target, tree[path].as_bytes()).map_err(|error| CommandError::with(&target, &error))?;
    }
    for path in &difference.stale {
        remove(output, &output.join(path))?;
    }
    Ok(difference)
}

/// Writes a file that is not there yet.
///
/// # Errors
/// If it is there, or if the disk refuses.
pub fn create(target: &Path, text: &str) -> Result<(), CommandError> {
    let written = temporary(target, text.as_bytes())
        .and_then(|file| file.persist_noclobber(target).map_err(|refused| refused.error));
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(CommandError(format!("{}: this file exists already", display(target))))
        }
        Err(error) => Err(CommandError::with(target, &error)),
        Ok(_) => Ok(()),
    }
}

/// Writes a file, or replaces it whole.
///
/// # Errors
/// If the disk refuses.
pub fn replace_text(target: &Path, text: &str) -> Result<(), CommandError> {
    replace(target, text.as_bytes()).map_err(|error| CommandError::with(target, &error))
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    temporary(target, bytes)?.persist(target)?;
    Ok(())
}

/// A file beside `target` that holds `bytes` and is removed if it does not take its place.
fn temporary(target: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(TEMPORARY_END);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn remove(output: &Path, target: &Path) -> Result<(), CommandError> {
    fs::remove_file(target).or_else(ignore_missing).map_err(|error| CommandError::with(target, &error))?;
    // A folder that still holds something stays.
    if let Some(folder) = target.parent().filter(|folder| *folder != output) {
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// What stands in a folder.
#[derive(Default)]
struct Found {
    /// Regular files with an ending that wharf writes, in the folder and in those right below it.
    files: BTreeSet<String>,
    /// Anything else: links, sockets, folders in the place of files and files in the place of folders.
    others: BTreeSet<String>,
    /// What killed runs left behind.
    leftovers: Vec<PathBuf>,
}

impl Found {
    /// Looks at `folder` and right below it; opens no file and follows no link.
    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<(), CommandError> {
        let trouble = |error| CommandError::with(folder, &error);
        let listing = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            listing => listing.map_err(trouble)?,
        };
        for item in listing {
            let item = item.map_err(trouble)?;
            let kind = item.file_type().map_err(trouble)?;
            // wharf writes no names that are not text
            let Ok(name) = item.file_name().into_string() else { continue };
            if kind.is_dir() && prefix.is_empty() {
                self.walk(&item.path(), &format!("{name}/"))?;
            } else if kind.is_file() && name.starts_with(TEMPORARY) && name.ends_with(TEMPORARY_END) {
                self.leftovers.push(item.path());
            } else if kind.is_file()
                && Path::new(&name)
                    .extension()
                    .is_some_and(|extension| extension == "yaml" || extension == "txt")
            {
                self.files.insert(format!("{prefix}{name}"));
            } else {
                self.others.insert(format!("{prefix}{name}"));
            }
        }
        Ok(())
    }

    /// What stands in the place of the folder of `path`, or at `path` and is no file.
    fn blocker<'p>(&self, path: &'p str) -> Option<&'p str> {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let no_folder = self.others.contains(folder) || self.files.contains(folder);
        if no_folder { Some(folder) } else { self.others.contains(path).then_some(path) }
    }
}

/// Whether wharf wrote the file; one that cannot be read is somebody else's.
fn is_ours(path: &Path, header: &str) -> bool {
    let mut start = vec![0; header.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == header.as_bytes()
}
