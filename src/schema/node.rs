//! From a location in a file to its schema.

use std::sync::OnceLock;

use serde_json::Value;

use super::PUBLISHED;
use crate::diagnostics::{Location, Role, Segment};

/// A part of a published schema.
#[derive(Clone, Copy)]
pub(super) struct Node {
    root: &'static Value,
    /// As it is written, with its own description.
    written: &'static Value,
}

impl Node {
    /// The schema of a whole file.
    pub(super) fn root(location: &Location) -> Self {
        static ROOTS: [OnceLock<Value>; 4] = [const { OnceLock::new() }; 4];
        let number = match location.file.role() {
            Role::Catalog => 0,
            Role::Platform => 1,
            Role::Test => 3,
            Role::Profile | Role::Template | Role::Lock | Role::Baseline | Role::Manifest => 2,
        };
        let root = ROOTS[number].get_or_init(PUBLISHED[number].structure);
        Self { root, written: root }
    }

    /// The schema of the value at `place`.
    pub(super) fn at(location: &Location) -> Option<Self> {
        location.segments.iter().try_fold(Self::root(location), Self::segment)
    }

    /// The schema one segment further down.
    pub(super) fn segment(self, segment: &Segment) -> Option<Self> {
        let target = self.target();
        let written = match segment {
            Segment::Key(key) => self
                .property(key.as_str())
                .map(|node| node.written)
                .or_else(|| target.get("additionalProperties"))?,
            Segment::Index(_) => target.get("items")?,
        };
        Some(Self { written, ..self })
    }

    /// The schema that it refers to, or itself.
    fn target(self) -> &'static Value {
        let reference = self.written.get("$ref").and_then(Value::as_str);
        reference
            .and_then(|reference| self.root.pointer(reference.trim_start_matches('#')))
            .unwrap_or(self.written)
    }

    /// The description of the key.
    pub(super) fn description(self) -> Option<&'static Value> {
        self.written.get("description")
    }

    /// The schema of the items, for a list.
    pub(super) fn items(self) -> Option<Self> {
        self.target().get("items").map(|written| Self { written, ..self })
    }

    /// The known keys, for a mapping, in the order in which they are described.
    pub(super) fn properties(self) -> impl Iterator<Item = (&'static str, Self)> {
        let pairs = self.target().get("properties").and_then(Value::as_object).into_iter().flatten();
        pairs.map(move |(key, written)| (key.as_str(), Self { written, ..self }))
    }

    /// The schema of a known key.
    pub(super) fn property(self, key: &str) -> Option<Self> {
        self.target().get("properties")?.get(key).map(|written| Self { written, ..self })
    }

    /// The required keys.
    pub(super) fn required(self) -> Vec<&'static str> {
        self.target()
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Whether the value is a mapping.
    pub(super) fn is_mapping(self) -> bool {
        self.target().get("properties").is_some()
            || self.target().get("type").is_some_and(|kind| kind == "object")
    }
}
