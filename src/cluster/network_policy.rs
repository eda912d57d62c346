//! NetworkPolicies of Kubernetes (`networking.k8s.io/v1`, Kubernetes 1.36).

use super::addresses::Addresses;
use super::policy::{Direction, Peer, Policy, Rule, Rules, Scope};
use super::ports::{PortSet, Transport};
use super::selector::Selector;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text, text_at};
use crate::value::{Map, Text, Value};

/// Reads the NetworkPolicy with this index.
pub(super) fn read(resource: &Resource, index: usize) -> Policy {
    let empty = Map::new();
    let spec = at(&resource.value, &["spec"]).and_then(Value::map).unwrap_or(&empty);
    let namespace = resource.namespace.clone().unwrap_or_else(|| "default".into());
    let pods = at(spec, &["podSelector"]).and_then(Value::map).map(Selector::plain).unwrap_or_default();
    Policy {
        resource: index,
        pods,
        egress: rules(spec, Direction::Egress, &namespace),
        ingress: rules(spec, Direction::Ingress, &namespace),
        namespace: Some(namespace),
    }
}

fn rules(spec: &Map, direction: Direction, namespace: &Text) -> Rules {
    let (key, peers) = match direction {
        Direction::Egress => ("egress", "to"),
        Direction::Ingress => ("ingress", "from"),
    };
    if !is_about(spec, direction) {
        return Rules::default();
    }
    let rule = |rule: &Map| Rule {
        peers: read_peers(rule, peers, namespace),
        ports: read_ports(rule),
        condition: None,
    };
    // An item without any key is written as null, and means the same as `{}`.
    let nothing = Map::new();
    let written = items_at(spec, &[key]).iter().map(|item| item.map().unwrap_or(&nothing));
    Rules { isolates: true, allow: written.map(rule).collect(), deny: Vec::new() }
}

/// Whether the policy is about a direction. Without `policyTypes`, it is about ingress, and about egress if
/// it has rules for that (`SetDefaults_NetworkPolicy`).
fn is_about(spec: &Map, direction: Direction) -> bool {
    let types = items_at(spec, &["policyTypes"]);
    let name = if direction == Direction::Egress { "Egress" } else { "Ingress" };
    if types.is_empty() {
        return direction == Direction::Ingress || !items_at(spec, &["egress"]).is_empty();
    }
    types.iter().filter_map(text).any(|listed| listed == name)
}

fn read_peers(rule: &Map, key: &str, namespace: &Text) -> Vec<Peer> {
    if items_at(rule, &[key]).is_empty() {
        return vec![Peer::Everything];
    }
    maps_at(rule, &[key]).map(|peer| read_peer(peer, namespace)).collect()
}

fn read_peer(peer: &Map, namespace: &Text) -> Peer {
    if let Some(block) = at(peer, &["ipBlock"]).and_then(Value::map) {
        return Peer::Addresses(block_of(block));
    }
    let selector = |key: &str| at(peer, &[key]).and_then(Value::map).map(Selector::plain);
    let scope = selector("namespaceSelector").map_or_else(|| Scope::Own(namespace.clone()), Scope::Labelled);
    Peer::Pods(scope, selector("podSelector").unwrap_or_default())
}

/// The addresses of `cidr` without those of `except`.
pub(super) fn block_of(block: &Map) -> Addresses {
    let range = |text: &str| text.parse().ok().map(|range| Addresses::range(&range)).unwrap_or_default();
    let all = text_at(block, &["cidr"]).map(range).unwrap_or_default();
    items_at(block, &["except"]).iter().filter_map(text).fold(all, |left, except| left.minus(&range(except)))
}

fn read_ports(rule: &Map) -> PortSet {
    if items_at(rule, &["ports"]).is_empty() {
        return PortSet::all();
    }
    maps_at(rule, &["ports"]).filter_map(read_port).fold(PortSet::default(), |set, more| set.union(&more))
}

fn read_port(written: &Map) -> Option<PortSet> {
    let protocol = Transport::named(text_at(written, &["protocol"]).unwrap_or("TCP"))?;
    let Some(first) = at(written, &["port"]) else { return Some(PortSet::of(protocol)) };
    match first.get() {
        Value::Null => Some(PortSet::of(protocol)),
        Value::Text(name) => Some(PortSet::named(protocol, name.clone())),
        _ => {
            let first = port(first)?;
            let last = at(written, &["endPort"]).and_then(port).unwrap_or(first);
            Some(PortSet::range(protocol, first, last))
        }
    }
}
