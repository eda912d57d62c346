//! Properties of the difference of any two catalogs.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, reason = "a test may panic")]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/runner.rs"]
mod runner;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use catalogs::Catalog;
use proptest::prelude::*;
use serde_json::Value as Json;
use wharf::compile::{Compiled, compile};
use wharf::diagnostics::FileId;
use wharf::diff::report::{Drawn, json, markdown, text};
use wharf::diff::{Change, Diff, Level, Pair};
use wharf::inputs::Inputs;
use wharf::kubernetes::Resource;
use wharf::rename;
use wharf::schemas::value_json;
use wharf::value::Value;

/// How many pairs of generated catalogs are compared.
const PAIRS: u32 = 24;

fn compiled(inputs: &Inputs) -> Compiled {
    let mut compiled = compile(inputs, NonZeroUsize::MIN);
    compiled.allow_empty();
    compiled
}

/// Every object as the API server reads it, by its identity.
fn objects(compiled: &Compiled) -> BTreeMap<String, Json> {
    let read = |object| {
        let resource = Resource::from(object);
        (resource.identity().to_string(), value_json(&Value::Map(resource.value)))
    };
    compiled.objects.iter().map(read).collect()
}

/// The identities of the objects of a difference with this verb.
fn identities(diff: &Diff<'_>, verb: &str) -> BTreeSet<String> {
    let pairs = diff.comparison.objects.pairs().iter().filter(|pair| pair.verb() == verb);
    pairs.filter_map(|pair| Some(pair.either()?.identity().to_string())).collect()
}

/// Checks the properties of any two catalogs; returns whether they have no errors.
fn check(before: &Inputs, after: &Inputs) -> bool {
    let (before, after) = (compiled(before), compiled(after));
    if before.has_errors() || after.has_errors() {
        return false;
    }
    let diff = Diff::new(&before, &after);
    accounts_for_each_object(&diff, &objects(&before), &objects(&after));
    is_mirrored(&diff, &Diff::new(&after, &before));
    is_drawn(&diff, &before, &after);
    true
}

/// Each object that differs has one level, that of the most dangerous change that it belongs to; no object
/// that is equal has one.
fn accounts_for_each_object(diff: &Diff<'_>, old: &BTreeMap<String, Json>, new: &BTreeMap<String, Json>) {
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let different: Vec<_> =
        all.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect();
    let name = |pair: &Pair<'_>| pair.either().expect("an object").identity().to_string();
    let mut listed: Vec<_> = diff.comparison.objects.pairs().iter().map(name).collect();
    listed.sort();
    assert_eq!(listed, different, "the objects that differ");
    assert_eq!(diff.levels.len(), listed.len());
    for (index, level) in diff.levels.iter().enumerate() {
        let own = diff.changes.iter().filter(|change| change.objects.contains(&index));
        assert_eq!(*level, own.map(Change::level).min().unwrap_or(Level::Rest));
    }
    let rest = diff.levels.iter().filter(|level| **level == Level::Rest).count();
    assert_eq!(rest, diff.rest().count());
    assert!(diff.changes.iter().all(|change| change.level() < Level::Rest));
    assert!(diff.changes.is_sorted_by_key(Change::level));
}

/// Swapping both catalogs turns what is added into what is removed.
fn is_mirrored(diff: &Diff<'_>, swapped: &Diff<'_>) {
    for (verb, other) in [("added", "removed"), ("removed", "added"), ("changed", "changed")] {
        assert_eq!(identities(diff, verb), identities(swapped, other), "{verb}");
    }
    assert_eq!(diff.is_empty(), swapped.is_empty());
}

/// Each format shows all dangers, and a comment is never too long.
fn is_drawn(diff: &Diff<'_>, before: &Compiled, after: &Compiled) {
    let drawn = Drawn::new(diff, ("before", &before.documents), ("after", &after.documents));
    let (text, json) = (text(&drawn, false), json(&drawn));
    let json: Json = serde_json::from_str(&json).expect("JSON");
    assert_eq!(text.lines().next(), Some(diff.verdict().as_str()));
    let changes = json["changes"].as_array().expect("a list");
    assert_eq!(changes.len(), diff.changes.len() + diff.rest().count());
    for (change, shown) in diff.changes.iter().zip(changes) {
        assert!(text.contains(&change.consequence), "{}", change.consequence);
        assert_eq!(shown["rule"], change.judge.name);
        assert!(shown["origin"]["line"].is_u64(), "{} has no line", change.message);
    }
    for limit in [1000, 10_000, 60_000] {
        let comment = markdown(&drawn, limit == 60_000, limit);
        assert!(comment.chars().count() <= limit);
    }
}

/// A catalog with some of its entries changed.
fn changed(catalog: &Catalog, choices: &[u8]) -> Catalog {
    let mut changed = catalog.clone();
    let mut kept = Vec::new();
    for (entry, choice) in changed.entries.into_iter().zip(choices.iter().cycle()) {
        let mut entry = entry;
        match choice % 8 {
            0 => continue,
            1 => entry["toggleable"] = true.into(),
            2 => entry["podSecurity"] = "privileged".into(),
            3 => drop(entry.as_object_mut().map(|entry| entry.remove("routes"))),
            4 => drop(entry.as_object_mut().map(|entry| entry.remove("access"))),
            5 => entry["namespace"] = format!("{}-2", entry["namespace"].as_str().unwrap_or_default()).into(),
            _ => {}
        }
        kept.push(entry);
    }
    changed.entries = kept;
    changed
}

#[test]
fn a_catalog_does_not_differ_from_itself_in_any_order() {
    runner::check(PAIRS, catalogs::any_catalog(), |catalog: Catalog| {
        let mut reversed = catalog.clone();
        reversed.entries.reverse();
        let (one, other) = (catalog.inputs(), reversed.inputs());
        let (one, other) = (compiled(&one), compiled(&other));
        for diff in [Diff::new(&one, &one), Diff::new(&one, &other)] {
            assert!(diff.is_empty(), "{:?}", diff.changes);
            assert_eq!(diff.verdict(), "nothing changes in the cluster");
        }
    });
}

#[test]
fn any_two_catalogs_are_compared_completely() {
    let pairs = (catalogs::sized(12), catalogs::sized(12));
    runner::check(PAIRS, pairs, |(one, other): (Catalog, Catalog)| {
        assert!(check(&one.inputs(), &other.inputs()), "a generated catalog has errors");
    });
}

#[test]
fn a_changed_catalog_is_compared_completely() {
    let pairs = (catalogs::any_catalog(), prop::collection::vec(any::<u8>(), 8..64));
    let compared = Cell::new(0);
    runner::check(2 * PAIRS, pairs, |(catalog, choices): (Catalog, Vec<u8>)| {
        let is_valid = check(&catalog.inputs(), &changed(&catalog, &choices).inputs());
        compared.set(compared.get() + u32::from(is_valid));
    });
    assert!(compared.get() >= PAIRS / 2, "only {} catalogs had no errors", compared.get());
}

#[test]
fn the_cases_of_the_repository_are_compared_with_each_other() {
    let cases = catalogs::without_errors();
    for pair in cases.windows(2) {
        if let [(_, before), (_, after)] = pair {
            assert!(check(before, after), "a case without errors has errors");
        }
    }
}

/// The catalog after one commit of a rename; nothing if it would have errors.
fn next_commit(inputs: &Inputs, old: &str, new: &str) -> Option<Inputs> {
    let compiled = compiled(inputs);
    let plan = rename::entry(&compiled, old, new).ok()?;
    let mut edited = inputs.clone();
    for (file, source) in
        [(FileId::APPLICATIONS, &mut edited.applications), (FileId::PLATFORM, edited.platform.as_mut()?)]
    {
        let own: Vec<_> = plan.edits.iter().filter(|edit| edit.file == file).collect();
        source.bytes = rename::apply(&compiled.documents.get(file)?.text, &own).into_bytes();
    }
    (!self::compiled(&edited).has_errors()).then_some(edited)
}

#[test]
fn a_renamed_entry_is_recognised() {
    let renamed = Cell::new(0);
    runner::check(PAIRS, catalogs::any_catalog(), |catalog: Catalog| {
        let inputs = catalog.inputs();
        let before = compiled(&inputs);
        let Some(entry) = before.model.entries.iter().find(|entry| !entry.applications.is_empty()) else {
            return;
        };
        let old = entry.namespace.as_str();
        let first = if entry.protected { Some(inputs.clone()) } else { next_commit(&inputs, old, "renamed") };
        let Some(last) = first.and_then(|inputs| next_commit(&inputs, old, "renamed")) else { return };
        let after = compiled(&last);
        let diff = Diff::new(&before, &after);
        let says = format!("the entry `{old}` becomes `renamed`");
        assert!(diff.changes.iter().any(|change| change.message.starts_with(&says)), "{:?}", diff.changes);
        assert!(after.model.entries.iter().all(|entry| entry.namespace.as_str() != old));
        renamed.set(renamed.get() + 1);
    });
    assert!(renamed.get() >= PAIRS / 4, "only {} entries were renamed", renamed.get());
}
