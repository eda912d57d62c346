//! The patches of a kustomization, as far as they matter to an audit: which resources they change, and which
//! annotations they add.

use super::files::Files;
use crate::diagnostics::{FileId, Location, Sink};
use crate::inputs::Source;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::model::within;
use crate::syntax::{Document, ManifestReader};
use crate::value::{Map, Value};

/// Where the annotations of a JSON patch are.
const ANNOTATIONS: &str = "/metadata/annotations/";

/// A patch.
#[derive(Debug, Default)]
pub(super) struct Patch {
    kind: Option<String>,
    name: Option<String>,
    /// Whether the target is described by something that is not compared, such as labels.
    is_vague: bool,
    /// The annotations that it adds.
    pub(super) annotations: Vec<(String, String)>,
    /// Whether it changes anything else.
    pub(super) changes_more: bool,
}

impl Patch {
    /// The patches of a kustomization in a folder.
    pub(super) fn all(files: &Files<'_>, folder: &str, map: &Map) -> Vec<Self> {
        let mut patches = Vec::new();
        for key in ["patches", "patchesJson6902"] {
            for patch in maps_at(map, &[key]) {
                let target = at(patch, &["target"]).and_then(Value::map);
                let inline = text_at(patch, &["patch"]).map(str::to_owned);
                let body = inline.or_else(|| file(files, folder, text_at(patch, &["path"])?));
                patches
                    .extend(documents(&body.unwrap_or_default()).iter().map(|body| Self::new(body, target)));
            }
        }
        for patch in items_at(map, &["patchesStrategicMerge"]).iter().filter_map(text) {
            let body = if patch.contains('\n') { Some(patch.to_owned()) } else { file(files, folder, patch) };
            patches.extend(documents(&body.unwrap_or_default()).iter().map(|body| Self::new(body, None)));
        }
        patches
    }

    fn new(body: &Value, target: Option<&Map>) -> Self {
        let mut patch = Self::default();
        match body {
            Value::Map(map) => patch.merge(map),
            Value::List(steps) => steps.iter().filter_map(Value::map).for_each(|step| patch.step(step)),
            _ => patch.changes_more = true,
        }
        if let Some(target) = target {
            let field = |key| text_at(target, &[key]).map(str::to_owned);
            (patch.kind, patch.name) = (field("kind"), field("name"));
            patch.is_vague = true;
        }
        patch
    }

    /// A strategic merge patch, whose target is its own kind and name.
    fn merge(&mut self, map: &Map) {
        let field = |path: &[&str]| text_at(map, path).map(str::to_owned);
        (self.kind, self.name) = (field(&["kind"]), field(&["metadata", "name"]));
        let annotations = at(map, &["metadata", "annotations"]).and_then(Value::map);
        let pairs = annotations.into_iter().flat_map(Map::iter);
        self.annotations
            .extend(pairs.filter_map(|(key, value)| Some((key.as_str().to_owned(), text(value)?.into()))));
        let own = ["apiVersion", "kind", "metadata"];
        self.changes_more = map.iter().any(|(key, _)| !own.contains(&key.as_str()));
    }

    /// A step of a JSON patch.
    fn step(&mut self, step: &Map) {
        let path = text_at(step, &["path"]).unwrap_or_default();
        let value = text_at(step, &["value"]);
        match (path.strip_prefix(ANNOTATIONS), value, step.get("value").and_then(Value::map)) {
            (Some(key), Some(value), _) => {
                self.annotations.push((key.replace("~1", "/").replace("~0", "~"), value.to_owned()));
            }
            (_, _, Some(map)) if path == ANNOTATIONS.trim_end_matches('/') => {
                let pairs = map
                    .iter()
                    .filter_map(|(key, value)| Some((key.as_str().to_owned(), text(value)?.into())));
                self.annotations.extend(pairs);
            }
            _ => self.changes_more = true,
        }
    }

    /// Whether it may change a resource. The name of a target is a pattern.
    pub(super) fn applies(&self, resource: &Resource) -> bool {
        let is_pattern = |name: &str| name.contains(['*', '.', '[', '(', '|', '^', '$', '+']);
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found || self.is_vague && is_pattern(wanted))
        };
        same(&self.kind, &resource.kind.kind) && same(&self.name, &resource.name)
    }
}

fn file(files: &Files<'_>, folder: &str, name: &str) -> Option<String> {
    let bytes = files.bytes(&within(folder, name)?);
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// The documents of a patch.
fn documents(body: &str) -> Vec<Value> {
    let source = Source::new("patch", body);
    let document = Document::stream(FileId::MANIFESTS, &source, &mut Sink::new());
    let root = Location::root(FileId::MANIFESTS);
    let mut reader = ManifestReader::new(&document);
    (0..document.root_items()).filter_map(|index| reader.read(&root.index(index)).ok()).collect()
}
