//! NetworkPolicies of the Kubernetes API.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use super::PolicyApi;
use super::cilium::of_nodes;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::Kind;
use crate::model::{
    AllowRule, ControllerPlace, Direction, Grants, Network, OutsideAddresses, Peer, Platform, PodLabels,
    PodPeer, Port, PortRange, Ports, UnsupportedPeer,
};
use crate::platform::{Cni, Policies};
use crate::value::Map;

/// The API `networking.k8s.io`.
pub(super) struct KubernetesPolicies;

impl PolicyApi for KubernetesPolicies {
    /// Cilium enforces these policies as well, but by the identities of pods and nodes.
    fn supports(&self, peer: &Peer, network: &Network) -> Result<(), UnsupportedPeer> {
        if let Peer::Fqdn(name) = peer {
            return Err(UnsupportedPeer {
                message: format!("a NetworkPolicy cannot select the host `{}`", shorten(name)),
                note: "it selects pods and addresses, and the addresses of a name change".into(),
                help: "write `network.policies: cilium` in platform.yml if Cilium enforces policies; else \
                       `to: internet` or `cidr`, with the required ports",
            });
        }
        let place = network.ingress_controller_place;
        if *peer == Peer::IngressController && place == ControllerPlace::Cilium {
            return Err(UnsupportedPeer {
                message: "a NetworkPolicy cannot select Cilium's own Ingress or Gateway".into(),
                note: "its proxy has an identity of its own, which only policies of Cilium name".into(),
                help: "write `network.policies: cilium` in platform.yml",
            });
        }
        if network.cni != Some(Cni::Cilium) {
            return Ok(());
        }
        match peer {
            Peer::Nodes | Peer::KubeApiserver => Err(UnsupportedPeer {
                message: format!("a NetworkPolicy cannot select the peer `{}` on Cilium", peer.label()),
                note: "Cilium never matches nodes by their addresses, so the policy would allow nothing"
                    .into(),
                help: "write `network.policies: cilium` in platform.yml, or use the peer `anywhere` with the \
                       required ports",
            }),
            Peer::IngressController if place == ControllerPlace::Host => Err(UnsupportedPeer {
                message: "a NetworkPolicy cannot select an ingress controller in the host network on Cilium"
                    .into(),
                note:
                    "traffic of pods in the host network has the address of their node, which Cilium never \
                       matches"
                        .into(),
                help: "write `network.policies: cilium` in platform.yml",
            }),
            peer => match of_nodes(peer, network) {
                None => Ok(()),
                Some(range) => Err(UnsupportedPeer {
                    message: format!("a NetworkPolicy cannot select the nodes of `{range}` on Cilium"),
                    note: "Cilium never matches nodes by their addresses, so the policy would allow nothing"
                        .into(),
                    help: "write `network.policies: cilium` in platform.yml and use the peer `nodes`, or use \
                           the peer `anywhere` with the required ports",
                }),
            },
        }
    }

    fn allow(&self, allow_rule: &AllowRule, platform: &Platform) -> Vec<(Kind, Map)> {
        vec![(Kind::NetworkPolicy, policy(allow_rule, platform))]
    }
}

/// The body of the policy that allows nothing to all pods. Without `policyTypes`, a policy without egress
/// rules does not restrict egress (Kubernetes, `NetworkPolicySpec`).
pub(super) fn deny_all() -> Map {
    let spec = Map::new().with("podSelector", Map::new()).with("policyTypes", vec!["Ingress", "Egress"]);
    Map::new().with("spec", spec)
}

/// The body of a policy that allows this.
pub(super) fn policy(allow_rule: &AllowRule, platform: &Platform) -> Map {
    let part = |direction, name: &'static str| {
        let grants = allow_rule.grants(direction);
        let allows = grants.iter().any(|(_, ports)| ports.without_ping().is_some());
        allows.then(|| (name, rules(direction, &allow_rule.peer, grants, platform)))
    };
    let parts = [part(Direction::Ingress, "Ingress"), part(Direction::Egress, "Egress")];
    let types: Vec<_> = parts.iter().flatten().map(|(name, _)| *name).collect();
    let [ingress, egress] = parts.map(|part| part.map(|(_, rules)| rules));
    let spec = Map::new()
        .with("podSelector", Map::new().with_filled("matchLabels", allow_rule.own.to_map()))
        .with("policyTypes", types)
        .with_some("ingress", ingress)
        .with_some("egress", egress);
    Map::new().with("spec", spec)
}

fn rules(direction: Direction, peer: &Peer, grants: &Grants, platform: &Platform) -> Vec<Map> {
    let grants = grants.iter().filter_map(|(pods, ports)| Some((pods, ports.without_ping()?)));
    grants.flat_map(|(pods, ports)| rules_of(direction, peer, pods, &ports, platform)).collect()
}

fn rules_of(
    direction: Direction,
    peer: &Peer,
    pods: &PodLabels,
    ports: &Ports,
    platform: &Platform,
) -> Vec<Map> {
    if let (Peer::KubeApiserver, Direction::Egress, Ports::Some(ports)) = (peer, direction, ports) {
        return to_api_server(ports, &platform.network);
    }
    let peers = peers(direction, peer, pods, platform);
    // A rule without peers allows everything, so a peer without addresses gets no rule at all.
    let is_from_everybody = *peer == Peer::WebhookCaller && direction == Direction::Ingress;
    if peers.is_empty() && *peer != Peer::Anywhere && !is_from_everybody {
        return Vec::new();
    }
    vec![rule(direction, peers, written(ports))]
}

/// Each address of the API server has its own port, so that rules of all addresses and all ports would allow
/// too much. A port that no address has is allowed for all of them.
fn to_api_server(ports: &BTreeSet<Port>, network: &Network) -> Vec<Map> {
    let servers = &network.api_server;
    let is_own = |port: &Port| servers.iter().any(|server| *port == Port::tcp(server.port()));
    let mut rules: Vec<(Vec<&Port>, Vec<IpAddr>)> = Vec::new();
    for server in servers {
        let open: Vec<_> =
            ports.iter().filter(|port| **port == Port::tcp(server.port()) || !is_own(port)).collect();
        match rules.iter_mut().find(|(known, _)| *known == open) {
            Some((_, addresses)) => addresses.push(server.ip()),
            None => rules.push((open, vec![server.ip()])),
        }
    }
    let written = rules.into_iter().filter(|(ports, _)| !ports.is_empty()).map(|(ports, addresses)| {
        let peers = addresses.into_iter().map(|address| range(&IpNet::from(address), &[])).collect();
        rule(Direction::Egress, peers, ports.into_iter().map(port).collect())
    });
    written.collect()
}

fn written(ports: &Ports) -> Vec<Map> {
    match ports {
        Ports::All => Vec::new(),
        Ports::Some(ports) => ports.iter().map(port).collect(),
    }
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
fn peers(direction: Direction, peer: &Peer, chosen: &PodLabels, platform: &Platform) -> Vec<Map> {
    let network = &platform.network;
    match peer {
        Peer::Anywhere | Peer::WebhookCaller | Peer::Fqdn(_) => Vec::new(),
        Peer::SameNamespace => vec![Map::new().with("podSelector", selector(chosen))],
        Peer::Cluster => vec![with_pods(Map::new().with("namespaceSelector", Map::new()), chosen)],
        Peer::Dns => [pods(&network.dns)].into_iter().chain(ranges(&network.dns_node_local)).collect(),
        Peer::IngressController => {
            // Cilium knows nodes by their identities, which its own policy names
            let on_host = network.ingress_controller_place == ControllerPlace::Host
                && network.policies != Policies::Cilium;
            let nodes = on_host.then(|| nodes(direction, network)).into_iter().flatten();
            nodes.chain(network.controllers().map(pods)).collect()
        }
        Peer::Monitoring => network.monitoring.iter().map(pods).collect(),
        Peer::Internet => network.internet.iter().map(|(all, except)| range(all, except)).collect(),
        Peer::Lan => ranges(&network.lan),
        Peer::Nodes => nodes(direction, network),
        // By the addresses behind its Service: policies are evaluated after address translation.
        Peer::KubeApiserver => {
            network.api_server.iter().map(|address| range(&IpNet::from(address.ip()), &[])).collect()
        }
        Peer::Range(only) => vec![range(only, &[])],
        Peer::Namespace(namespace) => {
            vec![pods(&PodPeer { namespace: namespace.clone(), labels: chosen.clone() })]
        }
        Peer::Outside(name) => match platform.network.peers.get(name) {
            Some(OutsideAddresses::Pods(peer)) if peer.labels.is_all() => {
                vec![pods(&PodPeer { labels: chosen.clone(), ..peer.clone() })]
            }
            Some(OutsideAddresses::Pods(peer)) => vec![pods(peer)],
            Some(OutsideAddresses::Ranges(list)) => ranges(list),
            None => Vec::new(),
        },
    }
}

/// The addresses of nodes. Connections from a node to pods of another one may have the address of its end of
/// the tunnel between them.
fn nodes(direction: Direction, network: &Network) -> Vec<Map> {
    let tunnels = if direction == Direction::Ingress { network.node_tunnels.as_slice() } else { &[] };
    ranges(&network.nodes).into_iter().chain(ranges(tunnels)).collect()
}

/// Namespace and pods in one item: two items would select all pods of the namespace, and these pods in the
/// policy's own namespace.
fn pods(peer: &PodPeer) -> Map {
    let namespace =
        Map::new().with("matchLabels", Map::new().with("kubernetes.io/metadata.name", &peer.namespace));
    with_pods(Map::new().with("namespaceSelector", namespace), &peer.labels)
}

fn with_pods(item: Map, labels: &PodLabels) -> Map {
    if labels.is_all() { item } else { item.with("podSelector", selector(labels)) }
}

fn selector(labels: &PodLabels) -> Map {
    Map::new().with_filled("matchLabels", labels.to_map())
}

fn ranges(ranges: &[IpNet]) -> Vec<Map> {
    ranges.iter().map(|only| range(only, &[])).collect()
}

fn range(range: &IpNet, except: &[IpNet]) -> Map {
    let except: Vec<_> = except.iter().map(IpNet::to_string).collect();
    Map::new().with("ipBlock", Map::new().with("cidr", range.to_string()).with_filled("except", except))
}
