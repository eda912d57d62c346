//! ICMP echo requests, which only policies of Cilium allow: a rule about them has no ports (Cilium 1.19,
//! `api.ICMPRules`).

use ipnet::IpNet;

use super::cilium::{endpoints, entities, labels_of, local_dns, ranges};
use crate::model::{Direction, Network, OutsideAddresses, Peer, PodLabels, PodPeer};
use crate::value::{Map, Value};

/// The rules that allow echo requests between the pods of a policy and those of its peer.
pub(super) fn rules(direction: Direction, peer: &Peer, pods: &PodLabels, network: &Network) -> Vec<Map> {
    let side = if direction == Direction::Ingress { "from" } else { "to" };
    let rule = |(what, selectors): (&str, Vec<Value>)| {
        let key = format!("{side}{what}");
        Map::new().with(crate::value::Key::user(key), selectors).with("icmps", vec![echo()])
    };
    let selectors = [
        ("Endpoints", peers(direction, peer, pods, network)),
        ("CIDRSet", addresses(peer, network)),
        ("Entities", groups(direction, peer, network).iter().map(|entity| Value::from(*entity)).collect()),
        ("FQDNs", name(peer).into_iter().collect()),
    ];
    selectors.into_iter().filter(|(_, selectors)| !selectors.is_empty()).map(rule).collect()
}

/// The types of an echo request in both families.
fn echo() -> Map {
    let field = |family: &'static str, number: u16| Map::new().with("family", family).with("type", number);
    Map::new().with("fields", vec![field("IPv4", 8), field("IPv6", 128)])
}

fn peers(direction: Direction, peer: &Peer, chosen: &PodLabels, network: &Network) -> Vec<Value> {
    let known = |pods: &PodPeer| Value::from(endpoints(pods));
    let of = |pods: &PodPeer| {
        let labels = if pods.labels.is_all() { chosen.clone() } else { pods.labels.clone() };
        known(&PodPeer { namespace: pods.namespace.clone(), labels })
    };
    match peer {
        Peer::SameNamespace => vec![Map::new().with_filled("matchLabels", labels_of(chosen)).into()],
        Peer::Cluster => vec![in_any_namespace(chosen).into()],
        Peer::Namespace(namespace) => {
            vec![known(&PodPeer { namespace: namespace.clone(), labels: chosen.clone() })]
        }
        Peer::Dns => {
            let has_cache = direction == Direction::Egress && !network.dns_node_local.is_empty();
            let cache = has_cache.then(|| known(&local_dns()));
            [known(&network.dns)].into_iter().chain(cache).collect()
        }
        Peer::IngressController => network.controllers().map(known).collect(),
        Peer::Monitoring => network.monitoring.iter().map(known).collect(),
        Peer::Outside(name) => match network.peers.get(name) {
            Some(OutsideAddresses::Pods(pods)) => vec![of(pods)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Pods of every namespace: without a namespace, a selector is about that of the policy.
fn in_any_namespace(pods: &PodLabels) -> Map {
    let namespace = Map::new().with("key", "k8s:io.kubernetes.pod.namespace").with("operator", "Exists");
    Map::new().with_filled("matchLabels", labels_of(pods)).with("matchExpressions", vec![namespace])
}

fn addresses(peer: &Peer, network: &Network) -> Vec<Value> {
    let block = |range: &IpNet, except: &[IpNet]| {
        let except: Vec<_> = except.iter().map(IpNet::to_string).collect();
        Value::from(Map::new().with("cidr", range.to_string()).with_filled("except", except))
    };
    match peer {
        Peer::Internet => network.internet.iter().map(|(range, except)| block(range, except)).collect(),
        peer => ranges(peer, network).iter().map(|range| block(range, &[])).collect(),
    }
}

fn groups(direction: Direction, peer: &Peer, network: &Network) -> &'static [&'static str] {
    match peer {
        Peer::Anywhere => &["all"],
        Peer::Dns if direction == Direction::Egress && !network.dns_node_local.is_empty() => &["host"],
        peer => entities(direction, peer, network),
    }
}

fn name(peer: &Peer) -> Option<Value> {
    let Peer::Fqdn(name) = peer else { return None };
    let key = if name.contains('*') { "matchPattern" } else { "matchName" };
    Some(Map::new().with(key, name.clone()).into())
}
