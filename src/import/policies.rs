//! The policies of a namespace: the profile that explains most of them, and lines for the rest.

mod allowed;
mod atom;
mod controller;
mod meaning;
mod own_profiles;
mod profile;
mod proof;
mod reading;
mod solver;

use self::allowed::Merged;
use self::atom::{Atom, Open};
pub(super) use self::controller::{Targets, is_on_host};
pub(super) use self::own_profiles::{OwnProfile, texts as own_profiles};
use self::profile::profile_of;
pub(super) use self::profile::{Candidate, candidates};
pub(super) use self::proof::Judged;
pub(super) use self::reading::{Policies, Reading};
pub(super) use self::solver::{Lines, learned};
use super::draft::Item;
use super::entry::Scope;
use super::objects::{Numbered, Objects};
use crate::kubernetes::Resource;
use crate::model::Direction;
use crate::value::{Map, Text, Value};

/// The kinds of policies.
const KINDS: [(&str, &str); 2] =
    [("networking.k8s.io", "NetworkPolicy"), ("cilium.io", "CiliumNetworkPolicy")];

/// The profile that makes no policies.
const NONE: &str = "none";

/// The policies of a namespace, of all kinds.
pub(super) fn of_kind<'c>(
    objects: &Objects<'c>,
    namespace: &str,
) -> impl Iterator<Item = Numbered<'c>> + use<'c> {
    let all: Vec<_> = KINDS.iter().flat_map(|(group, kind)| objects.within(namespace, group, kind)).collect();
    all.into_iter()
}

/// Whether an object is a policy.
pub(super) fn is_policy(resource: &Resource) -> bool {
    KINDS.iter().any(|(group, kind)| resource.kind.is(group, kind))
}

/// `networkPolicies` of the entry. Without policies, it is the profile that makes none.
pub(super) fn of_entry(scope: &Scope<'_, '_>) -> Item {
    let of: Vec<_> = of_kind(scope.objects, scope.namespace).map(|(index, _)| index).collect();
    let written = &scope.learned.lines.written;
    let lines = of_lines(written.iter().filter(|line| line.namespace.as_str() == scope.namespace));
    let profile = profile_of(scope).filter(|_| scope.owns_namespace).map(|profile| profile.name.as_str());
    let name = profile.unwrap_or(NONE);
    let reason = name == NONE || scope.known.profiles.reason_required(name);
    let map = Map::new()
        .with("profile", name.to_owned())
        .with_some("reason", reason.then_some("imported"))
        .with_filled("egress", lines.egress.into_maps())
        .with_filled("ingress", lines.ingress.into_maps())
        .with_filled("scrape", lines.scrape)
        .with_filled("webhooks", lines.webhooks);
    Item::new(map, of)
}

/// Lines with the ports of each together.
fn of_lines<'l>(lines: impl Iterator<Item = &'l Atom>) -> Written {
    lines.fold(Written::default(), Written::with)
}

/// The lines of an entry.
#[derive(Default)]
struct Written {
    egress: Merged,
    ingress: Merged,
    scrape: Vec<Value>,
    webhooks: Vec<Value>,
}

impl Written {
    fn with(mut self, line: &Atom) -> Self {
        let (grant, written) = (line.grant(), written(line));
        match list(line) {
            "egress" => self.egress.add(written, &grant),
            "scrape" => self.scrape.extend(grant.ports),
            "webhooks" => self.webhooks.extend(grant.ports),
            _ => self.ingress.add(written, &grant),
        }
        self
    }
}

/// The list of an entry that a line belongs to.
fn list(line: &Atom) -> &'static str {
    let is_plain = line.own.is_all() && matches!(line.open, Open::Port(_));
    match (line.direction, line.peer.as_str()) {
        (Direction::Egress, _) => "egress",
        (_, "monitoring") if is_plain => "scrape",
        (_, "webhook-caller") if is_plain => "webhooks",
        _ => "ingress",
    }
}

/// A line, without its ports.
fn written(line: &Atom) -> Map {
    let (from, to, key) = match line.direction {
        Direction::Egress => (&line.own, &line.pods, "to"),
        Direction::Ingress => (&line.pods, &line.own, "from"),
    };
    let address = |key| Map::new().with_some(key, line.target.clone());
    let peer = match line.peer.strip_prefix("namespace-") {
        Some(namespace) => Map::new().with("namespace", Text::copied(namespace)),
        None if line.peer.starts_with("cidr-") => address("cidr"),
        None if line.peer.starts_with("fqdn-") => address("fqdn"),
        None => Map::new().with(key, Text::copied(line.peer.strip_prefix("peer-").unwrap_or(&line.peer))),
    };
    peer.with_filled("fromPodLabels", from.to_map()).with_filled("toPodLabels", to.to_map())
}
