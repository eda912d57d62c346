//! Policies of Cilium 1.19: NetworkPolicies, and CiliumNetworkPolicies for the peers that those cannot
//! select. Both add up.

use ipnet::IpNet;

use super::{PolicyApi, kubernetes, ping};
use crate::kubernetes::Kind;
use crate::model::{
    AllowRule, ControllerPlace, Direction, Grants, Network, OutsideAddresses, Peer, Platform, PodLabels,
    PodPeer, Port, PortRange, Ports, UnsupportedPeer,
};
use crate::names::Namespace;
use crate::value::{Key, Map, Value};

/// The API `cilium.io`.
pub(super) struct CiliumPolicies;

/// The most ports of one item of `toPorts`.
const MAX_PORTS: usize = 40;

/// The identities of nodes: the one of the pod itself, and the others.
const NODES: [&str; 2] = ["host", "remote-node"];

impl PolicyApi for CiliumPolicies {
    /// Cilium knows nodes as a whole: a rule for one of them is a rule for all.
    fn supports(&self, peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer> {
        let Some(range) = ranges(peer, network).iter().find(|range| is_of_some_nodes(range, network)) else {
            return Ok(());
        };
        Err(UnsupportedPeer {
            message: format!("a policy of Cilium cannot select the nodes of `{range}` only"),
            note: "Cilium never matches nodes by their addresses: the policy would allow nothing".into(),
            help: "use the peer `nodes`, which is all nodes",
        })
    }

    fn allow(&self, allow_rule: &AllowRule, platform: &Platform) -> Vec<(Kind, Map)> {
        let mut bodies = Vec::new();
        let grants = allow_rule.ingress.iter().chain(&allow_rule.egress);
        let has_ports = grants.clone().any(|(_, ports)| ports.without_ping().is_some());
        if has_ports && !is_beyond_network_policies(allow_rule, &platform.network) {
            bodies.push((Kind::NetworkPolicy, kubernetes::policy(allow_rule, platform)));
        }
        let part = |direction| rules(direction, allow_rule, &platform.network);
        let (ingress, egress) = (part(Direction::Ingress), part(Direction::Egress));
        // an empty list would deny everything, or be refused
        if !ingress.is_empty() || !egress.is_empty() {
            let selector = Map::new().with_filled("matchLabels", allow_rule.own.to_map());
            let spec = Map::new()
                .with("endpointSelector", selector)
                .with_filled("ingress", ingress)
                .with_filled("egress", egress);
            bodies.push((Kind::CiliumNetworkPolicy, Map::new().with("spec", spec)));
        }
        bodies
    }
}

/// Whether a NetworkPolicy selects nothing of a peer, or too much.
fn is_beyond_network_policies(allow_rule: &AllowRule, network: &Network) -> bool {
    match &allow_rule.peer {
        Peer::Nodes | Peer::KubeApiserver | Peer::WebhookCaller | Peer::Fqdn(_) => true,
        Peer::IngressController => network.controllers().next().is_none(),
        _ => false,
    }
}

fn rules(direction: Direction, allow_rule: &AllowRule, network: &Network) -> Vec<Map> {
    let of_ports = |ports: &Ports| match (&allow_rule.peer, direction) {
        (Peer::Fqdn(name), Direction::Egress) => vec![to_name(name, ports)],
        (Peer::Dns, Direction::Egress) if !network.dns_node_local.is_empty() => to_local_dns(ports),
        (peer, _) => {
            let entities = entities(direction, peer, network);
            if entities.is_empty() { Vec::new() } else { vec![of_entities(direction, entities, ports)] }
        }
    };
    let grants: &Grants = allow_rule.grants(direction);
    let of_grant = |(pods, ports): &(PodLabels, Ports)| {
        let mut rules = ports.without_ping().map(|ports| of_ports(&ports)).unwrap_or_default();
        if ports.has_ping() {
            rules.extend(ping::rules(direction, &allow_rule.peer, pods, network));
        }
        if matches!(allow_rule.peer, Peer::Fqdn(_)) {
            rules.extend(to_dns_of_names(network));
        }
        rules
    };
    grants.iter().flat_map(of_grant).collect()
}

/// The identities that only Cilium can select. The API server calls from a node (cilium#27967).
pub(super) fn entities(direction: Direction, peer: &Peer, network: &Network) -> &'static [&'static str] {
    match (peer, direction) {
        (Peer::KubeApiserver, Direction::Egress) => &["kube-apiserver"],
        (Peer::KubeApiserver | Peer::WebhookCaller, Direction::Ingress) => {
            &["kube-apiserver", "host", "remote-node"]
        }
        (Peer::Nodes, _) => &NODES,
        (Peer::IngressController, _) => match network.ingress_controller_place {
            ControllerPlace::Pods => &[],
            ControllerPlace::Host => &NODES,
            ControllerPlace::Cilium => &["ingress"],
        },
        (peer, _) if ranges(peer, network).iter().any(|range| covers_nodes(range, network)) => &NODES,
        _ => &[],
    }
}

fn of_entities(direction: Direction, entities: &[&'static str], ports: &Ports) -> Map {
    let key = match direction {
        Direction::Ingress => "fromEntities",
        Direction::Egress => "toEntities",
    };
    Map::new().with(key, entities.to_vec()).with_filled("toPorts", to_ports(ports))
}

/// No other peer may be in the same rule.
fn to_name(name: &str, ports: &Ports) -> Map {
    let key = if name.contains('*') { "matchPattern" } else { "matchName" };
    Map::new()
        .with("toFQDNs", vec![Map::new().with(key, name.to_owned())])
        .with_filled("toPorts", to_ports(ports))
}

/// Cilium learns the addresses of a name from the responses of the DNS, which it only sees with a rule about
/// DNS. A cache in the host network has the identity of its node, and listens on the usual port.
fn to_dns_of_names(network: &Network) -> Vec<Map> {
    let all_names = Map::new().with("dns", vec![Map::new().with("matchPattern", "*")]);
    let seen = |ports: Vec<Map>| vec![Map::new().with("ports", ports).with("rules", all_names.clone())];
    let usual = ["UDP", "TCP"].map(|protocol| item("53".into(), protocol));
    let own = match &network.dns_ports {
        Ports::All => Vec::new(),
        Ports::Some(ports) => ports.iter().map(port).collect(),
    };
    let dns_ports = if own.is_empty() { usual.clone().into() } else { own };
    let has_local = !network.dns_node_local.is_empty();
    let local = has_local.then(|| endpoints(&local_dns()));
    let servers: Vec<_> = [endpoints(&network.dns)].into_iter().chain(local).collect();
    let to_pods = Map::new().with("toEndpoints", servers).with("toPorts", seen(dns_ports));
    let on_host =
        has_local.then(|| Map::new().with("toEntities", vec!["host"]).with("toPorts", seen(usual.into())));
    [to_pods].into_iter().chain(on_host).collect()
}

/// A node-local cache is on the node itself, or its pods are the target of a local redirect policy.
fn to_local_dns(ports: &Ports) -> Vec<Map> {
    let to_pods =
        Map::new().with("toEndpoints", vec![endpoints(&local_dns())]).with_filled("toPorts", to_ports(ports));
    vec![of_entities(Direction::Egress, &["host"], ports), to_pods]
}

/// The pods of the node-local DNS cache, as its manifest labels them (Kubernetes 1.36, `nodelocaldns.yaml`).
pub(super) fn local_dns() -> PodPeer {
    PodPeer {
        namespace: Namespace::new("kube-system"),
        labels: [("k8s-app".into(), "node-local-dns".into())].into_iter().collect(),
    }
}

/// A selector is bound to the namespace of its policy, unless it names another one.
pub(super) fn endpoints(pods: &PodPeer) -> Map {
    let namespace = ("k8s:io.kubernetes.pod.namespace".to_owned(), Value::from(&pods.namespace));
    let labels = cilium_labels(&pods.labels);
    let labels: Map =
        [namespace].into_iter().chain(labels).map(|(key, value)| (Key::user(key), value)).collect();
    Map::new().with("matchLabels", labels)
}

/// The labels of pods as Cilium knows them, for a selector.
pub(super) fn labels_of(pods: &PodLabels) -> Map {
    cilium_labels(pods).map(|(key, value)| (Key::user(key), value)).collect()
}

fn cilium_labels(pods: &PodLabels) -> impl Iterator<Item = (String, Value)> {
    pods.iter().map(|(key, value)| (format!("k8s:{key}"), Value::from(value.clone())))
}

fn to_ports(ports: &Ports) -> Vec<Map> {
    let Ports::Some(ports) = ports else { return Vec::new() };
    let items: Vec<_> = ports.iter().map(port).collect();
    items.chunks(MAX_PORTS).map(|chunk| Map::new().with("ports", chunk.to_vec())).collect()
}

fn port(port: &Port) -> Map {
    let protocol = port.protocol.name();
    match &port.range {
        PortRange::Named(name) => item(name.to_string(), protocol),
        PortRange::Numbers(low, high) if low == high => item(low.to_string(), protocol),
        PortRange::Numbers(low, high) => {
            Map::new().with("port", low.to_string()).with("endPort", *high).with("protocol", protocol)
        }
    }
}

fn item(port: String, protocol: &'static str) -> Map {
    Map::new().with("port", port).with("protocol", protocol)
}

/// The ranges of a peer that is addresses.
pub(super) fn ranges<'p>(peer: &'p Peer, network: &'p Network) -> &'p [IpNet] {
    match peer {
        Peer::Lan => &network.lan,
        Peer::Range(only) => std::slice::from_ref(only),
        Peer::Outside(name) => match network.peers.get(name) {
            Some(OutsideAddresses::Ranges(ranges)) => ranges,
            _ => &[],
        },
        _ => &[],
    }
}

fn covers_nodes(range: &IpNet, network: &Network) -> bool {
    !network.nodes.is_empty() && network.nodes.iter().all(|nodes| range.contains(nodes))
}

/// Whether a range is the addresses of nodes only, and not of all of them.
pub(super) fn is_of_some_nodes(range: &IpNet, network: &Network) -> bool {
    network.nodes.iter().any(|nodes| nodes.contains(range)) && !covers_nodes(range, network)
}

/// The range of a peer that is the addresses of nodes only.
pub(super) fn of_nodes(peer: &Peer, network: &Network) -> Option<IpNet> {
    let is_of_nodes = |range: &&IpNet| network.nodes.iter().any(|nodes| nodes.contains(*range));
    ranges(peer, network).iter().find(is_of_nodes).copied()
}
