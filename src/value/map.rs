//! Mappings that keep the order of their keys.

use super::{Key, Value};

/// A mapping, in the order in which its keys were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(Key, Value)>);

/// The space of a mapping with its first pair: most mappings of manifests have one or two.
const FIRST: usize = 2;

impl Map {
    /// An empty mapping.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds `key`, which the caller guarantees to be new.
    pub fn with(mut self, key: impl Into<Key>, value: impl Into<Value>) -> Self {
        self.push(key, value);
        self
    }

    /// Adds `key` only if there is a value.
    pub fn with_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Adds `key: true` only if `value` is true. Argo CD drops zero values from the objects that it rewrites,
    /// so that an emitted `false` would permanently differ from the live object (Argo CD 3.5 `types.go`,
    /// `omitempty`; issue 14591).
    pub fn with_true(self, key: &'static str, value: bool) -> Self {
        if value { self.with(key, true) } else { self }
    }

    /// Adds `key` only if `value` is not empty, for the same reason as [`Map::with_true`].
    pub fn with_filled(self, key: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let empty = match value.get() {
            Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.is_empty(),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Shared(_) => false,
        };
        if empty { self } else { self.with(key, value) }
    }

    /// Adds `key`, which the caller guarantees to be new.
    pub fn push(&mut self, key: impl Into<Key>, value: impl Into<Value>) {
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact(self.0.len().max(FIRST));
        }
        self.0.push((key.into(), value.into()));
    }

    /// Removes the pairs with a key for which `keep` is false.
    pub fn retain(&mut self, keep: impl Fn(&Key) -> bool) {
        self.0.retain(|(key, _)| keep(key));
    }

    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known.as_str() == key).map(|(_, value)| value)
    }

    /// Merges two mappings. If both have a value for a key, mappings are merged recursively, and any other
    /// value is that of `other`.
    pub fn merged(mut self, other: &Self) -> Self {
        for (key, value) in other.iter() {
            match (self.0.iter_mut().find(|(known, _)| known == key), value) {
                (Some((_, Value::Map(own))), Value::Map(more)) => *own = std::mem::take(own).merged(more),
                (Some((_, own)), _) => *own = value.clone(),
                (None, _) => self.push(key.clone(), value.clone()),
            }
        }
        self
    }

    /// Whether the mapping is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Into<Key>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl From<Map> for Value {
    fn from(mut value: Map) -> Self {
        value.0.shrink_to_fit();
        Self::Map(value)
    }
}
