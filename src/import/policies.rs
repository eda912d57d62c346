//! The policies of a namespace: the profile that explains most of them, and lines for the rest.

mod allowed;
mod controller;
mod profile;

pub(super) use self::allowed::{Allowed, of_namespace};
use self::allowed::{Grant, Lines, pod_labels};
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
    let mut lines = Written::default();
    for (index, policy) in of_kind(scope.objects, scope.namespace) {
        if scope.learned.policies.contains_key(&index) && !profile.explains(policy) {
            allowed::read(index, policy, &scope.known.platform.network)
                .iter()
                .for_each(|allowed| lines.add(allowed, scope));
        }
    }
    if scope.learned.policies.values().any(|attempt| *attempt >= Attempt::Lines) {
        rest.rest().iter().for_each(|target| lines.from_controller(target));
    }
    if scope.namespace == scope.known.platform.network.ingress_controller.namespace.as_str() {
        let has_lines = |index: &usize| scope.learned.policies.contains_key(index);
        asked(scope).iter().filter(|(allowed, _)| has_lines(&allowed.index)).for_each(
            |(allowed, namespace)| {
                lines.half_edge(allowed, namespace);
            },
        );
    }
    half_edges(scope).iter().for_each(|(allowed, namespace)| lines.half_edge(allowed, namespace));
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
    fn add(&mut self, allowed: &Allowed, scope: &Scope<'_, '_>) {
        for grant in &allowed.grants {
            match allowed.direction {
                Direction::Egress if !is_mirrored(allowed, scope) => self.to(allowed, grant),
                Direction::Ingress if !comes_from_elsewhere(allowed, scope) => self.from(allowed, grant),
                _ => {}
            }
        }
    }

    fn to(&mut self, allowed: &Allowed, grant: &Grant) {
        let line = target(&allowed.peer, grant, "to")
            .with_filled("fromPodLabels", allowed.own.clone())
            .with_filled("toPodLabels", grant.pods.clone());
        self.egress.add(line, &grant.ports);
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
                self.ingress.add(line, &grant.ports);
            }
        }
    }

    fn from_controller(&mut self, target: &Target) {
        let line =
            Map::new().with("from", "ingress-controller").with_filled("toPodLabels", target.pods.clone());
        self.ingress.add(line, &target.port.clone().into_iter().collect::<Vec<_>>());
    }

    /// The line for what only the policies of another namespace allow.
    fn half_edge(&mut self, allowed: &Allowed, namespace: &str) {
        for grant in &allowed.grants {
            let line = Map::new()
                .with("namespace", Text::copied(namespace))
                .with_filled("fromPodLabels", grant.pods.clone())
                .with_filled("toPodLabels", allowed.own.clone());
            self.egress.add(line, &grant.ports);
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
fn asked<'n>(scope: &'n Scope<'_, '_>) -> Vec<(Allowed, &'n str)> {
    let from = format!("namespace-{}", scope.namespace);
    let policies = KINDS.iter().flat_map(|(group, kind)| scope.objects.of_kind(group, kind));
    let named = policies.filter(|(_, policy)| policy.name.contains(from.as_str()));
    let all = named.flat_map(|(index, policy)| {
        let namespace = policy.namespace.as_deref().unwrap_or_default();
        let read = allowed::read(index, policy, &scope.known.platform.network);
        read.into_iter().map(move |allowed| (allowed, namespace))
    });
    let wanted = all.filter(|(allowed, _)| allowed.direction == Direction::Ingress && allowed.peer == from);
    let only = |(mut allowed, namespace): (Allowed, &'n str)| {
        allowed.grants.retain(|grant| grant.pods.is_empty());
        (allowed, namespace)
    };
    wanted.map(only).collect()
}

/// What only another namespace allows, of what this one asks for: `half` of an edge.
fn half_edges<'n>(scope: &'n Scope<'_, '_>) -> Vec<(Allowed, &'n str)> {
    let forced = scope.learned.policies.iter().filter(|(_, attempt)| **attempt == Attempt::OtherSide);
    let forced = forced.filter_map(|(index, _)| Some((*index, scope.objects.get(*index)?)));
    let from = format!("namespace-{}", scope.namespace);
    let all = forced.flat_map(|(index, policy)| {
        let namespace = policy.namespace.as_deref().unwrap_or_default();
        allowed::read(index, policy, &scope.known.platform.network)
            .into_iter()
            .map(move |allowed| (allowed, namespace))
    });
    all.filter(|(allowed, _)| allowed.direction == Direction::Ingress && allowed.peer == from).collect()
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
    let is_controller = scope.namespace == network.ingress_controller.namespace.as_str();
    let named: Vec<_> = names(network, scope.namespace, &pod_labels(&allowed.own)).collect();
    let mut others = of_namespace(of_kind(scope.objects, namespace), network).into_iter();
    is_controller && allowed.own.is_empty()
        || others.any(|other| other.direction == Direction::Ingress && named.contains(&other.peer))
}

/// The names of peers that are these pods.
fn names<'n>(
    network: &'n Network,
    namespace: &'n str,
    own: &'n PodLabels,
) -> impl Iterator<Item = String> + 'n {
    let is = move |pods: &PodPeer| pods.namespace.as_str() == namespace && pods.labels == *own;
    let built_in = [
        ("dns", Some(&network.dns)),
        ("ingress-controller", Some(&network.ingress_controller)),
        ("monitoring", network.monitoring.as_ref()),
    ];
    let built_in = built_in.into_iter().filter(move |(_, pods)| pods.is_some_and(is));
    let peers = network.peers.iter().filter(move |(_, peer)| match peer {
        OutsideAddresses::Pods(pods) => {
            pods.namespace.as_str() == namespace && (pods.labels == *own || pods.labels.is_all())
        }
        OutsideAddresses::Ranges(_) => false,
    });
    built_in.map(|(name, _)| name.to_owned()).chain(peers.map(|(name, _)| format!("peer-{name}")))
}
