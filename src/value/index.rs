//! Values by key, for look-ups only: an index cannot be iterated, so that no order of it becomes visible.
#![allow(clippy::disallowed_types, reason = "its order is never visible")]

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Values by key, without an order. It is several times as fast as a `BTreeMap` for thousands of names.
#[derive(Debug)]
pub struct Index<K, V>(HashMap<K, V, RandomState>);

impl<K, V> Default for Index<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash, V> Index<K, V> {
    /// An empty index with space for this many keys.
    pub fn with_capacity(keys: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher(keys, RandomState::default()))
    }

    /// Adds the first value of a key; returns the known one if it has one already.
    pub fn add_first(&mut self, key: K, value: V) -> Option<&V> {
        match self.0.entry(key) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(place) => {
                place.insert(value);
                None
            }
        }
    }

    /// Sets the value of a key; returns the one that it had before.
    pub fn replace(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }

    /// The value of a key, which is the default one at first.
    pub fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key).or_default()
    }

    /// The value of a key.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn the_first_value_of_a_key_stays_until_it_is_replaced() {
        let mut index = Index::with_capacity(2);
        assert_eq!(index.add_first("a", 1), None);
        assert_eq!(index.add_first("a", 2), Some(&1));
        assert_eq!(index.replace("a", 3), Some(1));
        *index.entry("b") += 4;
        assert_eq!((index.get("a"), index.get("b"), index.get("c")), (Some(&3), Some(&4), None));
    }
}
