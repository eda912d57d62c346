//! A profile allows more than before, for all entries that use it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{FileId, Location};
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::connections::{End, more};
use crate::kubernetes::Origin;
use crate::model::{AllowRule, Entry, Model, allow_rules};
use crate::value::Text;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (profile, entries) in shared_profiles(comparison) {
        let before = rules(comparison.before.model, profile);
        let wider: Vec<_> = rules(comparison.after.model, profile)
            .into_iter()
            .filter(|rule| {
                let known: Vec<_> = before.iter().filter(|known| known.name == rule.name).collect();
                !more(rule, &known).is_empty()
            })
            .collect();
        if wider.is_empty() {
            continue;
        }
        let names: BTreeSet<_> = wider.iter().map(|rule| &rule.name).collect();
        let peers: BTreeSet<_> = wider.iter().map(|rule| End::Peer(rule.peer.clone()).to_string()).collect();
        let policies = entries.iter().flat_map(|entry| {
            names.iter().flat_map(|name| comparison.policies_named(&entry.namespace, name))
        });
        report
            .add_global(
                Place::after(place(comparison.after.model, profile)),
                format!("the profile `{profile}` allows more: {}", Vec::from_iter(peers).join(", ")),
                format!("the pods of {} may connect to more, or be connected to", entries_of(entries.len())),
            )
            .objects(policies)
            .push();
    }
}

fn entries_of(number: usize) -> String {
    if number == 1 { "1 entry".into() } else { format!("{number} entries") }
}

/// The profiles that entries use on both sides, with those entries.
fn shared_profiles<'c>(comparison: &Comparison<'c>) -> BTreeMap<&'c Text, Vec<&'c Entry>> {
    let mut profiles = BTreeMap::<_, Vec<_>>::new();
    for (before, after) in comparison.kept_entries().filter(|(before, after)| before.profile == after.profile)
    {
        profiles.entry(&before.profile).or_default().push(after);
    }
    profiles
}

fn rules(model: &Model, profile: &Text) -> Vec<AllowRule> {
    let origin = Origin::profile(Location::default(), profile);
    let edges = model.profiles.edges(profile, &model.platform);
    allow_rules(edges.iter().map(|edge| (edge, &origin)))
}

/// The file of a profile; that of the platform for a built-in one.
fn place(model: &Model, profile: &str) -> Location {
    let file = model.profiles.get(profile).and_then(|profile| profile.file);
    Location::root(file.unwrap_or(FileId::PLATFORM))
}
