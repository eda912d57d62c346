//! A resource as it was read: its identity, its location, and its contents.

use std::fmt;
use std::str::FromStr;

use super::{Identity, Object};
use crate::diagnostics::Location;
use crate::value::{Key, Map, Text, Value};

/// The group and kind of a resource: `apps/Deployment`, or `Service` of the core group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKind {
    /// The API group; empty for the core group.
    pub group: Text,
    /// The kind.
    pub kind: Text,
}

impl GroupKind {
    /// A group and a kind.
    pub fn new(group: impl Into<Text>, kind: impl Into<Text>) -> Self {
        Self { group: group.into(), kind: kind.into() }
    }

    /// Whether it is this group and kind.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind.as_str() == kind && self.group.as_str() == group
    }
}

impl fmt::Display for GroupKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() {
            write!(out, "{}", self.kind)
        } else {
            write!(out, "{}/{}", self.group, self.kind)
        }
    }
}

impl FromStr for GroupKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (group, kind) = text.split_once('/').unwrap_or(("", text));
        let valid = !kind.is_empty()
            && !kind.contains(|char: char| char == '/' || char.is_whitespace())
            && !group.contains(char::is_whitespace);
        if valid { Ok(Self { group: Text::copied(group), kind: Text::copied(kind) }) } else { Err(()) }
    }
}

/// A resource of a manifest.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The group and kind.
    pub kind: GroupKind,
    /// The version of the API, without the group: `v1`.
    pub version: Text,
    /// `metadata.namespace`, as it is written.
    pub namespace: Option<Text>,
    /// `metadata.name`
    pub name: Text,
    /// Its contents.
    pub value: Map,
    /// Its location: the first segment is the number of its document.
    pub location: Location,
}

impl Resource {
    /// What distinguishes it from other resources.
    pub fn identity(&self) -> Identity<'_> {
        Identity { kind: &self.kind, namespace: self.namespace.as_deref(), name: &self.name }
    }

    /// The value at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        at(&self.value, path)
    }

    /// An annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.at(&["metadata", "annotations", name]).and_then(text)
    }
}

impl From<&Object> for Resource {
    /// What the API server reads of a rendered object; its location is the line that requested it.
    fn from(object: &Object) -> Self {
        let head = Map::new()
            .with("apiVersion", Text::copied(object.api_version()))
            .with("kind", Text::copied(object.kind_name()))
            .with("metadata", metadata(object));
        let (group, version) = object.api_version().rsplit_once('/').unwrap_or(("", object.api_version()));
        Self {
            kind: GroupKind::new(Text::copied(group), Text::copied(object.kind_name())),
            version: Text::copied(version),
            namespace: object.namespace.as_ref().map(|namespace| Text::copied(namespace.as_str())),
            name: object.name.clone(),
            value: head.merged(object.body.content()),
            location: object.origins.first().map(|origin| origin.location.clone()).unwrap_or_default(),
        }
    }
}

fn metadata(object: &Object) -> Map {
    let (mut labels, mut annotations) = (Map::new(), Map::new());
    object.each_label(|key, value| labels.push(Key::user(key), Text::copied(value)));
    object.each_annotation(|key, value| annotations.push(Key::user(key), Text::copied(value)));
    let finalizers = object.metadata().finalizers.iter().map(|&name| name.into()).collect::<Vec<Value>>();
    Map::new()
        .with("name", object.name.clone())
        .with_some("namespace", object.namespace.as_ref().map(|namespace| Text::copied(namespace.as_str())))
        .with("labels", labels)
        .with("annotations", annotations)
        .with_filled("finalizers", Value::List(finalizers))
}

/// The value at a path of keys.
pub fn at<'v>(map: &'v Map, path: &[&str]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    let value = map.get(first)?;
    if rest.is_empty() { Some(value) } else { at(value.map()?, rest) }
}

/// The text of a value.
pub fn text(value: &Value) -> Option<&str> {
    match value.get() {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The text at a path of keys; `None` for an empty one.
pub fn text_at<'v>(map: &'v Map, path: &[&str]) -> Option<&'v str> {
    at(map, path).and_then(text).filter(|text| !text.is_empty())
}

/// Whether the value at a path of keys is `true`.
pub fn is_true(map: &Map, path: &[&str]) -> bool {
    matches!(at(map, path).map(Value::get), Some(Value::Bool(true)))
}

/// The mappings of the list at a path of keys.
pub fn maps_at<'v>(map: &'v Map, path: &[&str]) -> impl Iterator<Item = &'v Map> + use<'v> {
    items_at(map, path).iter().filter_map(Value::map)
}

/// The items of the list at a path of keys.
pub fn items_at<'v>(map: &'v Map, path: &[&str]) -> &'v [Value] {
    match at(map, path).map(Value::get) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// A port number.
pub fn port(value: &Value) -> Option<u16> {
    match value.get() {
        Value::Int(number) => u16::try_from(*number).ok().filter(|number| *number > 0),
        Value::Text(digits) => digits.parse().ok().filter(|number| *number > 0),
        _ => None,
    }
}
