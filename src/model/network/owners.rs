//! The entries of a catalog by their namespaces.

use crate::model::Entry;
use crate::names::Namespace;
use crate::value::Index;

/// The entries by their namespaces; the first of several that have the same one.
pub(super) struct Owners<'k> {
    entries: &'k [Entry],
    indexes: Index<&'k Namespace, usize>,
}

impl<'k> Owners<'k> {
    pub(super) fn new(entries: &'k [Entry]) -> Self {
        let mut indexes = Index::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            indexes.add_first(&entry.namespace, index);
        }
        Self { entries, indexes }
    }

    /// The index of the entry that owns a namespace.
    pub(super) fn get(&self, namespace: &Namespace) -> Option<usize> {
        self.indexes.get(namespace).copied()
    }

    /// All namespaces, in order.
    pub(super) fn namespaces(&self) -> Vec<&'k str> {
        let mut namespaces: Vec<_> = self.entries.iter().map(|entry| entry.namespace.as_str()).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        namespaces
    }
}
