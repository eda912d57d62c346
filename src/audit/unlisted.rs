//! Manifests beside a kustomization that does not list them.

use std::collections::BTreeSet;

use super::files::Files;
use super::gather::Gathered;
use super::{kustomization, unit};
use crate::diagnostics::rules::UNLISTED_MANIFEST;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::resource::{items_at, text};
use crate::model::within;

/// Kinds that programs read from the working tree, and that nothing applies.
const LOCAL: [&str; 3] = ["Kustomization", "Component", "HelmRelease"];

/// Words in the names of files that are not meant to be deployed as they are.
const SPARE: [&str; 14] = [
    "backup",
    "bak",
    "disabled",
    "draft",
    "enc",
    "example",
    "graveyard",
    "old",
    "sample",
    "sops",
    "template",
    "test",
    "values",
    "wip",
];

/// Reports each manifest in a folder with a deployed kustomization that nothing deploys, unless the
/// kustomization mentions its name, such as in a comment.
pub(super) fn check(files: &Files<'_>, gathered: &Gathered<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mentioned = mentioned(files);
    for folder in &gathered.kustomizations {
        let Some(kustomization) = kustomization::of_folder(files, folder) else { continue };
        let text = String::from_utf8_lossy(files.bytes(kustomization));
        for path in files.tree.below(folder).filter(|path| !gathered.files.contains_key(path)) {
            let prefix = if folder.is_empty() { 0 } else { folder.len() + 1 };
            let name = path.get(prefix..).unwrap_or_default();
            let is_spare =
                name.split(['.', '-', '_']).any(|word| SPARE.contains(&word.to_lowercase().as_str()));
            if !name.contains('/') && !text.contains(name) && !is_spare && !mentioned.contains(path) {
                findings.extend(judge(files, path, name));
            }
        }
    }
    findings
}

/// The files that any kustomization of the tree names, whether something deploys it or not.
fn mentioned<'t>(files: &Files<'t>) -> BTreeSet<&'t str> {
    let all = files
        .paths()
        .filter(|path| kustomization::NAMES.contains(&path.rsplit('/').next().unwrap_or_default()));
    let mut found = BTreeSet::new();
    for path in all {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let map = kustomization::read(files, path);
        let names = items_at(&map, &["resources"]).iter().filter_map(text);
        found.extend(names.filter_map(|name| files.path(&within(folder, name)?)));
    }
    found
}

fn judge(files: &Files<'_>, path: &str, name: &str) -> Option<Finding> {
    let content = files.content(path).filter(|content| content.problem.is_none())?;
    let first = content.resources.first()?;
    if name.ends_with(".json")
        || content.resources.iter().any(unit::is_unit)
        || content.resources.iter().any(|one| LOCAL.contains(&one.kind.kind.as_str()))
    {
        return None;
    }
    let location = Location { focus: crate::diagnostics::Focus::Value, ..first.location.clone() };
    let finding = UNLISTED_MANIFEST
        .at(location.key("kind"), "the kustomization of this folder does not list this file");
    Some(
        finding
            .note("Argo CD deploys what the kustomization lists, and nothing else")
            .help(format!("add `{name}` to `resources`, or remove the file")),
    )
}
