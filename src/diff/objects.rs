//! The objects that differ, paired by what distinguishes them in a cluster.

use std::collections::BTreeMap;

use super::change::Side;
use super::same::same_object;
use crate::diagnostics::Location;
use crate::kubernetes::{Identity, Object};

/// An object that is not the same on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'o> {
    /// The old object; none if it is added.
    pub before: Option<&'o Object>,
    /// The new object; none if it is removed.
    pub after: Option<&'o Object>,
}

impl<'o> Pair<'o> {
    /// The new object, or the old one if it is removed.
    pub fn either(&self) -> Option<&'o Object> {
        self.after.or(self.before)
    }

    /// What happens to the object.
    pub fn verb(&self) -> &'static str {
        match (self.before, self.after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        }
    }

    /// Whether the object is a network policy.
    pub fn is_policy(&self) -> bool {
        self.either().is_some_and(|object| object.kind.facts().is_network_policy())
    }

    /// The object of a side.
    pub fn on(&self, side: Side) -> Option<&'o Object> {
        match side {
            Side::Before => self.before,
            Side::After => self.after,
        }
    }

    /// Whether Argo CD keeps the removed object in the cluster. It goes by the annotation of the live object,
    /// which is that of the old catalog (Argo CD 3.6, `pruneObject`).
    pub fn is_kept(&self) -> bool {
        let keeps = |object: &Object| object.sync_options.split(',').any(|option| option == "Prune=false");
        self.after.is_none() && self.before.is_some_and(keeps)
    }
}

/// The objects that differ.
#[derive(Debug, Default)]
pub struct Objects<'o> {
    pairs: Vec<Pair<'o>>,
    folders: BTreeMap<&'o str, Vec<usize>>,
}

impl<'o> Objects<'o> {
    pub(super) fn new(before: &'o [Object], after: &'o [Object]) -> Self {
        let mut pairs = pairs(before, after);
        pairs.retain(|pair| match (pair.before, pair.after) {
            (Some(before), Some(after)) => !same_object(before, after),
            _ => true,
        });
        pairs.sort_by_cached_key(|pair| pair.either().map(|object| (object.order(), object.identity())));
        let mut folders = BTreeMap::<_, Vec<_>>::new();
        for (index, pair) in pairs.iter().enumerate() {
            for folder in folders_of(pair) {
                folders.entry(folder).or_default().push(index);
            }
        }
        Self { pairs, folders }
    }

    /// The objects, in the order in which they are applied.
    pub fn pairs(&self) -> &[Pair<'o>] {
        &self.pairs
    }

    /// The object with this index.
    pub fn get(&self, index: usize) -> Option<&Pair<'o>> {
        self.pairs.get(index)
    }

    /// The objects of an entry, with their indexes.
    pub fn of_entry(&self, folder: &str) -> impl Iterator<Item = (usize, &Pair<'o>)> {
        let indexes = self.folders.get(folder).into_iter().flatten();
        indexes.filter_map(|index| Some((*index, self.pairs.get(*index)?)))
    }

    /// The indexes of the network policies of an entry.
    pub(super) fn policies(&self, folder: &str) -> impl Iterator<Item = usize> {
        self.of_entry(folder).filter(|(_, pair)| pair.is_policy()).map(|(index, _)| index)
    }

    /// The indexes of the objects of an entry with this kind and name.
    pub(super) fn named(&self, folder: &str, kind: &str, name: &str) -> Vec<usize> {
        let matches = |pair: &Pair<'_>| {
            pair.either().is_some_and(|it| it.kind_name() == kind && it.name.as_str() == name)
        };
        self.of_entry(folder).filter(|(_, pair)| matches(pair)).map(|(index, _)| index).collect()
    }

    /// The indexes of the objects of an entry that a line of this side, or one below it, requests.
    pub(super) fn requested(&self, folder: &str, side: Side, location: &Location) -> Vec<usize> {
        let requests =
            |object: &Object| object.origins.iter().any(|origin| below(&origin.location, location));
        let found = self.of_entry(folder).filter(|(_, pair)| pair.on(side).is_some_and(requests));
        found.map(|(index, _)| index).collect()
    }
}

fn folders_of<'o>(pair: &Pair<'o>) -> impl Iterator<Item = &'o str> + use<'o> {
    let before = pair.before.map(|object| object.folder.as_str());
    let after = pair.after.map(|object| object.folder.as_str());
    before.into_iter().chain(after.filter(|folder| before != Some(*folder)))
}

fn below(location: &Location, above: &Location) -> bool {
    location.file == above.file && location.segments.starts_with(&above.segments)
}

/// How far the next common object is looked for before the rest is sorted.
const WINDOW: usize = 64;

/// Pairs of objects with the same identity. Both lists are in the same order, except where a wave changed, so
/// that most pairs are found without looking up names.
fn pairs<'o>(mut before: &'o [Object], mut after: &'o [Object]) -> Vec<Pair<'o>> {
    let (mut found, mut alone) = (Vec::new(), BTreeMap::<Identity<'o>, Pair<'o>>::new());
    while let (Some((old, old_rest)), Some((new, new_rest))) = (before.split_first(), after.split_first()) {
        if old.identity() == new.identity() {
            found.push(Pair { before: Some(old), after: Some(new) });
            (before, after) = (old_rest, new_rest);
        } else if holds(new_rest, old) {
            put(&mut alone, None, Some(new));
            after = new_rest;
        } else {
            put(&mut alone, Some(old), None);
            before = old_rest;
        }
    }
    for old in before {
        put(&mut alone, Some(old), None);
    }
    for new in after {
        put(&mut alone, None, Some(new));
    }
    found.extend(alone.into_values());
    found
}

fn holds(objects: &[Object], wanted: &Object) -> bool {
    objects.iter().take(WINDOW).any(|object| object.identity() == wanted.identity())
}

fn put<'o>(
    alone: &mut BTreeMap<Identity<'o>, Pair<'o>>,
    before: Option<&'o Object>,
    after: Option<&'o Object>,
) {
    let Some(identity) = before.or(after).map(Object::identity) else { return };
    let pair = alone.entry(identity).or_insert(Pair { before: None, after: None });
    (pair.before, pair.after) = (pair.before.or(before), pair.after.or(after));
}
