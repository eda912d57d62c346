//! Whether what sources name is in the working tree, where that is surely the repository that they come from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Application, Entry, Platform};
use crate::document::Place;
use crate::finding::{Finding, count};
use crate::inputs::{Item, Repository};
use crate::rules;
use crate::suggestion::{either, nearest};
use crate::value::Text;

/// Looks up the folders and values files of all sources that come from the platform's repository.
pub(super) fn look_up(entries: &[Entry], platform: &Platform, repository: Option<&Repository>, findings: &mut Vec<Finding>) {
    let here = |repository: &&Repository| repository.remotes().iter().any(|url| is_same(url, &platform.repository));
    let Some(repository) = repository.filter(here) else { return };
    let mut tree = Tree { repository, listings: BTreeMap::new() };
    let mut used = Used::default();
    for entry in entries {
        for source in entry.applications.iter().map(source) {
            let ours = is_same(source.repository, &platform.repository);
            used.add(&source, ours);
            if ours && entry.enabled && *source.revision == platform.revision {
                tree.check(&source, findings);
            }
        }
    }
    used.check(&mut tree, findings);
}

/// What is looked up of a source.
struct Source<'a> {
    place: &'a Place,
    repository: &'a Text,
    revision: &'a Text,
    path: Option<&'a str>,
    renderer: Renderer,
    value_files: &'a [Text],
    /// Whether the values files are written, not made by the platform's pattern.
    files_written: bool,
    /// Whether values files may be missing.
    files_optional: bool,
}

/// How a folder becomes manifests.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renderer {
    Helm,
    Kustomize,
    /// As it is; `true` if only some of its files are taken.
    Directory(bool),
}

fn source(application: &Application) -> Source<'_> {
    let written = &application.written;
    let helm = written.helm.as_ref();
    let renderer = match (&written.kustomize, &written.directory) {
        (Some(_), _) => Renderer::Kustomize,
        (_, Some(directory)) => Renderer::Directory(directory.include.is_some() || directory.exclude.is_some()),
        _ => Renderer::Helm,
    };
    Source {
        place: &application.place,
        repository: &application.repository,
        revision: &application.revision,
        path: written.path.as_deref(),
        renderer,
        value_files: &application.value_files,
        files_written: helm.is_some_and(|helm| helm.value_files.is_some()),
        files_optional: helm.is_some_and(|helm| helm.ignore_missing_value_files == Some(true)),
    }
}

impl Source<'_> {
    /// The values files that stand in the same repository, by number, with their paths from its root.
    fn own_files(&self) -> impl Iterator<Item = (usize, Option<String>)> {
        let folder = self.path.unwrap_or_default();
        // A scheme, a reference to another source, a variable or a glob is Argo CD's to resolve.
        let plain = |file: &str| !file.contains("://") && !file.contains(['$', '*', '?', '[', '{']);
        let files = self.value_files.iter().enumerate().filter(move |(_, file)| plain(file));
        files.map(move |(index, file)| match file.strip_prefix('/') {
            Some(file) => (index, resolve("", file)),
            None => (index, resolve(folder, file)),
        })
    }

    fn file_place(&self, index: usize) -> Place {
        if self.files_written { self.place.key("helm").key("valueFiles").index(index) } else { self.place.key("applicationCode") }
    }
}

/// The working tree as far as somebody asked for it; each folder is listed once.
struct Tree<'r> {
    repository: &'r Repository,
    listings: BTreeMap<String, Option<Vec<(String, Item)>>>,
}

/// What stands at the end of a path.
enum Found {
    Item(Item),
    /// Nothing: a folder lacks a name.
    Missing {
        folder: String,
        name: String,
    },
    /// Nobody can tell, behind a symbolic link or in a submodule.
    Unknown,
}

impl Tree<'_> {
    /// What stands in a folder; nothing if that cannot be told. Git knows no empty folders: one is a submodule that is not checked out.
    fn list(&mut self, folder: &str) -> Option<&[(String, Item)]> {
        let list = || self.repository.list(folder).filter(|items| !items.is_empty());
        self.listings.entry(folder.to_owned()).or_insert_with(list).as_deref()
    }

    fn find(&mut self, path: &str) -> Found {
        let mut folder = String::new();
        let mut found = Item::Folder;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let Some(items) = self.list(&folder) else { return Found::Unknown };
            match items.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok().map(|index| items[index].1) {
                Some(Item::Other) => return Found::Unknown,
                Some(item) if found == Item::Folder => found = item,
                _ => return Found::Missing { folder, name: name.to_owned() },
            }
            folder = join(&folder, name);
        }
        Found::Item(found)
    }

    fn check(&mut self, source: &Source<'_>, findings: &mut Vec<Finding>) {
        let Some(written) = source.path else { return };
        let place = source.place.key("path");
        let Some(path) = resolve("", written) else { return findings.push(outside(place, written)) };
        match self.find(&path) {
            Found::Item(Item::Folder) => {}
            Found::Unknown => return,
            Found::Item(_) => {
                let finding = rules::MISSING_PATH.at(place, format!("`{written}` is a file, not a folder"));
                return findings.push(finding.note("Argo CD would not render the application").help("name the folder that it stands in"));
            }
            Found::Missing { folder, name } => {
                let finding = rules::MISSING_PATH.at(place, format!("there is no folder `{path}` in the repository"));
                let finding = finding.note("Argo CD would not render the application");
                return findings.push(finding.help(self.instead(&path, &folder, &name, Item::Folder)));
            }
        }
        if let Some(finding) = self.mismatch(source, &path) {
            return findings.push(finding);
        }
        if source.renderer == Renderer::Helm && !source.files_optional {
            for (index, file) in source.own_files() {
                findings.extend(self.missing_file(source, index, file));
            }
        }
    }

    fn missing_file(&mut self, source: &Source<'_>, index: usize, file: Option<String>) -> Option<Finding> {
        let place = source.file_place(index);
        let Some(file) = file else { return Some(outside(place, &source.value_files[index])) };
        let (folder, name) = match self.find(&file) {
            Found::Missing { folder, name } => (folder, name),
            Found::Item(_) | Found::Unknown => return None,
        };
        let finding = rules::MISSING_PATH.at(place, format!("there is no values file `{file}` in the repository"));
        let mut help = self.instead(&file, &folder, &name, Item::File);
        if !source.files_written && help.starts_with("add") {
            help.push_str("; name others in `helm.valueFiles`, or write `[]` there for none");
        }
        Some(finding.note("Argo CD would not render the application").help(help))
    }

    /// What is wrong with a folder that does not hold what the application says.
    fn mismatch(&mut self, source: &Source<'_>, path: &str) -> Option<Finding> {
        let items = self.list(path)?;
        let holds = |names: &[&str]| items.iter().any(|(name, item)| *item != Item::Folder && names.contains(&name.as_str()));
        let chart = holds(&["Chart.yaml"]);
        let kustomization = holds(&["kustomization.yaml", "kustomization.yml", "Kustomization"]);
        let (message, note, help) = match source.renderer {
            Renderer::Helm if !chart && kustomization => (
                "holds a kustomization, not a Helm chart",
                "Helm would refuse the folder: it has no Chart.yaml",
                "add `kustomize: {}` to the application",
            ),
            Renderer::Helm if !chart => (
                "holds no Helm chart",
                "Helm would refuse the folder: it has no Chart.yaml",
                "add `directory: {}` to the application to take its manifests as they are",
            ),
            Renderer::Kustomize if !kustomization => {
                ("holds no kustomization", "Kustomize would refuse the folder: it has no kustomization.yaml", "remove `kustomize`, or add the file")
            }
            Renderer::Directory(false) if chart => (
                "holds a Helm chart",
                "Argo CD would take Chart.yaml and the values for manifests, and leave the chart's templates out",
                "remove `directory`",
            ),
            _ => return None,
        };
        let finding = rules::SOURCE_MISMATCH.at(source.place.key("path"), format!("`{}` {message}", shown(path)));
        Some(finding.note(note).help(help))
    }

    /// What may have been meant by a path of which `folder` is the part that exists.
    fn instead(&mut self, path: &str, folder: &str, name: &str, wanted: Item) -> String {
        let rest = path.get(join(folder, name).len()..).unwrap_or_default().to_owned();
        let wanted = if rest.is_empty() { wanted } else { Item::Folder };
        let names: Vec<_> = self.list(folder).unwrap_or_default().iter().filter(|(_, item)| *item == wanted).map(|(name, _)| name.clone()).collect();
        let near = nearest(name, names.iter().map(String::as_str)).map(|near| join(folder, near));
        if let Some(near) = near {
            let whole = format!("{near}{rest}");
            let meant = if matches!(self.find(&whole), Found::Missing { .. }) { near } else { whole };
            return format!("did you mean `{meant}`?");
        }
        match names.as_slice() {
            [] => format!("add `{path}`"),
            _ => format!("add `{path}`; `{}` holds {}", shown(folder), either(names.iter().map(String::as_str))),
        }
    }
}

/// The values files that applications use, and where the first use of each folder stands.
#[derive(Default)]
struct Used<'a> {
    files: BTreeSet<String>,
    folders: BTreeMap<String, &'a Place>,
}

impl<'a> Used<'a> {
    fn add(&mut self, source: &Source<'a>, ours: bool) {
        // A reference may lead to this repository.
        self.files.extend(source.value_files.iter().filter_map(|file| resolve("", file.strip_prefix('$')?.split_once('/')?.1)));
        if ours && source.renderer == Renderer::Helm && source.path.is_some() {
            for (_, file) in source.own_files() {
                let Some(file) = file else { continue };
                let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
                self.folders.entry(folder.to_owned()).or_insert(source.place);
                self.files.insert(file);
            }
        }
    }

    /// Warns of values files beside used ones that look as if an application had them.
    fn check(&self, tree: &mut Tree<'_>, findings: &mut Vec<Finding>) {
        for (folder, place) in &self.folders {
            let Some(items) = tree.list(folder) else { continue };
            let orphans =
                items.iter().filter(|(name, item)| *item == Item::File && is_values_file(name) && !self.files.contains(&join(folder, name)));
            let orphans: Vec<_> = orphans.map(|(name, _)| name.as_str()).collect();
            let message = match orphans.as_slice() {
                [] => continue,
                [only] => format!("no application uses `{}`", join(folder, only)),
                _ => format!("no application uses {} of `{}`: {}", count(orphans.len(), "values file"), shown(folder), either(orphans)),
            };
            let finding = rules::UNUSED_VALUES_FILE.at(place.key("path"), message).saying("values files of this folder are used");
            let finding = finding.note("it looks deployed and is not: whoever changes it waits in vain");
            findings.push(finding.help("remove it, or name it in the `helm.valueFiles` of its application"));
        }
    }
}

/// `values-….yml`: a name after an application, not a chart's own `values.yaml`.
fn is_values_file(name: &str) -> bool {
    name.strip_prefix("values-").is_some_and(|rest| rest.ends_with(".yml") || rest.ends_with(".yaml"))
}

fn outside(place: Place, path: &str) -> Finding {
    let finding = rules::MISSING_PATH.at(place, format!("`{path}` leads out of the repository"));
    finding.note("Argo CD would refuse it").help("name something that is in the repository")
}

/// A path from the root of the repository, without `.` and `..`; nothing if it leads out.
fn resolve(folder: &str, path: &str) -> Option<String> {
    let mut way: Vec<&str> = Vec::new();
    for name in folder.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(way.pop()?),
            _ => way.push(name),
        }
    }
    Some(way.join("/"))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// Whether two URLs lead to one repository. Argo CD 3.5 compares them without case, `.git` and the `ssh` scheme (`NormalizeGitURL`); that
/// people push by another scheme, user or port than Argo CD pulls by makes no difference here.
fn is_same(one: &str, other: &str) -> bool {
    let address = address(one);
    address.is_some() && address == self::address(other)
}

/// Host and path of a URL; nothing for a folder of this machine.
fn address(url: &str) -> Option<String> {
    let url = url.trim().to_lowercase();
    let (host, path) = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!host.is_empty() && !host.contains('/') && !path.is_empty()).then(|| format!("{host}/{path}"))
}
