//! The policies of a namespace: the profile that explains most of them, and lines for the rest.

mod allowed;
mod controller;
mod profile;

use std::collections::BTreeMap;

pub(super) use self::allowed::Allowed;
use self::allowed::{Grant, Lines};
pub(super) use self::controller::{Target, Targets, is_on_host};
use self::profile::profile_of;
pub(super) use self::profile::{Candidate, candidates};
use super::draft::{Attempt, Item};
use super::entry::Scope;
use super::objects::{Numbered, Objects};
use crate::kubernetes::Resource;
use crate::model::{Direction, Network, OutsideAddresses, PodLabels, PodPeer};
use crate::value::{Map, Text, Value};

/// The kinds of policies.
const KINDS: [(&str, &str); 2] =
    [("networking.k8s.io", "NetworkPolicy"), ("cilium.io", "CiliumNetworkPolicy")];

/// The policies of a namespace, of all kinds.
pub(super) fn of_kind<'c>(
    objects: &Objects<'c>,
    namespace: &str,
) -> impl Iterator<Item = Numbered<'c>> + use<'c> {
    let all: Vec<_> = KINDS.iter().flat_map(|(group, kind)| objects.within(namespace, group, kind)).collect();
    all.into_iter()
}

/// What all policies of a cluster allow, by their namespaces.
#[derive(Default)]
pub(super) struct Policies<'c>(BTreeMap<&'c str, Vec<Allowed>>);

impl<'c> Policies<'c> {
    /// Reads the policies that may be described.
    pub(super) fn new(objects: &Objects<'c>, network: &Network) -> Self {
        let mut policies = Self::default();
        let all = KINDS.iter().flat_map(|(group, kind)| objects.of_kind(group, kind));
        for (index, policy) in all {
            let own = policies.0.entry(policy.namespace.as_deref().unwrap_or_default()).or_default();
            own.extend(allowed::read(index, policy, network));
        }
        policies
    }

    /// What those of a namespace allow.
    pub(super) fn of(&self, namespace: &str) -> &[Allowed] {
        self.0.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// What all allow, each with its namespace.
    fn all<'p>(&'p self) -> impl Iterator<Item = (&'p Allowed, &'p str)> + use<'p, 'c> {
        self.0.iter().flat_map(|(namespace, all)| all.iter().map(|allowed| (allowed, *namespace)))
    }
}

/// Whether an object is a policy.
pub(super) fn is_policy(resource: &Resource) -> bool {
    KINDS.iter().any(|(group, kind)| resource.kind.is(group, kind))
}

/// `networkPolicies` of the entry; `rest` is what the ingress controller may connect to without a route.
/// Without policies, it is the profile that makes none.
pub(super) fn of_entry(scope: &Scope<'_, '_>, rest: Targets) -> Item {
    let of: Vec<_> = of_kind(scope.objects, scope.namespace).map(|(index, _)| index).collect();
    let Some(profile) = profile_of(scope).filter(|_| scope.owns_namespace) else {
        return Item::new(Map::new().with("profile", "none").with("reason", "imported"), of);
    };
    let lines = Written::of(scope, profile, rest);
    let reason = scope.known.profiles.reason_required(&profile.name).then_some("imported");
    let map = Map::new()
        .with("profile", profile.name.clone())
        .with_some("reason", reason)
        .with_filled("egress", lines.egress.into_maps())
        .with_filled("ingress", lines.ingress.into_maps())
        .with_filled("scrape", lines.scrape)
        .with_filled("webhooks", lines.webhooks);
    Item::new(map, of)
}

/// The lines of an entry.
#[derive(Default)]
struct Written {
    egress: Lines,
    ingress: Lines,
    scrape: Vec<Value>,
    webhooks: Vec<Value>,
}

impl Written {
    /// The lines for what the rest of the catalog does not allow, as earlier rounds have shown.
    fn of(scope: &Scope<'_, '_>, profile: &Candidate, rest: Targets) -> Self {
        let (mut lines, tried) = (Self::default(), &scope.learned.policies);
        let is_explained = |allowed: &&Allowed| {
            scope.objects.get(allowed.index).is_none_or(|policy| profile.explains(policy))
        };
        let missing = scope.policies.of(scope.namespace).iter();
        let missing = missing.filter(|allowed| tried.contains_key(&allowed.index));
        for allowed in missing.filter(|allowed| !is_explained(allowed)) {
            lines.add(allowed, scope);
        }
        if !tried.is_empty() {
            for target in rest.rest() {
                lines.of_controller(&target);
            }
        }
        if controller::is_controller(scope) {
            for (allowed, namespace) in asked(scope) {
                if tried.contains_key(&allowed.index) {
                    lines.half_edge(&allowed, namespace);
                }
            }
        }
        for (allowed, namespace) in half_edges(scope) {
            lines.half_edge(&allowed, namespace);
        }
        lines
    }

    fn add(&mut self, allowed: &Allowed, scope: &Scope<'_, '_>) {
        for grant in &allowed.grants {
            match allowed.direction {
                Direction::Egress if !is_mirrored(allowed, scope) => self.to(allowed, grant),
                Direction::Ingress if grant.ping && allowed.peer == controller::PEER => {
                    self.from(allowed, grant);
                }
                Direction::Ingress if !comes_from_elsewhere(allowed, scope) => self.from(allowed, grant),
                _ => {}
            }
        }
    }

    fn to(&mut self, allowed: &Allowed, grant: &Grant) {
        let line = target(&allowed.peer, grant, "to")
            .with_filled("fromPodLabels", allowed.own.clone())
            .with_filled("toPodLabels", grant.pods.clone());
        self.egress.add(line, grant);
    }

    fn from(&mut self, allowed: &Allowed, grant: &Grant) {
        let is_plain = allowed.own.is_empty() && !grant.ports.is_empty();
        match allowed.peer.as_str() {
            "monitoring" if is_plain => self.scrape.extend(grant.ports.iter().cloned()),
            "webhook-caller" if is_plain => self.webhooks.extend(grant.ports.iter().cloned()),
            peer => {
                let line = target(peer, grant, "from")
                    .with_filled("fromPodLabels", grant.pods.clone())
                    .with_filled("toPodLabels", allowed.own.clone());
                self.ingress.add(line, grant);
            }
        }
    }

    fn of_controller(&mut self, target: &Target) {
        let line =
            Map::new().with("from", "ingress-controller").with_filled("toPodLabels", target.pods.clone());
        let ports = target.port.clone().into_iter().collect();
        self.ingress.add(line, &Grant { ports, ..Grant::default() });
    }

    /// The line for what only the policies of another namespace allow.
    fn half_edge(&mut self, allowed: &Allowed, namespace: &str) {
        for grant in &allowed.grants {
            let line = Map::new()
                .with("namespace", Text::copied(namespace))
                .with_filled("fromPodLabels", grant.pods.clone())
                .with_filled("toPodLabels", allowed.own.clone());
            self.egress.add(line, grant);
        }
    }
}

/// The key that names a peer.
fn target(peer: &str, grant: &Grant, key: &'static str) -> Map {
    let address = |key| Map::new().with_some(key, grant.target.clone());
    match peer.strip_prefix("namespace-") {
        Some(namespace) => Map::new().with("namespace", Text::copied(namespace)),
        None if peer.starts_with("cidr-") => address("cidr"),
        None if peer.starts_with("fqdn-") => address("fqdn"),
        None => Map::new().with(key, Text::copied(peer.strip_prefix("peer-").unwrap_or(peer))),
    }
}

/// What other namespaces allow for all pods of this one: lines of its entry ask for it.
fn asked<'s>(scope: &Scope<'s, '_>) -> Vec<(Allowed, &'s str)> {
    let only = |(mut allowed, namespace): (Allowed, &'s str)| {
        allowed.grants.retain(|grant| grant.pods.is_empty());
        (allowed, namespace)
    };
    from_here(scope).map(|(allowed, namespace)| only((allowed.clone(), namespace))).collect()
}

/// What only another namespace allows, of what this one asks for: `half` of an edge.
fn half_edges<'s>(scope: &Scope<'s, '_>) -> Vec<(Allowed, &'s str)> {
    if !scope.learned.policies.values().any(|attempt| *attempt == Attempt::OtherSide) {
        return Vec::new();
    }
    let is_forced = |index: &usize| scope.learned.policies.get(index) == Some(&Attempt::OtherSide);
    let forced = from_here(scope).filter(|(allowed, _)| is_forced(&allowed.index));
    forced.map(|(allowed, namespace)| (allowed.clone(), namespace)).collect()
}

/// What other namespaces allow for pods of this one.
fn from_here<'s>(scope: &Scope<'s, '_>) -> impl Iterator<Item = (&'s Allowed, &'s str)> + use<'s> {
    let from = format!("namespace-{}", scope.namespace);
    let all = scope.policies.all();
    all.filter(move |(allowed, _)| allowed.direction == Direction::Ingress && allowed.peer == from)
}

/// Whether a line elsewhere asks for ingress: that of the other entry, of a route, or of the egress side.
fn comes_from_elsewhere(allowed: &Allowed, scope: &Scope<'_, '_>) -> bool {
    let is_forced = scope.learned.policies.get(&allowed.index) == Some(&Attempt::OtherSide);
    allowed.peer.starts_with("namespace-")
        || allowed.peer == "ingress-controller"
        || allowed.peer == "same-namespace" && !is_forced
}

/// Whether the egress follows from a line of the other namespace about these pods, such as `scrape`, or from
/// a route there.
fn is_mirrored(allowed: &Allowed, scope: &Scope<'_, '_>) -> bool {
    let is_forced = scope.learned.policies.get(&allowed.index) == Some(&Attempt::OtherSide);
    let Some(namespace) = allowed.peer.strip_prefix("namespace-").filter(|_| !is_forced) else {
        return false;
    };
    let network = &scope.known.platform.network;
    let named: Vec<_> = names(network, scope.namespace, &allowed.labels).collect();
    let mut others = scope.policies.of(namespace).iter();
    controller::is_controller(scope) && allowed.own.is_empty()
        || others.any(|other| other.direction == Direction::Ingress && named.contains(&other.peer))
}

/// The names of peers that are these pods.
fn names<'n>(
    network: &'n Network,
    namespace: &'n str,
    own: &'n PodLabels,
) -> impl Iterator<Item = String> + 'n {
    let is = move |pods: &PodPeer| pods.namespace.as_str() == namespace && pods.labels == *own;
    let built_in = [("dns", Some(&network.dns)), ("monitoring", network.monitoring.as_ref())];
    let controllers = network.controllers().map(|pods| ("ingress-controller", Some(pods)));
    let built_in = built_in.into_iter().chain(controllers).filter(move |(_, pods)| pods.is_some_and(is));
    let peers = network.peers.iter().filter(move |(_, peer)| match peer {
        OutsideAddresses::Pods(pods) => {
            pods.namespace.as_str() == namespace && (pods.labels == *own || pods.labels.is_all())
        }
        OutsideAddresses::Ranges(_) => false,
    });
    built_in.map(|(name, _)| name.to_owned()).chain(peers.map(|(name, _)| format!("peer-{name}")))
}
