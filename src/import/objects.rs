//! The objects that may be described, found by kind and namespace.

use std::collections::BTreeMap;

use super::learned::Learned;
use super::policies::Reading;
use crate::cluster::Cluster;
use crate::kubernetes::{GroupKind, Resource};

/// An object and its number.
pub(super) type Numbered<'c> = (usize, &'c Resource);

/// The objects that may be described, with their numbers.
pub(super) struct Objects<'c> {
    /// How policies are read.
    pub(super) reading: Reading,
    all: BTreeMap<usize, &'c Resource>,
    kinds: BTreeMap<&'c GroupKind, Vec<Numbered<'c>>>,
    namespaces: BTreeMap<&'c str, BTreeMap<&'c GroupKind, Vec<Numbered<'c>>>>,
}

impl<'c> Objects<'c> {
    pub(super) fn new(cluster: &'c Cluster, learned: &Learned) -> Self {
        let all = cluster.resources().iter().enumerate();
        let all = all.filter(|(index, _)| !learned.refused.contains_key(index));
        let mut objects = Self {
            reading: Reading::of(cluster),
            all: all.collect(),
            kinds: BTreeMap::new(),
            namespaces: BTreeMap::new(),
        };
        for (index, resource) in &objects.all {
            objects.kinds.entry(&resource.kind).or_default().push((*index, resource));
            if let Some(namespace) = &resource.namespace {
                let kinds = objects.namespaces.entry(namespace.as_str()).or_default();
                kinds.entry(&resource.kind).or_default().push((*index, resource));
            }
        }
        objects
    }

    /// The object with a number.
    pub(super) fn get(&self, index: usize) -> Option<&'c Resource> {
        self.all.get(&index).copied()
    }

    /// The objects of a kind.
    pub(super) fn of_kind<'s>(
        &'s self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = Numbered<'c>> + use<'s, 'c> {
        let kind = GroupKind::new(group.to_owned(), kind.to_owned());
        self.kinds.get(&kind).into_iter().flatten().copied()
    }

    /// The objects of a kind in a namespace.
    pub(super) fn within<'s>(
        &'s self,
        namespace: &str,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = Numbered<'c>> + use<'s, 'c> {
        let kind = GroupKind::new(group.to_owned(), kind.to_owned());
        self.namespaces.get(namespace).and_then(|kinds| kinds.get(&kind)).into_iter().flatten().copied()
    }

    /// The object of a kind with this name in a namespace.
    pub(super) fn named(
        &self,
        (namespace, name): (&str, &str),
        group: &str,
        kind: &str,
    ) -> Option<Numbered<'c>> {
        self.within(namespace, group, kind).find(|(_, resource)| resource.name.as_str() == name)
    }
}
