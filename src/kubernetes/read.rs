//! From YAML text to resources with locations, for several documents and expanded lists. Total and bounded:
//! any text gives resources or a problem.

use std::collections::BTreeSet;

use super::resource::{GroupKind, Resource, text, text_at};
use crate::diagnostics::{FileId, Finding, Location, Role, Sink};
use crate::inputs::{Source, max_bytes};
use crate::kubernetes::group;
use crate::syntax::{Document, ManifestReader};
use crate::value::{Map, Value};

/// The maximum length of the manifests of one application, in bytes.
pub const MAX_BYTES: usize = max_bytes(Role::Manifest);

/// The maximum number of resources of one application.
pub const MAX_RESOURCES: usize = 20_000;

/// The contents of manifests.
#[derive(Debug, Default)]
pub struct Manifests {
    /// The resources, in their order.
    pub resources: Vec<Resource>,
    /// The problems of the text; with a problem, the resources may be incomplete.
    pub problems: Vec<Problem>,
}

/// A problem of manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// The problem, as a phrase.
    pub message: String,
}

/// Reads manifests.
pub fn read(source: &Source) -> Manifests {
    if source.bytes.len() > MAX_BYTES {
        return Manifests::refused(format!("the manifests are longer than {} MiB", MAX_BYTES >> 20));
    }
    let mut findings = Sink::new();
    let document = Document::stream(FileId::MANIFESTS, source, &mut findings);
    read_document(&document, &findings)
}

/// The manifests of a stream; `findings` are those of its text.
pub(crate) fn read_document(document: &Document, findings: &[Finding]) -> Manifests {
    let mut manifests = Manifests::default();
    for finding in findings {
        let label = finding.labels.first().map(|label| label.text.as_str()).filter(|text| !text.is_empty());
        let message =
            label.map_or_else(|| finding.message.clone(), |label| format!("{}: {label}", finding.message));
        manifests.report(document, finding.location(), message);
    }
    let root = Location::root(document.file);
    let mut reader = ManifestReader::new(document);
    for index in 0..document.root_items() {
        let location = root.index(index);
        match reader.read(&location) {
            Ok(value) => manifests.add(document, value, &location),
            Err(_) => manifests.report(
                document,
                &location,
                "the aliases of this document expand to too many values".into(),
            ),
        }
    }
    manifests.check_identities(document);
    manifests
}

impl Manifests {
    fn refused(message: String) -> Self {
        Self { resources: Vec::new(), problems: vec![Problem { line: 1, message }] }
    }

    fn report(&mut self, document: &Document, location: &Location, message: String) {
        let start = document.span(location).start.min(document.text.len());
        let line = document.text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
        if self.problems.len() < 10 {
            self.problems.push(Problem { line, message });
        }
    }

    fn add(&mut self, document: &Document, value: Value, location: &Location) {
        let map = match value {
            // A document with nothing but comments.
            Value::Null => return,
            Value::Map(map) => map,
            _ => return self.report(document, location, "this document is not an object".into()),
        };
        if let Some(Value::List(items)) = map.get("items").filter(|_| is_list(&map)) {
            for (index, item) in items.iter().enumerate() {
                self.add(document, item.clone(), &location.key("items").index(index));
            }
            return;
        }
        if self.resources.len() == MAX_RESOURCES {
            return self.too_many(document, location);
        }
        match resource(map, location.clone()) {
            Ok(resource) => self.resources.push(resource),
            Err(key) => self.report(document, location, format!("this object has no `{key}`")),
        }
    }

    fn too_many(&mut self, document: &Document, location: &Location) {
        let message = format!("there are more than {MAX_RESOURCES} objects");
        if self.problems.last().is_none_or(|last| last.message != message) {
            self.report(document, location, message);
        }
    }

    /// Reports two objects with the same identity: the result depends on the order in which they are applied.
    fn check_identities(&mut self, document: &Document) {
        let mut seen = BTreeSet::new();
        let again = self.resources.iter().filter(|resource| !seen.insert(resource.identity()));
        let again: Vec<_> = again
            .take(10)
            .map(|resource| (resource.location.clone(), format!("{} {}", resource.kind, resource.name)))
            .collect();
        for (location, what) in again {
            self.report(document, &location, format!("a second {what}"));
        }
    }
}

/// Whether an object is a list of others: `List`, or a typed one such as `ConfigMapList` (Argo CD 3.5,
/// `isNullList` and `IsList`).
fn is_list(map: &Map) -> bool {
    text_at(map, &["kind"]).is_some_and(|kind| kind.ends_with("List"))
        && map.get("spec").is_none()
        && map.get("metadata").and_then(name).is_none()
}

fn name(metadata: &Value) -> Option<&str> {
    text_at(metadata.map()?, &["name"])
}

/// The resource of a mapping, or its missing key.
fn resource(value: Map, location: Location) -> Result<Resource, &'static str> {
    let api_version = text_at(&value, &["apiVersion"]).ok_or("apiVersion")?;
    let kind =
        GroupKind::new(group(api_version).to_owned(), text_at(&value, &["kind"]).ok_or("kind")?.to_owned());
    let version = api_version.rsplit('/').next().unwrap_or_default().to_owned();
    let metadata = value.get("metadata").and_then(Value::map);
    let field = |key| {
        metadata.and_then(|metadata| metadata.get(key)).map(|value| scalar_text(value).unwrap_or_default())
    };
    let name = field("name").filter(|name| !name.is_empty()).ok_or("metadata.name")?;
    let namespace = field("namespace").filter(|namespace| !namespace.is_empty());
    Ok(Resource {
        kind,
        version: version.into(),
        namespace: namespace.map(Into::into),
        name: name.into(),
        value,
        location,
    })
}

/// A name that was written without quotes and looks like a number.
fn scalar_text(value: &Value) -> Option<String> {
    match value.get() {
        Value::Int(number) => Some(number.to_string()),
        value => text(value).map(String::from),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{MAX_RESOURCES, read};
    use crate::inputs::Source;
    use crate::value::Map;

    fn names(text: &str) -> Vec<String> {
        let manifests = read(&Source::new("m.yaml", text));
        assert_eq!(manifests.problems, []);
        manifests.resources.iter().map(|resource| format!("{} {}", resource.kind, resource.name)).collect()
    }

    fn problems(text: &str) -> Vec<(usize, String)> {
        let manifests = read(&Source::new("m.yaml", text));
        manifests.problems.into_iter().map(|problem| (problem.line, problem.message)).collect()
    }

    #[test]
    fn documents_and_lists_are_taken_apart() {
        let text = "# nothing\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n---\n\
            apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: \
            {name: b}\n";
        assert_eq!(names(text), ["Service a", "apps/Deployment b"]);
        let manifests = read(&Source::new("m.yaml", text));
        assert_eq!(
            manifests.resources[1].location.to_string().rsplit_once('.').map(|(_, end)| end),
            Some("items[0]")
        );
    }

    #[test]
    fn anchors_merge_keys_tags_and_number_keys_have_their_meaning() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, labels: {x: y}}\ndata: {8080: \
            one, <<: {b: c, 8080: two}, d: !!str 1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: \
            12}\n";
        assert_eq!(names(text), ["ConfigMap a", "ConfigMap 12"]);
        let manifests = read(&Source::new("m.yaml", text));
        let data: Vec<_> = manifests.resources[0]
            .at(&["data"])
            .and_then(|data| data.map())
            .into_iter()
            .flat_map(Map::iter)
            .collect();
        assert_eq!(format!("{data:?}"), r#"[("8080", Text("one")), ("d", Text("1")), ("b", Text("c"))]"#);
    }

    #[test]
    fn what_is_wrong_is_found_at_its_line() {
        assert_eq!(
            problems("apiVersion: v1\nkind: Service\n"),
            [(1, "this object has no `metadata.name`".into())]
        );
        assert_eq!(
            problems("---\nkind: Service\nmetadata: {name: a}\n"),
            [(2, "this object has no `apiVersion`".into())]
        );
        assert_eq!(problems("---\n- a\n"), [(2, "this document is not an object".into())]);
        assert_eq!(problems("a: [\n").len(), 1);
        assert_eq!(problems("\u{0}").len(), 1);
        let twice = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: \
            Service\nmetadata: {name: a}\n";
        assert_eq!(problems(twice), [(5, "a second Service a".into())]);
    }

    #[test]
    fn nothing_grows_without_bound() {
        let mut bomb =
            String::from("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a [x,x,x,x,x,x,x,x,x]\n");
        for (one, other) in "abcdefghij".chars().zip("bcdefghijk".chars()) {
            let _ = writeln!(bomb, "{other}: &{other} [{}]", vec![format!("*{one}"); 9].join(","));
        }
        assert_eq!(problems(&bomb), [(1, "the aliases of this document expand to too many values".into())]);
        let many: Vec<_> = (0..=MAX_RESOURCES)
            .map(|number| format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: a{number}}}\n"))
            .collect();
        let many = many.concat();
        assert_eq!(
            problems(&many),
            [(MAX_RESOURCES * 4 + 2, format!("there are more than {MAX_RESOURCES} objects"))]
        );
        let values = format!("a: [{}]\n", "x,".repeat(2_000_000));
        assert_eq!(problems(&values), [(1, "the file holds more than 2000000 values".into())]);
        let shared = format!("---\na: &a {}\nb: [*a, *a]\n", "x".repeat(1 << 20)).repeat(3);
        assert_eq!(
            problems(&shared).last(),
            Some(&(8, "the aliases of this document expand to too many values".into()))
        );
        assert!(!problems(&"[".repeat(100_000)).is_empty());
        assert!(!problems(&"- ".repeat(100_000)).is_empty());
    }
}
