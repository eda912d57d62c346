//! The manifests of a tree, file by file; a file is parsed when it is needed.

use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{FileId, Finding, Location, Role, Sink};
use crate::inputs::{Source, Tree};
use crate::kubernetes::{Resource, read};
use crate::syntax::{Document, ManifestReader, SourceMap, duplicate_keys};
use crate::value::{Map, Value};

/// The files of a tree that may be manifests.
pub(super) struct Files<'t> {
    pub(super) tree: &'t Tree,
    parsed: BTreeMap<&'t str, File<'t>>,
    numbers: BTreeMap<FileId, &'t str>,
    /// How many more values are kept.
    left: Cell<usize>,
    /// How many more steps of following sources there may be.
    steps: Cell<usize>,
}

/// How many steps there are: one for each file of a folder that an Application deploys, and more for a
/// kustomization. Kustomizations that include each other twice would grow exponentially.
const MAX_STEPS: usize = 50_000_000;

/// How many values the manifests of all files may contain: each takes about 80 bytes.
const MAX_VALUES: usize = 4_000_000;

struct File<'t> {
    id: FileId,
    source: &'t Source,
    content: OnceCell<Content>,
    first: OnceCell<Map>,
}

/// The content of a file.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Its resources.
    pub(super) resources: Vec<Resource>,
    /// Why some of it could not be read, if that is so.
    pub(super) problem: Option<String>,
    /// The keys that appear twice in it.
    pub(super) duplicate_keys: Vec<Finding>,
}

impl<'t> Files<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let files = tree.files.iter().filter_map(|(path, source)| Some((path.as_str(), source.as_ref()?)));
        let parsed = files.zip(0..).map(|((path, source), number)| {
            let id = FileId::new(Role::Manifest, number);
            (path, File { id, source, content: OnceCell::new(), first: OnceCell::new() })
        });
        let parsed: BTreeMap<_, _> = parsed.collect();
        let numbers = parsed.iter().map(|(path, file)| (file.id, *path)).collect();
        Self { tree, parsed, numbers, left: Cell::new(MAX_VALUES), steps: Cell::new(MAX_STEPS) }
    }

    /// The paths of all files that may be manifests.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'t str> {
        self.parsed.keys().copied()
    }

    /// The path as it is in the tree, if the file may be a manifest.
    pub(super) fn path(&self, path: &str) -> Option<&'t str> {
        self.parsed.get_key_value(path).map(|(path, _)| *path)
    }

    /// The text of a file.
    pub(super) fn bytes(&self, path: &str) -> &'t [u8] {
        self.parsed.get(path).map_or(&[], |file| &file.source.bytes)
    }

    /// Whether this many more steps are possible.
    pub(super) fn pay(&self, steps: usize) -> bool {
        self.steps.set(self.steps.get().saturating_sub(steps));
        self.steps.get() > 0
    }

    /// The mapping of the first document of a file, whatever it is.
    pub(super) fn first_mapping(&self, path: &str) -> Option<&Map> {
        let file = self.parsed.get(path)?;
        Some(file.first.get_or_init(|| first_mapping(file.id, file.source)))
    }

    /// The content of a file; empty if there is none.
    pub(super) fn content(&self, path: &str) -> Option<&Content> {
        let file = self.parsed.get(path)?;
        Some(file.content.get_or_init(|| self.parse(file.id, file.source)))
    }

    /// The content of a file; after too many values, those of further files are not read.
    fn parse(&self, id: FileId, source: &Source) -> Content {
        let too_many = || Content {
            problem: Some(format!("the manifests contain more than {MAX_VALUES} values")),
            ..Content::default()
        };
        if self.left.get() == 0 {
            return too_many();
        }
        let mut findings = Sink::new();
        let document = Document::stream(id, source, &mut findings);
        self.left.set(self.left.get().saturating_sub(document.size()));
        if self.left.get() == 0 {
            return too_many();
        }
        let manifests = read::read_document(&document, &findings);
        let problem = manifests.problems.first();
        let problem = problem.map(|problem| format!("line {}: {}", problem.line, problem.message));
        Content { resources: manifests.resources, problem, duplicate_keys: duplicate_keys(&document) }
    }

    /// A resource of a file.
    pub(super) fn resource(&self, path: &str, index: usize) -> Option<&Resource> {
        self.content(path)?.resources.get(index)
    }

    /// The number of a file.
    pub(super) fn id(&self, path: &str) -> Option<FileId> {
        self.parsed.get(path).map(|file| file.id)
    }

    /// The path of the file with a number.
    pub(super) fn path_of(&self, id: FileId) -> Option<&'t str> {
        self.numbers.get(&id).copied()
    }

    /// All files as documents, to draw findings in; only those with these numbers are parsed.
    pub(super) fn documents(&self, wanted: &BTreeSet<FileId>) -> SourceMap {
        let files = self.parsed.values().filter(|file| wanted.contains(&file.id));
        let mut documents = SourceMap::default();
        documents.extend(files.map(|file| Document::stream(file.id, file.source, &mut Sink::new())));
        documents
    }
}

fn first_mapping(id: FileId, source: &Source) -> Map {
    let document = Document::stream(id, source, &mut Sink::new());
    match ManifestReader::new(&document).read(&Location::root(id).index(0)) {
        Ok(Value::Map(map)) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Files;
    use crate::inputs::Tree;

    #[test]
    fn files_after_too_many_values_are_left_out() {
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n";
        let tree = Tree::of_files([("a.yaml", service), ("b.yaml", service), ("c.yaml", service)]);
        let files = Files::new(&tree);
        files.left.set(15);
        let read =
            |path| files.content(path).map(|content| (content.resources.len(), content.problem.is_some()));
        assert_eq!(read("a.yaml"), Some((1, false)));
        assert_eq!(read("b.yaml"), Some((0, true)), "it has the sixteenth value");
        assert_eq!(read("c.yaml"), Some((0, true)));
        assert_eq!(read("a.yaml"), Some((1, false)), "what was read is kept");
    }
}
