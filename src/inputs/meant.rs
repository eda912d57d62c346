//! Which catalog a path means that is not its folder.

#![allow(clippy::disallowed_methods, reason = "a part of the only reader of input files")]

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostics::suggestion::either;

/// The file that the folder of a catalog contains.
const CATALOG: &str = "applications.yml";

/// How many levels of subfolders are searched for catalogs.
const MAX_DEPTH: usize = 2;

/// How many items of folders are read.
const MAX_ITEMS: usize = 1000;

/// How many folders a message lists.
const FEW: usize = 3;

/// The folder of the catalog that `path` names: the path itself, or its parent if it is one of the catalog's
/// two files.
pub fn catalog_folder(path: &Path) -> PathBuf {
    let names_file =
        [CATALOG, "platform.yml"].iter().any(|name| path.file_name().is_some_and(|file| file == *name));
    match path.parent() {
        Some(parent) if names_file && path.is_file() => {
            if parent.as_os_str().is_empty() { Path::new(".") } else { parent }.into()
        }
        _ => path.into(),
    }
}

/// Whether a path names a folder with a catalog, or one of the files of a catalog.
pub fn has_catalog(path: &Path) -> bool {
    catalog_folder(path).join(CATALOG).is_file()
}

/// What to do if `folder` contains no `applications.yml`, if that is known.
pub fn instead(folder: &Path) -> Option<String> {
    if folder.is_file() {
        return Some("name the folder that contains `applications.yml`".into());
    }
    if folder.join("applications.yaml").is_file() {
        return Some("rename `applications.yaml`: wharf reads `applications.yml`".into());
    }
    let found: Vec<_> = above(folder).map_or_else(|| below(folder), |above| vec![above]);
    let found: Vec<_> = found.iter().map(|path| path.display().to_string()).collect();
    (1..=FEW)
        .contains(&found.len())
        .then(|| format!("name the folder that contains one: {}", either(found.iter().map(String::as_str))))
}

/// The nearest parent of `folder` that contains a catalog, as a user would write it.
fn above(folder: &Path) -> Option<PathBuf> {
    let whole = folder.canonicalize().ok()?;
    let (levels, found) =
        whole.ancestors().enumerate().skip(1).find(|(_, around)| around.join(CATALOG).is_file())?;
    let named = folder.strip_prefix(".").unwrap_or(folder);
    let names = named.components().count();
    if folder.is_absolute() || named.components().any(|part| part.as_os_str() == "..") {
        return Some(found.into());
    }
    match names.checked_sub(levels) {
        Some(0) => Some(".".into()),
        Some(kept) => Some(named.components().take(kept).collect()),
        None => Some(std::iter::repeat_n("..", levels - names).collect()),
    }
}

/// The subfolders of `folder` that contain a catalog.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut level = vec![folder.to_path_buf()];
    for _ in 0..MAX_DEPTH {
        level = level.iter().flat_map(|folder| folders(folder)).take(MAX_ITEMS).collect();
        found.extend(
            level
                .iter()
                .filter(|folder| folder.join(CATALOG).is_file())
                .map(|path| path.strip_prefix(".").unwrap_or(path).to_path_buf()),
        );
    }
    found.sort();
    found
}

/// The subfolders of a folder; links are not followed.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let items = fs::read_dir(folder).into_iter().flatten().take(MAX_ITEMS).flatten();
    items.filter(|item| item.file_type().is_ok_and(|kind| kind.is_dir())).map(|item| item.path()).collect()
}
