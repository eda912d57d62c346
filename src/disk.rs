//! The output folder: the only code that writes files. Each file is replaced atomically, so that a reader
//! sees the old one or the new one at any moment, even after the run was killed.

#![allow(clippy::disallowed_methods, reason = "the only writer")]

mod found;
mod lock;
mod output;
mod replace;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::Path;

use crate::exit::CommandError;
use crate::folder::Folder;
use crate::inputs::display;
use crate::tree::Tree;
use found::Found;
use output::Output;

/// The difference between a tree and a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files of the tree that are missing in the folder.
    pub missing: Vec<String>,
    /// Files with other contents.
    pub changed: Vec<String>,
    /// Files that differ only in their line endings: CRLF, which git writes for LF if it is configured to.
    pub crlf: Vec<String>,
    /// Files that wharf wrote before and that the tree no longer has.
    pub stale: Vec<String>,
    /// Items that wharf did not write, at the path of a file or folder that it has to write.
    pub foreign: Vec<String>,
    /// Temporary files of this run, or of a killed one.
    leftovers: Vec<String>,
}

impl Difference {
    /// Whether the folder is up to date.
    pub fn is_empty(&self) -> bool {
        self.files().next().is_none() && self.foreign.is_empty()
    }

    /// The files that are written or removed to bring the folder up to date.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.to_write().chain(&self.stale).map(String::as_str)
    }

    fn to_write(&self) -> impl Iterator<Item = &String> {
        self.missing.iter().chain(&self.changed).chain(&self.crlf)
    }
}

/// Compares `tree` with the folder `output`, in which the files that begin with `header` are wharf's; changes
/// nothing.
///
/// # Errors
/// If the folder cannot be read.
pub fn compare(tree: &Tree, header: &str, output: &Path) -> Result<Difference, CommandError> {
    match Output::open(output) {
        Ok(mut output) => compare_in(tree, header, &mut output),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(Difference { missing: tree.keys().cloned().collect(), ..Difference::default() })
        }
        Err(error) => Err(CommandError::with(output, &error)),
    }
}

fn compare_in(tree: &Tree, header: &str, output: &mut Output) -> Result<Difference, CommandError> {
    let mut found = Found::walk(output)?;
    let mut difference =
        Difference { leftovers: std::mem::take(&mut found.leftovers), ..Difference::default() };
    for (path, text) in tree {
        if let Some(blocker) = found.blocker(path) {
            if difference.foreign.last().is_none_or(|last| last != blocker) {
                difference.foreign.push(blocker.to_owned());
            }
        } else if found.files.remove(path) {
            let old = output.read(path, u64::MAX)?;
            if old == text.as_bytes() {
                continue;
            }
            let lines = with_line_feeds(&old);
            let list = if *lines == *text.as_bytes() {
                &mut difference.crlf
            } else if lines.starts_with(header.as_bytes()) {
                &mut difference.changed
            } else {
                &mut difference.foreign
            };
            list.push(path.clone());
        } else {
            difference.missing.push(path.clone());
        }
    }
    difference.stale = found.files.into_iter().filter(|path| is_ours(output, path, header)).collect();
    Ok(difference)
}

/// Whether wharf wrote the file; one that cannot be read belongs to someone else.
fn is_ours(output: &mut Output, path: &str, header: &str) -> bool {
    // the header line may end with a carriage return
    let most = 2 * header.len() as u64;
    output.read(path, most).is_ok_and(|start| with_line_feeds(&start).starts_with(header.as_bytes()))
}

/// The text with LF instead of CRLF.
fn with_line_feeds(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.windows(2).any(|pair| pair == b"\r\n") {
        return text.into();
    }
    let next = text.iter().skip(1).map(Some).chain([None]);
    text.iter()
        .zip(next)
        .filter(|&(byte, next)| *byte != b'\r' || next != Some(&b'\n'))
        .map(|(byte, _)| *byte)
        .collect::<Vec<_>>()
        .into()
}

/// Brings the folder `output` up to date with `tree`: writes files that differ, removes files that begin with
/// `header` and are not in the tree, and changes nothing else. If another run is writing to the folder, calls
/// `busy` and waits for it.
///
/// # Errors
/// If an item that wharf did not write is at the path of a file, or if writing fails. What was written until
/// then stays.
pub fn write(
    tree: &Tree,
    header: &str,
    output: &Path,
    busy: impl FnOnce(),
) -> Result<Difference, CommandError> {
    fs::create_dir_all(output).map_err(|error| CommandError::with(output, &error))?;
    let lock = lock::take(output, busy);
    let mut output = Output::open(output).map_err(|error| CommandError::with(output, &error))?;
    let mut difference = compare_in(tree, header, &mut output)?;
    if lock.is_none() {
        // they may belong to a concurrent run
        difference.leftovers.clear();
    }
    apply(tree, &difference, &mut output).map(|()| difference)
}

fn apply(tree: &Tree, difference: &Difference, output: &mut Output) -> Result<(), CommandError> {
    if let Some(path) = difference.foreign.first() {
        return Err(foreign(&output.path(path)));
    }
    for leftover in &difference.leftovers {
        output.remove(leftover)?;
    }
    for path in difference.to_write() {
        output.replace(path, tree[path].as_bytes())?;
    }
    for path in &difference.stale {
        output.remove(path)?;
    }
    Ok(())
}

fn foreign(path: &Path) -> CommandError {
    CommandError(format!(
        "{}: wharf did not write this and does not replace it; nothing was written, move it away",
        display(path)
    ))
}

/// Writes files to a folder, and replaces existing ones that `is_ours` recognises.
///
/// # Errors
/// If anything else is at the path of a file, so that nothing is written, or if writing fails.
pub fn publish(
    files: &[(String, String)],
    is_ours: fn(&[u8]) -> bool,
    folder: &Path,
) -> Result<(), CommandError> {
    fs::create_dir_all(folder).map_err(|error| CommandError::with(folder, &error))?;
    let mut output = Output::open(folder).map_err(|error| CommandError::with(folder, &error))?;
    for (name, _) in files {
        if output.holds(name)? && !output.read(name, u64::MAX).is_ok_and(|text| is_ours(&text)) {
            return Err(foreign(&output.path(name)));
        }
    }
    files.iter().try_for_each(|(name, text)| output.replace(name, text.as_bytes()))
}

/// Writes a file, or replaces it atomically.
///
/// # Errors
/// If its folder cannot be opened, or if writing fails.
pub fn replace_text(target: &Path, text: &str) -> Result<(), CommandError> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let written = Folder::open(folder).and_then(|folder| replace::replace(&folder, &name, text.as_bytes()));
    written.map_err(|error| CommandError::with(target, &error))
}

/// Writes a file that does not exist.
///
/// # Errors
/// If it exists, or if writing fails.
pub fn create(target: &Path, text: &str) -> Result<(), CommandError> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = fs::create_dir_all(folder).and_then(|()| Folder::open(folder));
    let written = made
        .and_then(|folder| replace::create(&folder, target.file_name().unwrap_or_default(), text.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CommandError(format!("{}: this file already exists", display(target)))
        }
        _ => CommandError::with(target, &error),
    })
}

#[cfg(test)]
mod tests;
