//! Plain folders: which files Argo CD reads as manifests (Argo CD 3.5, `getPotentiallyValidManifests`).

use super::glob::matches;
use super::{Failure, OwnFolder};
use crate::inputs::{Item, Repository, Source as Input};
use crate::kubernetes::read::MAX_BYTES;
use crate::model::Source;

/// How many files a folder may have.
const MAX_FILES: usize = 10_000;

/// How deep folders may be nested.
const MAX_DEPTH: usize = 32;

/// Argo CD skips a file that contains this, anywhere.
const SKIP: &str = "+argocd:skip-file-rendering";

/// The manifests of the folder, file by file.
pub(super) fn render(folder: &OwnFolder<'_>, source: &Source) -> Result<Vec<Input>, Failure> {
    let files = files(folder.repository, &folder.path, source)
        .ok_or_else(|| Failure::Failed(format!("`{}` cannot be listed", folder.path), None))?;
    if let Some(file) = files.iter().find(|file| file.ends_with(".jsonnet")) {
        return Err(Failure::Unknown(format!("{file} is Jsonnet")));
    }
    let mut inputs = Vec::new();
    let mut size = 0;
    for file in files {
        let bytes = folder
            .repository
            .read(&file)
            .ok_or_else(|| Failure::Failed(format!("{file} cannot be read"), None))?;
        size += bytes.len();
        if size > MAX_BYTES {
            return Err(Failure::Failed(
                format!("the manifests are longer than {} MiB", MAX_BYTES >> 20),
                None,
            ));
        }
        if is_manifest(&file, &bytes) {
            inputs.push(Input { name: file, bytes });
        }
    }
    Ok(inputs)
}

/// Whether a file is read. One that is not YAML is silently skipped if it does not look like a manifest
/// (Argo CD 3.5, `getObjsFromYAMLOrJson`).
fn is_manifest(file: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if text.contains(SKIP) {
        return false;
    }
    let looks = ["apiVersion:", "kind:", "metadata:"].iter().all(|word| text.contains(word));
    looks || file.ends_with(".json") || super::read(&Input::new(file, bytes)).problems.is_empty()
}

/// The paths of the files of a folder that Argo CD reads, from the root of the repository; `None` if they
/// cannot be listed.
pub fn files(repository: &Repository, folder: &str, source: &Source) -> Option<Vec<String>> {
    let recurse = source.directory.as_ref().is_some_and(|directory| directory.recurse == Some(true));
    let mut found = Vec::new();
    walk(repository, folder, "", if recurse { MAX_DEPTH } else { 0 }, &mut found)?;
    let directory = source.directory.as_deref();
    let include = directory.and_then(|directory| directory.include.as_deref());
    let exclude = directory.and_then(|directory| directory.exclude.as_deref());
    let is_taken = |path: &String| {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        matches!(ending, "yaml" | "yml" | "json" | "jsonnet")
            && !exclude.is_some_and(|pattern| matches(pattern, path))
            && include.is_none_or(|pattern| matches(pattern, path))
    };
    Some(found.into_iter().filter(is_taken).map(|path| join(folder, &path)).collect())
}

/// All files below a folder, relative to it.
fn walk(
    repository: &Repository,
    root: &str,
    below: &str,
    depth: usize,
    found: &mut Vec<String>,
) -> Option<()> {
    for (name, item) in repository.list(&join(root, below))? {
        let path = join(below, &name);
        match item {
            Item::Folder if depth > 0 => walk(repository, root, &path, depth - 1, found)?,
            Item::Folder => {}
            // Reading follows a link only within the repository.
            Item::File | Item::Other => found.push(path),
        }
    }
    (found.len() <= MAX_FILES).then_some(())
}

/// All files below a folder, from the root of the repository; `None` if there are too many, or if they cannot
/// be listed.
pub(crate) fn all_files(repository: &Repository, folder: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    walk(repository, folder, "", MAX_DEPTH, &mut found)?;
    Some(found.into_iter().map(|path| join(folder, &path)).collect())
}

pub(crate) fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", _) => name.to_owned(),
        (_, "") => folder.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}
