//! The files of an application in this repository, and their digest.

use std::collections::BTreeSet;

use crate::inputs::Repository;
use crate::lock::digest::Digest;
use crate::manifests::{all_files, directory_files, is_own};
use crate::model::{Application, Platform, Source, SourceType, within};
use crate::value::Text;

/// How many other folders a folder may refer to.
const MAX_FOLDERS: usize = 100;

/// The digest of all files of an application; `None` if it has none here, or if they cannot be listed.
pub(super) fn digest(
    application: &Application,
    platform: &Platform,
    repository: &Repository,
) -> Option<String> {
    let files = files(application, platform, repository)?;
    let mut digest = Digest::default();
    for file in &files {
        digest.add(file.as_bytes());
        // A missing file is part of the digest: creating it changes the rendering.
        digest.add(&repository.read(file).unwrap_or_default());
    }
    (!files.is_empty()).then(|| digest.to_string())
}

fn files(
    application: &Application,
    platform: &Platform,
    repository: &Repository,
) -> Option<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    for source in application.sources.iter().filter(|source| source.reference.is_none()) {
        files.extend(values_files(source, application, platform));
        let Some(path) = source.path.as_deref().filter(|_| is_own(source, platform)) else {
            continue;
        };
        let path = within("", path)?;
        match source.source_type() {
            SourceType::Directory => files.extend(directory_files(repository, &path, source)?),
            _ => folder(&path, repository, &mut files)?,
        }
    }
    for path in &application.more_paths {
        files.extend(
            within("", path)
                .into_iter()
                .flat_map(|path| all_files(repository, &path).unwrap_or_else(|| vec![path.to_string()])),
        );
    }
    files.retain(|file| !is_image_override(file));
    Some(files)
}

/// The file that argocd-image-updater commits next to a chart changes tags, which are not in the lock.
fn is_image_override(file: &str) -> bool {
    file.rsplit('/').next().unwrap_or_default().starts_with(".argocd-source")
}

fn values_files(source: &Source, application: &Application, platform: &Platform) -> Vec<String> {
    let parameters =
        source.helm.iter().flat_map(|helm| helm.file_parameters.iter().map(|parameter| &*parameter.path));
    let names = source.value_files.iter().map(Text::as_str).chain(parameters);
    names.filter_map(|name| values_file(name, source, application, platform)).collect()
}

fn values_file(
    name: &str,
    source: &Source,
    application: &Application,
    platform: &Platform,
) -> Option<String> {
    if let Some((reference, path)) = name.strip_prefix('$').and_then(|rest| rest.split_once('/')) {
        application.source_of_files(reference).filter(|source| is_own(source, platform))?;
        return Some(within("", path)?.to_string());
    }
    let folder = source.path.as_deref().filter(|_| is_own(source, platform) && !name.contains("://"))?;
    Some(within(folder, name)?.to_string())
}

/// All files of a folder, and of the folders that its chart or kustomization refers to.
fn folder(path: &str, repository: &Repository, files: &mut BTreeSet<String>) -> Option<()> {
    let mut waiting = vec![path.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if seen.len() > MAX_FOLDERS || !seen.insert(path.clone()) {
            continue;
        }
        let own = all_files(repository, &path)?;
        for file in own.iter().filter(|file| leads_elsewhere(file)) {
            let text = repository.read(file).unwrap_or_default();
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            for target in
                references(&String::from_utf8_lossy(&text)).filter_map(|target| within(folder, target))
            {
                match repository.path(&target) {
                    Some(found) if found.is_dir() => waiting.push(target.to_string()),
                    _ => drop(files.insert(target.to_string())),
                }
            }
        }
        files.extend(own);
    }
    Some(())
}

fn leads_elsewhere(file: &str) -> bool {
    matches!(
        file.rsplit('/').next(),
        Some(
            "Chart.yaml" | "requirements.yaml" | "kustomization.yaml" | "kustomization.yml" | "Kustomization"
        )
    )
}

/// The relative paths that begin with `..`: `repository: file://../common`, `- ../../base`.
fn references(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|char: char| char.is_whitespace() || matches!(char, '"' | '\'' | ',' | '[' | ']'));
    words.map(|word| word.strip_prefix("file://").unwrap_or(word)).filter(|word| word.starts_with("../"))
}
