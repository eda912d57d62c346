//! Whether what sources refer to exists in the working tree, if that is certainly the repository that they
//! come from.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::within;
use super::sources::{Source as Lowered, SourceType};
use crate::diagnostics::suggestion::{either, nearest};
use crate::diagnostics::{Finding, Location, Sink, count, rules};
use crate::inputs::{Item, Repository};
use crate::model::{Application, Entry, Platform};
use crate::value::Text;

/// Looks up the folders and values files of all sources that come from the platform's repository.
pub(in crate::model) fn look_up(
    entries: &[Entry],
    platform: &Platform,
    repository: Option<&Repository>,
    findings: &mut Sink,
) {
    let Some(repository) = repository.filter(|repository| is_checked_out(platform, repository)) else {
        return;
    };
    let mut tree = Tree { repository, listings: BTreeMap::new() };
    let mut used = Used::default();
    for entry in entries {
        for source in entry.applications.iter().flat_map(|application| sources(application, platform)) {
            used.add(&source);
            if entry.enabled {
                tree.check(&source, findings);
            }
        }
    }
    used.check(&mut tree, findings);
}

/// Whether the working tree is one of the platform's repository, according to its remotes.
fn is_checked_out(platform: &Platform, repository: &Repository) -> bool {
    repository.remotes().iter().any(|url| is_same(url, &platform.repository))
}

/// Whether sources come from the platform's repository, but were not looked up because `repository` is
/// another one.
pub(in crate::model) fn is_elsewhere(
    entries: &[Entry],
    platform: &Platform,
    repository: &Repository,
) -> bool {
    let is_local = |application: &Application| {
        application.sources.iter().any(|source| is_same(&source.repository, &platform.repository))
    };
    !is_checked_out(platform, repository)
        && entries.iter().flat_map(|entry| &entry.applications).any(is_local)
}

/// What is looked up for a source.
struct Source<'a> {
    location: &'a Location,
    /// Whether it comes from this repository, at the revision that the working tree most likely has.
    is_local: bool,
    path: Option<&'a str>,
    kind: SourceType,
    /// Whether only some files of a plain folder are used.
    is_filtered: bool,
    value_files: &'a [Text],
    /// The `ref` names of sources of this repository.
    references: Vec<&'a str>,
    /// The location of the platform's pattern for values files; nothing if they are listed.
    pattern_place: Option<Location>,
    /// Whether values files may be missing.
    files_optional: bool,
}

fn sources<'a>(application: &'a Application, platform: &Platform) -> impl Iterator<Item = Source<'a>> {
    let is_local = |source: &Lowered| is_same(&source.repository, &platform.repository);
    let current = |source: &Lowered| source.revision == platform.revision;
    let references: Vec<_> = application
        .sources
        .iter()
        .filter(|source| is_local(source) && current(source))
        .filter_map(|source| source.reference.as_deref())
        .collect();
    let rendered = application.sources.iter().filter(|source| source.reference.is_none());
    let source = |source: &'a Lowered| Source {
        location: &source.location,
        is_local: is_local(source) && current(source),
        path: source.path.as_deref(),
        kind: source.source_type(),
        is_filtered: source
            .directory
            .as_ref()
            .is_some_and(|directory| directory.include.is_some() || directory.exclude.is_some()),
        value_files: &source.value_files,
        references: references.clone(),
        pattern_place: source
            .helm
            .as_ref()
            .is_none_or(|helm| helm.value_files.is_none())
            .then(|| named(application, source)),
        files_optional: source
            .helm
            .as_ref()
            .is_some_and(|helm| helm.ignore_missing_value_files == Some(true)),
    };
    rendered.map(source).collect::<Vec<_>>().into_iter()
}

/// The line of a source: the code of the application, or the source itself if there are several.
fn named(application: &Application, source: &Lowered) -> Location {
    if application.several { source.location.clone() } else { application.location.key("applicationCode") }
}

impl Source<'_> {
    /// The values files that are in this repository, by index, with their paths from its root.
    fn own_files(&self) -> impl Iterator<Item = (usize, Text)> {
        let files = self.value_files.iter().enumerate();
        files.filter_map(|(index, file)| Some((index, self.own_file(file)?)))
    }

    /// The path of a values file, if it is in this repository. A scheme, a variable or a glob is for Argo CD
    /// to resolve.
    fn own_file(&self, file: &str) -> Option<Text> {
        let (name, rest) = file.strip_prefix('$').and_then(|rest| rest.split_once('/')).unzip();
        let file = rest.unwrap_or(file);
        if file.contains("://") || file.contains(['$', '*', '?', '[', '{']) {
            return None;
        }
        match (name, self.path) {
            (Some(name), _) if self.references.contains(&name) => within("", file),
            (None, Some(folder)) if self.is_local => within(folder, file),
            _ => None,
        }
    }

    fn file_location(&self, index: usize) -> Location {
        self.pattern_place.clone().unwrap_or_else(|| self.location.key("helm").key("valueFiles").index(index))
    }
}

/// The working tree, as far as it was looked up; each folder is listed once.
struct Tree<'r> {
    repository: &'r Repository,
    listings: BTreeMap<String, Option<Vec<(String, Item)>>>,
}

/// What is at the end of a path.
enum Found {
    Item(Item),
    /// Nothing: a folder does not contain this name.
    Missing {
        folder: String,
        name: String,
    },
    /// Unknown, behind a symbolic link or in a submodule.
    Unknown,
}

impl Tree<'_> {
    /// The contents of a folder; nothing if they are unknown. Git has no empty folders: an empty one is a
    /// submodule that is not checked out.
    fn list(&mut self, folder: &str) -> Option<&[(String, Item)]> {
        let list = || self.repository.list(folder).filter(|items| !items.is_empty());
        self.listings.entry(folder.to_owned()).or_insert_with(list).as_deref()
    }

    fn find(&mut self, path: &str) -> Found {
        let mut folder = String::new();
        let mut found = Item::Folder;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let Some(items) = self.list(&folder) else { return Found::Unknown };
            match items
                .binary_search_by(|(known, _)| known.as_str().cmp(name))
                .ok()
                .map(|index| items[index].1)
            {
                Some(Item::Other) => return Found::Unknown,
                Some(item) if found == Item::Folder => found = item,
                _ => return Found::Missing { folder, name: name.to_owned() },
            }
            folder = join(&folder, name);
        }
        Found::Item(found)
    }

    fn check(&mut self, source: &Source<'_>, findings: &mut Sink) {
        let is_local = source.path.filter(|_| source.is_local);
        let there = is_local.is_none_or(|path| self.check_folder(source, path, findings));
        if there && source.kind == SourceType::Helm && !source.files_optional {
            for (index, file) in source.own_files() {
                findings.extend(self.missing_file(source, index, &file));
            }
        }
    }

    /// Checks that the folder of the source exists, with the contents that its type requires.
    fn check_folder(&mut self, source: &Source<'_>, written: &str, findings: &mut Sink) -> bool {
        let location = source.location.key("path");
        let Some(path) = within("", written) else { return false };
        let finding = match self.find(&path) {
            Found::Unknown => return false,
            Found::Item(Item::Folder) => self.mismatch(source, &path),
            Found::Item(_) => {
                let finding =
                    rules::MISSING_PATH.at(location, format!("`{written}` is a file, not a folder"));
                Some(
                    finding
                        .note("Argo CD could not render the application")
                        .help("use the folder that contains it"),
                )
            }
            Found::Missing { folder, name } => {
                let finding = rules::MISSING_PATH
                    .at(location, format!("there is no folder `{path}` in the repository"));
                let finding = finding.note("Argo CD could not render the application");
                Some(finding.help(self.instead(&path, &folder, &name, Item::Folder)))
            }
        };
        let there = finding.is_none();
        findings.extend(finding);
        there
    }

    fn missing_file(&mut self, source: &Source<'_>, index: usize, file: &str) -> Option<Finding> {
        let location = source.file_location(index);
        let (folder, name) = match self.find(file) {
            Found::Missing { folder, name } => (folder, name),
            Found::Item(_) | Found::Unknown => return None,
        };
        let finding =
            rules::MISSING_PATH.at(location, format!("there is no values file `{file}` in the repository"));
        let mut help = self.instead(file, &folder, &name, Item::File);
        if source.pattern_place.is_some() && help.starts_with("add") {
            help.push_str("; list others in `helm.valueFiles`, or write `[]` there for none");
        }
        Some(finding.note("Argo CD could not render the application").help(help))
    }

    /// What is wrong with a folder whose contents do not match the type of the source.
    fn mismatch(&mut self, source: &Source<'_>, path: &str) -> Option<Finding> {
        let items = self.list(path)?;
        let contains = |names: &[&str]| {
            items.iter().any(|(name, item)| *item != Item::Folder && names.contains(&name.as_str()))
        };
        let chart = contains(&["Chart.yaml"]);
        let kustomization = contains(&["kustomization.yaml", "kustomization.yml", "Kustomization"]);
        let (message, note, help) = match source.kind {
            SourceType::Helm if !chart && kustomization => (
                "contains a kustomization, not a Helm chart",
                "Helm would reject the folder: it has no Chart.yaml",
                "add `kustomize: {}` to the application",
            ),
            SourceType::Helm if !chart => (
                "is not a Helm chart",
                "Helm would reject the folder: it has no Chart.yaml",
                "add `directory: {}` to the application to apply its manifests as they are",
            ),
            SourceType::Kustomize if !kustomization => (
                "contains no kustomization",
                "Kustomize would reject the folder: it has no kustomization.yaml",
                "remove `kustomize`, or add the file",
            ),
            SourceType::Directory if chart && !source.is_filtered => (
                "contains a Helm chart",
                "Argo CD would apply Chart.yaml and the values as manifests, without the chart's templates",
                "remove `directory`",
            ),
            _ => return None,
        };
        let finding =
            rules::SOURCE_MISMATCH.at(source.location.key("path"), format!("`{}` {message}", shown(path)));
        Some(finding.note(note).help(help))
    }

    /// What a path may have meant whose part `folder` exists.
    fn instead(&mut self, path: &str, folder: &str, name: &str, wanted: Item) -> String {
        let rest = path.get(join(folder, name).len()..).unwrap_or_default().to_owned();
        let wanted = if rest.is_empty() { wanted } else { Item::Folder };
        let names: Vec<_> = self
            .list(folder)
            .unwrap_or_default()
            .iter()
            .filter(|(_, item)| *item == wanted)
            .map(|(name, _)| name.clone())
            .collect();
        let near = nearest(name, names.iter().map(String::as_str)).map(|near| join(folder, near));
        if let Some(near) = near {
            let whole = format!("{near}{rest}");
            let meant = if matches!(self.find(&whole), Found::Missing { .. }) { near } else { whole };
            return format!("did you mean `{meant}`?");
        }
        match names.as_slice() {
            [] => format!("add `{path}`"),
            _ => format!(
                "add `{path}`; `{}` contains {}",
                shown(folder),
                either(names.iter().map(String::as_str))
            ),
        }
    }
}

/// The values files that applications use, and the location of the first use of each folder.
#[derive(Default)]
struct Used<'a> {
    files: BTreeSet<String>,
    folders: BTreeMap<String, &'a Location>,
}

impl<'a> Used<'a> {
    fn add(&mut self, source: &Source<'a>) {
        // A reference may refer to this repository by another URL.
        self.files.extend(
            source
                .value_files
                .iter()
                .filter_map(|file| Some(within("", file.strip_prefix('$')?.split_once('/')?.1)?.to_string())),
        );
        for (index, file) in source.own_files() {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            if source.kind == SourceType::Helm && !source.value_files[index].starts_with('$') {
                self.folders.entry(folder.to_owned()).or_insert(source.location);
            }
            self.files.insert(file.to_string());
        }
    }

    /// Warns about unused values files beside used ones.
    fn check(&self, tree: &mut Tree<'_>, findings: &mut Sink) {
        for (folder, location) in &self.folders {
            let Some(items) = tree.list(folder) else { continue };
            let orphans = items.iter().filter(|(name, item)| {
                *item == Item::File && is_values_file(name) && !self.files.contains(&join(folder, name))
            });
            let orphans: Vec<_> = orphans.map(|(name, _)| name.as_str()).collect();
            let message = match orphans.as_slice() {
                [] => continue,
                [only] => format!("no application uses `{}`", join(folder, only)),
                _ => format!(
                    "no application uses {} of `{}`: {}",
                    count(orphans.len(), "values file"),
                    shown(folder),
                    either(orphans)
                ),
            };
            let finding = rules::UNUSED_VALUES_FILE
                .at(location.key("path"), message)
                .with_label("values files of this folder are used");
            let finding = finding.note("it seems deployed but is not: changes of it have no effect");
            findings.push(finding.help("remove it, or list it in `helm.valueFiles` of its application"));
        }
    }
}

/// `values-….yml`: a name with the code of an application, not a chart's own `values.yaml`.
fn is_values_file(name: &str) -> bool {
    name.strip_prefix("values-").is_some_and(|rest| rest.ends_with(".yml") || rest.ends_with(".yaml"))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// Whether two URLs refer to the same repository. Argo CD 3.5 ignores case, `.git` and the `ssh` scheme
/// (`NormalizeGitURL`). Scheme, user and port are ignored here as well, because pushes and pulls often differ
/// in them.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    // most sources have the URL of the platform exactly
    if one == other {
        return parts(one).is_some();
    }
    address(one).is_some_and(|address| Some(address) == self::address(other))
}

/// Host and path of a URL in lower case; nothing for a folder of this machine.
fn address(url: &str) -> Option<String> {
    parts(url).map(|(host, path)| format!("{host}/{path}").to_lowercase())
}

/// Host and path of a URL.
fn parts(url: &str) -> Option<(&str, &str)> {
    let url = url.trim();
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = without_git(path.trim_matches('/'));
    (!host.is_empty() && !host.contains('/') && !path.is_empty()).then_some((host, path))
}

/// A path without `.git` at its end.
fn without_git(path: &str) -> &str {
    let split = path.len().checked_sub(".git".len()).and_then(|at| path.split_at_checked(at));
    split.filter(|(_, end)| end.eq_ignore_ascii_case(".git")).map_or(path, |(start, _)| start)
}
