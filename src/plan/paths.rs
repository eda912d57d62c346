//! Paths of a repository, as Argo CD resolves them.

use std::collections::BTreeSet;

use super::sources::Source;
use crate::format::RepositoryPath;
use crate::value::Text;

/// The path from the root of the repository of `file`, as a source in the folder `path` names it: relative to the folder, or to the root if it
/// begins with a slash. Nothing if it leads out of the repository, which Argo CD refuses (Argo CD 3.5, `resolveSymbolicLinkRecursive`).
pub(super) fn within(path: &str, file: &str) -> Option<Text> {
    let start = if file.starts_with('/') { "" } else { path };
    let mut steps: Vec<&str> = Vec::new();
    for step in start.split('/').chain(file.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/").into())
}

/// The folders and files, from the roots of their repositories, that the manifests of these sources depend on, as far as a catalog shows it;
/// nothing if that is everything.
pub(super) fn depends_on(sources: &[Source], more: &[RepositoryPath]) -> Option<BTreeSet<Text>> {
    let mut paths: BTreeSet<Text> = more.iter().filter_map(|path| within("", path)).collect();
    for source in sources {
        paths.extend(of_source(source));
    }
    let everything = |path: &Text| path.is_empty() || path.contains(';');
    if paths.is_empty() || paths.iter().any(everything) {
        return None;
    }
    let covered = |path: &Text| paths.iter().any(|other| is_below(path, other));
    Some(paths.iter().filter(|path| !covered(path)).cloned().collect())
}

fn of_source(source: &Source) -> Vec<Text> {
    let written = &source.written;
    let folder = written.path.as_ref().map_or("", |path| path);
    let files = written.helm.iter().flat_map(|helm| helm.file_parameters.iter().map(|parameter| &*parameter.path));
    let files = source.value_files.iter().map(Text::as_str).chain(files);
    let libraries = written.directory.iter().filter_map(|directory| directory.jsonnet.as_ref()).flat_map(|jsonnet| &jsonnet.libs);
    let components = written.kustomize.iter().flat_map(|kustomize| &kustomize.components).filter(|component| !component.contains("://"));
    let own = source.is_folder().then(|| within("", folder)).flatten();
    own.into_iter()
        .chain(files.filter_map(|file| of_file(folder, file)))
        .chain(libraries.filter_map(|library| within("", library)))
        .chain(components.filter_map(|component| within(folder, component)))
        .collect()
}

/// The path of a values file; nothing if it is not in a repository. Behind a scheme of helm-secrets stands a path (helm-secrets 4.7).
fn of_file(folder: &str, file: &str) -> Option<Text> {
    match (file.strip_prefix('$'), file.split_once("://")) {
        (Some(rest), _) => within("", rest.split_once('/')?.1),
        (None, Some(("http" | "https", _))) => None,
        (None, Some((_, path))) => within(folder, path),
        (None, None) => within(folder, file),
    }
}

/// Whether `path` lies below `folder`.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
