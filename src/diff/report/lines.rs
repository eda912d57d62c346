//! Lines that several formats share.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::count;
use crate::diff::{Diff, Pair};

/// What is left when the judges have said everything: `12 objects changed in 3 entries: 8 NetworkPolicy, 4
/// Application`.
pub(super) fn rest(diff: &Diff<'_>) -> Vec<String> {
    let mut verbs = BTreeMap::<&str, Vec<&Pair<'_>>>::new();
    for pair in diff.rest() {
        verbs.entry(pair.verb()).or_default().push(pair);
    }
    verbs.into_iter().map(|(verb, pairs)| summary(verb, &pairs)).collect()
}

fn summary(verb: &str, pairs: &[&Pair<'_>]) -> String {
    let objects = pairs.iter().filter_map(|pair| pair.either());
    let folders: BTreeSet<_> = objects.clone().map(|object| object.folder.as_str()).collect();
    let mut kinds = BTreeMap::<&str, usize>::new();
    objects.for_each(|object| *kinds.entry(object.kind_name()).or_default() += 1);
    let kinds: Vec<_> = kinds.into_iter().map(|(kind, number)| format!("{number} {kind}")).collect();
    format!("{} {verb} in {}: {}", count(pairs.len(), "object"), entries(&folders), kinds.join(", "))
}

fn entries(folders: &BTreeSet<&str>) -> String {
    match folders.first() {
        Some(only) if folders.len() == 1 => format!("`{only}`"),
        _ => format!("{} entries", folders.len()),
    }
}

/// `Namespace web-notes`, `NetworkPolicy web-notes/default-deny`
pub(super) fn name(pair: &Pair<'_>) -> String {
    let Some(object) = pair.either() else { return String::new() };
    match &object.namespace {
        Some(namespace) => format!("{} {namespace}/{}", object.kind_name(), object.name),
        None => format!("{} {}", object.kind_name(), object.name),
    }
}
