//! Two catalogs, and what is known of their differences: what all judges look at.

use std::collections::BTreeMap;

use super::addresses::MovedPeer;
use super::certificates::Certificates;
use super::change::{Place, Side};
use super::connections::Connections;
use super::hosts::{Hosts, Transition};
use super::objects::Objects;
use super::renamed_hosts::{RenamedHost, RenamedHosts};
use super::renames::Renames;
use crate::compile::Compiled;
use crate::diagnostics::Location;
use crate::kubernetes::{Kind, Object};
use crate::model::{Application, Entry, Model};
use crate::names::{ApplicationCode, Namespace};

/// One of the two catalogs.
#[derive(Clone, Copy, Debug)]
pub struct Version<'c> {
    /// Its model.
    pub model: &'c Model,
    /// Its objects.
    pub objects: &'c [Object],
}

impl<'c> Version<'c> {
    fn new(compiled: &'c Compiled) -> Self {
        Self { model: &compiled.model, objects: &compiled.objects }
    }
}

/// An application, and the entry that lists it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owned<'c> {
    pub(super) entry: &'c Entry,
    pub(super) application: &'c Application,
}

/// An application of either side, by its code.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Applications<'c> {
    pub(super) before: Option<Owned<'c>>,
    pub(super) after: Option<Owned<'c>>,
}

/// Two catalogs.
#[derive(Debug)]
pub struct Comparison<'c> {
    /// The old catalog.
    pub before: Version<'c>,
    /// The new catalog.
    pub after: Version<'c>,
    /// The objects that differ.
    pub objects: Objects<'c>,
    pub(super) applications: BTreeMap<&'c ApplicationCode, Applications<'c>>,
    pub(super) renames: Renames<'c>,
    pub(super) hosts: [Hosts<'c>; 2],
    pub(super) renamed_hosts: RenamedHosts<'c>,
    pub(super) transitions: Vec<Transition<'c>>,
    pub(super) connections: Connections,
    pub(super) moved_peers: Vec<MovedPeer>,
    pub(super) certificates: Certificates,
}

impl<'c> Comparison<'c> {
    pub(super) fn new(before: &'c Compiled, after: &'c Compiled) -> Self {
        let (before, after) = (Version::new(before), Version::new(after));
        let applications = applications(before.model, after.model);
        let renames = Renames::new(before.model, after.model, &applications);
        let hosts = [Hosts::new(before.model), Hosts::new(after.model)];
        let renamed_hosts = RenamedHosts::new(&hosts, &renames);
        let objects = Objects::new(before.objects, after.objects);
        Self {
            moved_peers: MovedPeer::all(&objects, after.model),
            objects,
            transitions: Transition::all(&hosts, &renamed_hosts),
            connections: Connections::new(before.model, after.model, &renames),
            certificates: Certificates::new(before.objects, after.objects),
            before,
            after,
            applications,
            renames,
            hosts,
            renamed_hosts,
        }
    }

    /// The entries that are on both sides with the same namespace, in order.
    pub(super) fn kept_entries(&self) -> impl Iterator<Item = (&'c Entry, &'c Entry)> {
        let after = self.after.model;
        let entries = self.before.model.entries.iter();
        entries.filter_map(|before| Some((before, after.entry(&before.namespace)?)))
    }

    /// The old entries whose namespace is not in the new catalog, in order.
    pub(super) fn removed_entries(&self) -> impl Iterator<Item = &'c Entry> {
        let after = self.after.model;
        self.before.model.entries.iter().filter(|entry| after.entry(&entry.namespace).is_none())
    }

    /// The new entries whose namespace was not in the old catalog, in order.
    pub(super) fn added_entries(&self) -> impl Iterator<Item = &'c Entry> {
        let before = self.before.model;
        self.after.model.entries.iter().filter(|entry| before.entry(&entry.namespace).is_none())
    }

    /// Applications with the same code on both sides, in order.
    pub(super) fn kept_applications(&self) -> impl Iterator<Item = (Owned<'c>, Owned<'c>)> {
        self.applications.values().filter_map(|sides| Some((sides.before?, sides.after?)))
    }

    /// Applications that deploy to another namespace than before, with the old one and the new one. Without a
    /// namespace of its own, the objects of an application are compared one by one.
    pub(super) fn moved_applications(&self) -> impl Iterator<Item = (Owned<'c>, Owned<'c>, [Namespace; 2])> {
        let target = |owned: &Owned<'_>| owned.application.target_namespace.clone();
        let targets = self
            .kept_applications()
            .filter_map(move |(before, after)| Some((before, after, [target(&before)?, target(&after)?])));
        targets.filter(|(_, _, [old, new])| !self.renames.is_same_entry(old, new))
    }

    /// Old applications that are in no new entry, in order, of entries that are still there.
    pub(super) fn removed_applications(&self) -> impl Iterator<Item = Owned<'c>> {
        let is_there = |owned: &Owned<'_>| {
            let namespace = &owned.entry.namespace;
            self.after.model.entry(namespace).is_some() || self.renames.entry(namespace).is_some()
        };
        let gone = self.applications.iter().filter(|(_, sides)| sides.after.is_none());
        gone.filter(|(code, _)| !self.renames.has_application(code))
            .filter_map(|(_, sides)| sides.before)
            .filter(is_there)
    }

    /// Whether an old object is that of an application that was renamed.
    pub(super) fn is_renamed(&self, object: &Object) -> bool {
        let renamed = self.renames.applications().map(|(before, _)| before);
        let by_pattern = self
            .kept_applications()
            .filter(|(before, after)| before.application.name != after.application.name);
        renamed.chain(by_pattern.map(|(before, _)| before)).any(|before| {
            let location = &before.application.location;
            object.origins.iter().any(|origin| origin.location.segments.starts_with(&location.segments))
        })
    }

    /// The objects of the routes of a host that gets another name.
    pub(super) fn of_renamed_host(&self, renamed: &RenamedHost<'_>) -> Vec<usize> {
        let RenamedHost { before, after, .. } = renamed;
        let mut objects = self.requested(Side::Before, &before.entry.namespace, &before.route.location);
        objects.extend(self.requested(Side::After, &after.entry.namespace, &after.route.location));
        objects
    }

    /// What states that the entry may be removed.
    pub(super) fn toggleable(side: Side, entry: &Entry) -> Option<Place> {
        (!entry.protected).then(|| Place { side, location: entry.location.key("toggleable") })
    }

    /// The objects of an entry that one of its applications requests.
    pub(super) fn of_application(&self, side: Side, owned: &Owned<'_>) -> Vec<usize> {
        self.objects.requested(owned.entry.namespace.as_str(), side, &owned.application.location)
    }

    /// All objects of an entry that differ.
    pub(super) fn of_entry(&self, namespace: &Namespace) -> Vec<usize> {
        self.objects.of_entry(namespace.as_str()).map(|(index, _)| index).collect()
    }

    /// The objects of an entry with this kind and name.
    pub(super) fn named(&self, entry: &Namespace, kind: &str, name: &str) -> Vec<usize> {
        self.objects.named(entry.as_str(), kind, name)
    }

    /// The AppProject of an entry, if it differs.
    pub(super) fn projects(&self, entry: &Namespace) -> Vec<usize> {
        let is_project = |object: &Object| object.kind == Kind::AppProject;
        let pairs = self.objects.of_entry(entry.as_str());
        pairs.filter(|(_, pair)| pair.either().is_some_and(is_project)).map(|(index, _)| index).collect()
    }

    /// The network policies of an entry with this name.
    pub(super) fn policies_named(&self, entry: &Namespace, name: &str) -> Vec<usize> {
        let pairs = self.objects.of_entry(entry.as_str()).filter(|(_, pair)| pair.is_policy());
        let is_named = |object: &Object| object.name.as_str() == name;
        pairs.filter(|(_, pair)| pair.either().is_some_and(is_named)).map(|(index, _)| index).collect()
    }

    /// The objects of an entry that a line requests.
    pub(super) fn requested(&self, side: Side, entry: &Namespace, location: &Location) -> Vec<usize> {
        self.objects.requested(entry.as_str(), side, location)
    }
}

fn applications<'c>(before: &'c Model, after: &'c Model) -> BTreeMap<&'c ApplicationCode, Applications<'c>> {
    let mut found = BTreeMap::<_, Applications<'c>>::new();
    for owned in owned(before) {
        found.entry(&owned.application.code).or_default().before = Some(owned);
    }
    for owned in owned(after) {
        found.entry(&owned.application.code).or_default().after = Some(owned);
    }
    found
}

fn owned(model: &Model) -> impl Iterator<Item = Owned<'_>> {
    model
        .entries
        .iter()
        .flat_map(|entry| entry.applications.iter().map(move |application| Owned { entry, application }))
}
