//! Paths of a repository, resolved as in Argo CD, and the paths that an Application depends on.

use std::collections::BTreeSet;

use super::sources::Source;
use crate::catalog::Application as Written;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::RepositoryPath;
use crate::value::Text;

/// The annotation with the paths that an Application depends on (Argo CD 3.5).
pub const GENERATE_PATHS: &str = "argocd.argoproj.io/manifest-generate-paths";

/// The path of `file` from the root of the repository, for a source in the folder `path`: relative to the
/// folder, or to the root if it begins with a slash. Nothing if it leads out of the repository, which Argo CD
/// rejects (Argo CD 3.5, `resolveSymbolicLinkRecursive`).
pub(crate) fn within(path: &str, file: &str) -> Option<Text> {
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

/// The folders and files, from the roots of their repositories, that the manifests of these sources depend
/// on, as far as the catalog shows; nothing if that is everything.
fn depends_on(sources: &[Source], more: &[RepositoryPath]) -> Option<BTreeSet<Text>> {
    let mut paths: BTreeSet<Text> = more.iter().filter_map(|path| within("", path)).collect();
    for source in sources {
        paths.extend(of_source(source));
    }
    let everything = |path: &Text| path.is_empty() || path.contains(';');
    if paths.is_empty() || paths.iter().any(everything) {
        return None;
    }
    Some(uppermost(&paths))
}

/// The paths that are not below another one. Sorted by their segments, the paths below a path directly follow
/// it.
fn uppermost(paths: &BTreeSet<Text>) -> BTreeSet<Text> {
    let mut ordered: Vec<&Text> = paths.iter().collect();
    ordered.sort_by(|one, other| one.split('/').cmp(other.split('/')));
    let mut kept: Vec<&Text> = Vec::new();
    for path in ordered {
        if kept.last().is_none_or(|last| !is_below(path, last)) {
            kept.push(path);
        }
    }
    kept.into_iter().cloned().collect()
}

fn of_source(source: &Source) -> Vec<Text> {
    let folder = source.path.as_ref().map_or("", |path| path);
    let files =
        source.helm.iter().flat_map(|helm| helm.file_parameters.iter().map(|parameter| &*parameter.path));
    let files = source.value_files.iter().map(Text::as_str).chain(files);
    let libraries = source
        .directory
        .iter()
        .filter_map(|directory| directory.jsonnet.as_ref())
        .flat_map(|jsonnet| &jsonnet.libs);
    let components = source
        .kustomize
        .iter()
        .flat_map(|kustomize| &kustomize.components)
        .filter(|component| !component.contains("://"));
    let own = source.is_folder().then(|| within("", folder)).flatten();
    own.into_iter()
        .chain(files.filter_map(|file| of_file(folder, file)))
        .chain(libraries.filter_map(|library| within("", library)))
        .chain(components.filter_map(|component| within(folder, component)))
        .collect()
}

/// The path of a values file; nothing if it is not in a repository. A scheme of helm-secrets is followed by a
/// path (helm-secrets 4.7).
pub(crate) fn of_file(folder: &str, file: &str) -> Option<Text> {
    match (file.strip_prefix('$'), file.split_once("://")) {
        (Some(rest), _) => within("", rest.split_once('/')?.1),
        (None, Some(("http" | "https", _))) => None,
        (None, Some((_, path))) => within(folder, path),
        (None, None) => within(folder, file),
    }
}

/// Whether `path` is below `folder`.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The annotation, with paths from the root of the repository: a relative path would be joined to the path of
/// every source, and to the root for a source with `ref` (Argo CD 3.5, `GetSourceRefreshPaths`).
pub(in crate::model) fn annotation(written: &Written, sources: &[Source]) -> Option<Text> {
    let paths = depends_on(sources, &written.generate_paths)?;
    Some(paths.iter().map(|path| format!("/{path}")).collect::<Vec<_>>().join(";").into())
}

/// Checks that an annotation of the user lists at least the paths that the catalog shows.
pub(in crate::model) fn check_annotation(
    written: &Written,
    sources: &[Source],
    needed: Option<&str>,
    location: &Location,
    findings: &mut Sink,
) {
    let Some(value) = written.annotations.get(GENERATE_PATHS) else { return };
    let folders = || sources.iter().filter_map(|source| source.path.as_deref());
    let relative = |item: &str| folders().filter_map(|folder| within(folder, item)).collect();
    let named =
        |item: &str| if item.starts_with('/') { Vec::from_iter(within("", item)) } else { relative(item) };
    let named: Vec<_> =
        value.split(';').map(str::trim).filter(|item| !item.is_empty()).flat_map(named).collect();
    let covers = |needed: &str| {
        named.iter().any(|item| item.is_empty() || item.as_str() == needed || is_below(needed, item))
    };
    let glob = value.contains(['*', '?', '[']);
    if let Some(missed) = needed
        .into_iter()
        .flat_map(|paths| paths.split(';'))
        .find(|path| !glob && !covers(path.trim_start_matches('/')))
    {
        let finding = rules::INCOMPLETE_GENERATE_PATHS.at(
            location.key("annotations").key(GENERATE_PATHS),
            format!("`{missed}` is not among these paths"),
        );
        let finding = finding
            .note("Argo CD would not notice commits that change it, and show the application as healthy");
        findings.push(
            finding.help("add it, or set `argocd.manifestGeneratePaths` in platform.yml and remove the line"),
        );
    }
}
