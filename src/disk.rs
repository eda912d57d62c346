//! The output folder: the only code that writes files. Each file is replaced whole, so that whoever looks at any moment, even after the
//! run was killed, sees the old one or the new one.

#![allow(clippy::disallowed_methods, reason = "the only writer")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::exit::Trouble;
use crate::tree::{HEADER, Tree};

/// Files that a killed run may leave behind begin like this; the next run removes them.
const TEMPORARY: &str = ".wharf-";

/// What differs between a tree and a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Files of the tree that the folder lacks.
    pub missing: Vec<String>,
    /// Files that hold something else.
    pub changed: Vec<String>,
    /// Files that wharf wrote before and that the tree no longer has.
    pub stale: Vec<String>,
    /// Files that wharf did not write, where it would have to.
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

/// Compares `tree` with the folder `output`; changes nothing.
///
/// # Errors
/// If the folder cannot be read.
pub fn compare(tree: &Tree, output: &Path) -> Result<Difference, Trouble> {
    let mut difference = Difference::default();
    let mut found = BTreeMap::new();
    walk(output, "", &mut found, &mut difference.leftovers)?;
    for (path, text) in tree {
        match found.remove(path) {
            None => difference.missing.push(path.clone()),
            Some(old) if old == text.as_bytes() => {}
            Some(old) if old.starts_with(HEADER.as_bytes()) => difference.changed.push(path.clone()),
            Some(_) => difference.foreign.push(path.clone()),
        }
    }
    let ours = found.into_iter().filter(|(_, text)| text.starts_with(HEADER.as_bytes()));
    difference.stale = ours.map(|(path, _)| path).collect();
    Ok(difference)
}

/// Makes the folder `output` hold `tree`: writes what differs, removes what wharf wrote before and no longer makes, and touches nothing
/// else.
///
/// # Errors
/// If a file stands in the way that wharf did not write, or if the disk refuses. What was written until then stays.
pub fn write(tree: &Tree, output: &Path) -> Result<Difference, Trouble> {
    let difference = compare(tree, output)?;
    if let Some(path) = difference.foreign.first() {
        return Err(Trouble(format!("{}: wharf did not write this file and will not replace it; move it away", output.join(path).display())));
    }
    for leftover in &difference.leftovers {
        fs::remove_file(leftover).or_else(ignore_missing).map_err(|error| Trouble::with(leftover, &error))?;
    }
    for path in difference.missing.iter().chain(&difference.changed) {
        let target = output.join(path);
        replace(&target, tree[path].as_bytes()).map_err(|error| Trouble::with(&target, &error))?;
    }
    for path in &difference.stale {
        remove(output, path)?;
    }
    Ok(difference)
}

/// Writes a file that is not there yet.
///
/// # Errors
/// If it is there, or if the disk refuses.
pub fn create(target: &Path, text: &str) -> Result<(), Trouble> {
    if target.exists() {
        return Err(Trouble(format!("{}: this file exists already", target.display())));
    }
    replace_text(target, text)
}

/// Writes a file, or replaces it whole.
///
/// # Errors
/// If the disk refuses.
pub fn replace_text(target: &Path, text: &str) -> Result<(), Trouble> {
    replace(target, text.as_bytes()).map_err(|error| Trouble::with(target, &error))
}

fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(target)?;
    Ok(())
}

fn remove(output: &Path, path: &str) -> Result<(), Trouble> {
    let target = output.join(path);
    fs::remove_file(&target).or_else(ignore_missing).map_err(|error| Trouble::with(&target, &error))?;
    // A folder that still holds something stays.
    if let Some(folder) = target.parent().filter(|folder| *folder != output) {
        let _ = fs::remove_dir(folder);
    }
    Ok(())
}

fn ignore_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// Collects the YAML files of a folder and of those right below it, and what killed runs left behind; follows no links.
fn walk(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>, leftovers: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    let trouble = |error| Trouble::with(folder, &error);
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listing => listing.map_err(trouble)?,
    };
    for item in listing {
        let item = item.map_err(trouble)?;
        let (path, name) = (item.path(), item.file_name().to_string_lossy().into_owned());
        let kind = item.file_type().map_err(trouble)?;
        if kind.is_dir() && prefix.is_empty() {
            walk(&path, &format!("{name}/"), files, leftovers)?;
        } else if kind.is_file() && name.starts_with(TEMPORARY) {
            leftovers.push(path);
        } else if !kind.is_dir() && name.ends_with(".yaml") {
            let text = fs::read(&path).map_err(|error| Trouble::with(&path, &error))?;
            files.insert(format!("{prefix}{name}"), text);
        }
    }
    Ok(())
}
