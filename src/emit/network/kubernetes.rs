//! NetworkPolicies of the Kubernetes API.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::PolicyApi;
use crate::kubernetes::Kind;
use crate::model::{
    AllowRule, Direction, Network, OutsideAddresses, Peer, Platform, PodPeer, Port, PortRange, Ports,
    UnsupportedPeer,
};
use crate::platform::Cni;
use crate::value::{Key, Map, Value};

/// The API `networking.k8s.io`.
pub(super) struct KubernetesPolicies;

impl PolicyApi for KubernetesPolicies {
    fn kind(&self) -> Kind {
        Kind::NetworkPolicy
    }

    /// Cilium enforces these policies as well, but by the identities of pods and nodes.
    fn supports(&self, peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer> {
        if network.cni != Some(Cni::Cilium) {
            return Ok(());
        }
        match peer {
            Peer::Nodes | Peer::KubeApiserver => Err(UnsupportedPeer {
                message: format!("a NetworkPolicy cannot select the peer `{}` on Cilium", peer.label()),
                note: "Cilium never matches nodes by their addresses, so the policy would allow nothing"
                    .into(),
                help: "use the peer `anywhere` with the required ports",
            }),
            Peer::IngressController if network.ingress_controller_on_host => Err(UnsupportedPeer {
                message: "a NetworkPolicy cannot select an ingress controller in the host network on Cilium"
                    .into(),
                note:
                    "traffic of pods in the host network has the address of their node, which Cilium never \
                       matches"
                        .into(),
                help: "",
            }),
            _ => Ok(()),
        }
    }

    /// Without `policyTypes`, a policy without egress rules does not restrict egress (Kubernetes,
    /// `NetworkPolicySpec`).
    fn deny_all(&self) -> Map {
        let spec = Map::new().with("podSelector", Map::new()).with("policyTypes", vec!["Ingress", "Egress"]);
        Map::new().with("spec", spec)
    }

    fn allow(&self, allow_rule: &AllowRule, platform: &Platform) -> Map {
        let types =
            [allow_rule.ingress.as_ref().map(|_| "Ingress"), allow_rule.egress.as_ref().map(|_| "Egress")];
        let rule = |direction, ports: &Option<Ports>| {
            ports.as_ref().map(|ports| rules(direction, &allow_rule.peer, ports, platform))
        };
        let spec = Map::new()
            .with("podSelector", Map::new())
            .with("policyTypes", types.into_iter().flatten().collect::<Vec<_>>())
            .with_some("ingress", rule(Direction::Ingress, &allow_rule.ingress))
            .with_some("egress", rule(Direction::Egress, &allow_rule.egress));
        Map::new().with("spec", spec)
    }

    fn allow_to_pods(&self, labels: Map, peer: &Peer, ports: &Ports, platform: &Platform) -> Map {
        let spec = Map::new()
            .with("podSelector", Map::new().with("matchLabels", labels))
            .with("policyTypes", vec!["Ingress"])
            .with("ingress", rules(Direction::Ingress, peer, ports, platform));
        Map::new().with("spec", spec)
    }
}

fn rules(direction: Direction, peer: &Peer, ports: &Ports, platform: &Platform) -> Vec<Map> {
    let peers = peers(peer, platform);
    // A rule without peers allows everything, so a peer without addresses gets no rule at all.
    if peers.is_empty() && *peer != Peer::Anywhere {
        return Vec::new();
    }
    let ports = match ports {
        Ports::All => Vec::new(),
        Ports::Some(ports) => ports.iter().map(port).collect(),
    };
    vec![rule(direction, peers, ports)]
}

fn rule(direction: Direction, peers: Vec<Map>, ports: Vec<Map>) -> Map {
    let key = match direction {
        Direction::Ingress => "from",
        Direction::Egress => "to",
    };
    Map::new().with_filled(key, peers).with_filled("ports", ports)
}

fn port(port: &Port) -> Map {
    let map = Map::new().with("protocol", port.protocol.name());
    match &port.range {
        PortRange::Named(name) => map.with("port", name),
        PortRange::Numbers(low, high) if low == high => map.with("port", *low),
        PortRange::Numbers(low, high) => map.with("port", *low).with("endPort", *high),
    }
}

/// The peers of a rule; an empty list means everything.
fn peers(peer: &Peer, platform: &Platform) -> Vec<Map> {
    let network = &platform.network;
    match peer {
        Peer::Anywhere => Vec::new(),
        Peer::SameNamespace => vec![Map::new().with("podSelector", Map::new())],
        Peer::Cluster => vec![Map::new().with("namespaceSelector", Map::new())],
        Peer::Dns => [pods(&network.dns)]
            .into_iter()
            .chain(network.dns_node_local.iter().map(|local| range(local, &[])))
            .collect(),
        Peer::IngressController if network.ingress_controller_on_host => ranges(&network.nodes),
        Peer::IngressController => vec![pods(&network.ingress_controller)],
        Peer::Internet => network.internet.iter().map(|(all, except)| range(all, except)).collect(),
        Peer::Lan => ranges(&network.lan),
        Peer::Nodes => ranges(&network.nodes),
        // By the addresses behind its Service: policies are evaluated after address translation.
        Peer::KubeApiserver => {
            network.api_server.iter().map(|address| range(&IpNet::from(address.ip()), &[])).collect()
        }
        Peer::Range(only) => vec![range(only, &[])],
        Peer::Namespace(namespace) => {
            vec![pods(&PodPeer { namespace: namespace.clone(), labels: BTreeMap::new() })]
        }
        Peer::Outside(name) => match platform.network.peers.get(name) {
            Some(OutsideAddresses::Pods(peer)) => vec![pods(peer)],
            Some(OutsideAddresses::Ranges(list)) => ranges(list),
            None => Vec::new(),
        },
    }
}

/// Namespace and pods in one item: two items would select all pods of the namespace, and these pods in the
/// policy's own namespace.
fn pods(peer: &PodPeer) -> Map {
    let namespace =
        Map::new().with("matchLabels", Map::new().with("kubernetes.io/metadata.name", &peer.namespace));
    let selector = Map::new().with("namespaceSelector", namespace);
    if peer.labels.is_empty() {
        return selector;
    }
    let labels: Map = peer
        .labels
        .iter()
        .map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone())))
        .collect();
    selector.with("podSelector", Map::new().with("matchLabels", labels))
}

fn ranges(ranges: &[IpNet]) -> Vec<Map> {
    ranges.iter().map(|only| range(only, &[])).collect()
}

fn range(range: &IpNet, except: &[IpNet]) -> Map {
    let except: Vec<_> = except.iter().map(IpNet::to_string).collect();
    Map::new().with("ipBlock", Map::new().with("cidr", range.to_string()).with_filled("except", except))
}
