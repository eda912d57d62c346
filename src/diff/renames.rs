//! What is a new name of an old thing, instead of one thing that goes and another that comes.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{Applications, Owned};
use crate::model::{Entry, Model, Source};
use crate::names::{ApplicationCode, Host, Namespace};

/// The new names of entries and applications.
#[derive(Debug, Default)]
pub(super) struct Renames<'c> {
    /// The new entry by the namespace of the old one.
    entries: BTreeMap<&'c Namespace, (&'c Entry, &'c Entry)>,
    /// The new application by the code of the old one.
    applications: BTreeMap<&'c ApplicationCode, (Owned<'c>, Owned<'c>)>,
}

impl<'c> Renames<'c> {
    pub(super) fn new(
        before: &'c Model,
        after: &'c Model,
        applications: &BTreeMap<&'c ApplicationCode, Applications<'c>>,
    ) -> Self {
        let mut renames = Self { entries: entries(before, after), ..Self::default() };
        renames.applications = renames.find_applications(applications);
        renames
    }

    /// The old and the new entry of each renamed one, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'c Entry, &'c Entry)> {
        self.entries.values().copied()
    }

    /// The new entry of an old one that was renamed.
    pub(super) fn entry(&self, namespace: &Namespace) -> Option<&'c Entry> {
        self.entries.get(namespace).map(|(_, after)| *after)
    }

    /// The old and the new application of each renamed one, in order.
    pub(super) fn applications(&self) -> impl Iterator<Item = (Owned<'c>, Owned<'c>)> {
        self.applications.values().copied()
    }

    /// Whether an old application was renamed.
    pub(super) fn has_application(&self, code: &ApplicationCode) -> bool {
        self.applications.contains_key(code)
    }

    /// Whether the first namespace is the old name of the second, or the same.
    pub(super) fn is_same_entry(&self, before: &Namespace, after: &Namespace) -> bool {
        before == after || self.entry(before).is_some_and(|entry| entry.namespace == *after)
    }

    /// Applications that went, each with one that came in the same entry and has the same sources.
    fn find_applications(
        &self,
        applications: &BTreeMap<&'c ApplicationCode, Applications<'c>>,
    ) -> BTreeMap<&'c ApplicationCode, (Owned<'c>, Owned<'c>)> {
        let added = || applications.values().filter(|sides| sides.before.is_none());
        let mut added: Vec<Owned<'c>> = added().filter_map(|sides| sides.after).collect();
        let removed = applications.iter().filter(|(_, sides)| sides.after.is_none());
        let mut found = BTreeMap::new();
        for (code, before) in removed.filter_map(|(code, sides)| Some((*code, sides.before?))) {
            let is_it = |after: &Owned<'_>| {
                self.is_same_entry(&before.entry.namespace, &after.entry.namespace)
                    && have_same_sources(&before, after)
            };
            if let Some(at) = added.iter().position(is_it) {
                found.insert(code, (before, added.remove(at)));
            }
        }
        found
    }
}

/// Whether both are deployed from the same places, at whatever revision.
fn have_same_sources(one: &Owned<'_>, other: &Owned<'_>) -> bool {
    let (one, other) = (&one.application.sources, &other.application.sources);
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| place(one) == place(other))
}

fn place(source: &Source) -> (&str, Option<&str>, Option<&str>) {
    (source.repository.as_str(), source.path.as_deref(), source.chart.as_deref())
}

/// Entries that went, each with the one that came and has most of its applications or hosts.
fn entries<'c>(before: &'c Model, after: &'c Model) -> BTreeMap<&'c Namespace, (&'c Entry, &'c Entry)> {
    let removed = before.entries.iter().filter(|entry| after.entry(&entry.namespace).is_none());
    let added: Vec<_> =
        after.entries.iter().filter(|entry| before.entry(&entry.namespace).is_none()).collect();
    let traits = Traits::new(&added);
    let mut taken = BTreeSet::new();
    let mut found = BTreeMap::new();
    for old in removed {
        if let Some(at) = traits.best(old).filter(|at| taken.insert(*at))
            && let Some(new) = added.get(at)
        {
            found.insert(&old.namespace, (old, *new));
        }
    }
    found
}

/// What entries are recognised by: the index of each by its applications and hosts.
struct Traits<'c> {
    codes: BTreeMap<&'c ApplicationCode, usize>,
    hosts: BTreeMap<&'c Host, usize>,
}

impl<'c> Traits<'c> {
    fn new(entries: &[&'c Entry]) -> Self {
        let mut traits = Self { codes: BTreeMap::new(), hosts: BTreeMap::new() };
        for (index, entry) in entries.iter().enumerate() {
            traits.codes.extend(entry.applications.iter().map(|application| (&application.code, index)));
            traits.hosts.extend(entry.routes.iter().flat_map(|route| &route.hosts).map(|host| (host, index)));
        }
        traits
    }

    /// The entry with at least half of the applications and hosts of `old`.
    fn best(&self, old: &Entry) -> Option<usize> {
        let hosts: BTreeSet<_> = old.routes.iter().flat_map(|route| &route.hosts).collect();
        let codes = old.applications.iter().map(|application| self.codes.get(&application.code));
        let votes: Vec<_> = codes.chain(hosts.iter().map(|host| self.hosts.get(host))).collect();
        let mut counts = BTreeMap::<usize, usize>::new();
        votes.iter().flatten().for_each(|index| *counts.entry(**index).or_default() += 1);
        let (index, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        (count * 2 >= votes.len()).then_some(index)
    }
}
