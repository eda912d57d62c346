//! The closure of a kustomization: which resources of which files it includes, and what it changes of them.
//! Patches change annotations; a resource with another patch is marked, as its fields are not known.

use super::files::Files;
use super::item::{Contents, Item};
use super::patch::Patch;
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::model::within;
use crate::value::{Map, Value};

/// How deep kustomizations may refer to each other.
const MAX_DEPTH: usize = 24;

/// How many steps it takes to read one.
const VISIT: usize = 1000;

/// How many resources one may include.
const MAX_ITEMS: usize = 20_000;

/// The names that Kustomize looks for.
pub(super) const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The path of the kustomization of a folder.
pub(super) fn of_folder<'t>(files: &Files<'t>, folder: &str) -> Option<&'t str> {
    NAMES.iter().find_map(|name| files.path(&within(folder, name)?))
}

/// The mapping of a kustomization; empty if it cannot be read. It need not have a kind.
pub(super) fn read(files: &Files<'_>, path: &str) -> Map {
    files.first_mapping(path).cloned().unwrap_or_default()
}

/// What the kustomization of a folder deploys.
pub(super) fn closure<'t>(files: &Files<'t>, folder: &str) -> Contents<'t> {
    let mut contents = Contents::default();
    let mut closure = Closure { files, open: Vec::new(), contents: &mut contents };
    let items = closure.folder(folder);
    contents.items = items;
    contents
}

struct Closure<'c, 't> {
    files: &'c Files<'t>,
    /// The folders from the first kustomization to this one.
    open: Vec<String>,
    contents: &'c mut Contents<'t>,
}

impl<'t> Closure<'_, 't> {
    fn folder(&mut self, folder: &str) -> Vec<Item<'t>> {
        let Some(path) = of_folder(self.files, folder) else {
            self.leave_out(folder, "this folder has no kustomization");
            return Vec::new();
        };
        if self.open.iter().any(|open| open == folder) || self.open.len() == MAX_DEPTH {
            self.leave_out(path, "it includes itself, or is nested too deeply");
            return Vec::new();
        }
        if !self.files.pay(VISIT + self.files.bytes(path).len()) {
            self.contents.opaque.push(String::new());
            self.leave_out(folder, "the kustomizations of the repository include each other too often");
            return Vec::new();
        }
        self.open.push(folder.to_owned());
        self.contents.files.push(path);
        self.contents.kustomizations.push(folder.to_owned());
        let map = read(self.files, path);
        let mut items = self.included(folder, &map);
        self.generated(folder, &map);
        self.change(folder, &map, &mut items);
        self.open.pop();
        items
    }

    /// The resources of `resources`, `bases` and `components`.
    fn included(&mut self, folder: &str, map: &Map) -> Vec<Item<'t>> {
        let mut items = Vec::new();
        for key in ["resources", "bases", "components"] {
            for name in items_at(map, &[key]).iter().filter_map(text) {
                items.extend(self.resource(folder, name));
                if items.len() > MAX_ITEMS {
                    items.truncate(MAX_ITEMS);
                    self.leave_out(folder, "it includes too many resources");
                    return items;
                }
            }
        }
        items
    }

    fn resource(&mut self, folder: &str, name: &str) -> Vec<Item<'t>> {
        let path = within(folder, name).filter(|_| !is_remote(name));
        let Some(path) = path else {
            self.contents.opaque.push(String::new());
            self.leave_out(name, "it is not in this repository");
            return Vec::new();
        };
        if let Some(file) = self.files.path(&path) {
            self.contents.files.push(file);
            return self.file(file);
        }
        if self.files.tree.is_folder(&path) {
            return self.folder(&path);
        }
        self.contents.opaque.push(String::new());
        self.leave_out(&path, "there is no such file");
        Vec::new()
    }

    fn file(&mut self, file: &'t str) -> Vec<Item<'t>> {
        let Some(content) = self.files.content(file) else { return Vec::new() };
        if let Some(problem) = &content.problem {
            self.leave_out(file, problem);
        }
        let item = |index| Item { file, index, change: super::item::Change::default() };
        (0..content.resources.len()).map(item).collect()
    }

    /// What it generates and inflates: files of the repository that belong to it, and unknown resources.
    fn generated(&mut self, folder: &str, map: &Map) {
        let mut names = Vec::new();
        strings(map, 0, &mut names);
        for name in names {
            let name = name.split_once('=').map_or(name, |(_, file)| file);
            let found =
                within(folder, name).and_then(|path| self.files.tree.files.get_key_value(path.as_str()));
            self.contents.files.extend(found.map(|(path, _)| path.as_str()));
        }
        for chart in maps_at(map, &["helmCharts"]) {
            let namespace = text_at(chart, &["namespace"]).or_else(|| text_at(map, &["namespace"]));
            self.contents.opaque.push(namespace.unwrap_or_default().to_owned());
            let name = text_at(chart, &["name"]).unwrap_or("a chart");
            self.leave_out(folder, &format!("the chart `{name}` of its kustomization is not rendered"));
        }
        for key in ["configMapGenerator", "secretGenerator"] {
            if maps_at(map, &[key]).next().is_some() {
                // their names end with a hash of their contents
                let namespace = text_at(map, &["namespace"]).unwrap_or_default();
                self.contents.opaque.push(namespace.to_owned());
            }
        }
        for key in ["generators", "transformers"] {
            if !items_at(map, &[key]).is_empty() {
                self.contents.opaque.push(text_at(map, &["namespace"]).unwrap_or_default().to_owned());
                self.leave_out(folder, &format!("the `{key}` of its kustomization are not run"));
            }
        }
    }

    /// Changes the resources as the kustomization does.
    fn change(&self, folder: &str, map: &Map, items: &mut [Item<'t>]) {
        let namespace = text_at(map, &["namespace"]);
        let affix = |key| text_at(map, &[key]).unwrap_or_default();
        let annotations = at(map, &["commonAnnotations"]).and_then(Value::map);
        let annotations: Vec<(String, String)> = annotations
            .into_iter()
            .flat_map(Map::iter)
            .filter_map(|(key, value)| Some((key.as_str().to_owned(), text(value)?.to_owned())))
            .collect();
        let patches = Patch::all(self.files, folder, map);
        let is_transformed = !items_at(map, &["transformers"]).is_empty();
        for item in items {
            let Some(resource) = self.files.resource(item.file, item.index) else { continue };
            for patch in patches.iter().filter(|patch| patch.applies(resource)) {
                item.change.annotations.extend(patch.annotations.iter().cloned());
                item.change.is_patched |= patch.changes_more;
            }
            item.change.is_patched |= is_transformed;
            item.change.namespace = namespace.map(str::to_owned).or(item.change.namespace.take());
            // references to renamed objects change as well
            item.change.is_patched |= !(affix("namePrefix").is_empty() && affix("nameSuffix").is_empty());
            item.change.prefix.insert_str(0, affix("namePrefix"));
            item.change.suffix.push_str(affix("nameSuffix"));
            item.change.annotations.extend(annotations.iter().cloned());
        }
    }

    fn leave_out(&mut self, path: &str, reason: &str) {
        self.contents.left_out.push((path.to_owned(), reason.to_owned()));
    }
}

/// Whether a resource is a URL, or an address such as `github.com/owner/repository`.
fn is_remote(name: &str) -> bool {
    name.contains("://")
        || name.contains("?ref=")
        || name.starts_with("git@")
        || name.starts_with("github.com")
}

/// All strings of a mapping.
fn strings<'m>(map: &'m Map, depth: usize, found: &mut Vec<&'m str>) {
    for (_, value) in map.iter() {
        of_value(value, depth, found);
    }
}

fn of_value<'m>(value: &'m Value, depth: usize, found: &mut Vec<&'m str>) {
    match value.get() {
        Value::Text(text) => found.push(text),
        Value::List(items) if depth < 6 => items.iter().for_each(|item| of_value(item, depth + 1, found)),
        Value::Map(map) if depth < 6 => strings(map, depth + 1, found),
        _ => {}
    }
}
