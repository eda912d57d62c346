//! Values of Helm that are written as text.

use crate::diagnostics::{FileId, Location, Sink};
use crate::inputs::Source;
use crate::syntax::{Document, ManifestReader};
use crate::value::{Map, Value};

/// The values of a text; nothing if it is not one mapping, such as a text with placeholders of templates.
pub(super) fn parsed(text: &str) -> Option<Map> {
    let mut findings = Sink::new();
    let document = Document::stream(FileId::MANIFESTS, &Source::new("values", text), &mut findings);
    let is_one = document.root_items() == 1 && findings.is_empty();
    let root = Location::root(FileId::MANIFESTS).index(0);
    match is_one.then(|| ManifestReader::new(&document).read(&root))? {
        Ok(Value::Map(map)) => Some(map),
        _ => None,
    }
}
