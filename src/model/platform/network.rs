//! The network's settings, with their defaults.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ipnet::IpNet;

use super::{at_most, root};
use crate::diagnostics::{Location, Sink, rules};
use crate::format::Cidr;
use crate::model::network::edge_reader::read_ports;
use crate::model::network::pod_reader::read_pods;
use crate::model::{Peer, PodLabels, Ports};
use crate::names::Namespace;
use crate::platform::{
    Cni, ControllerPods, Dns, IngressController, IpFamily, Network as WrittenNetwork, OutsidePeer,
    Policies as PolicyKind,
};
use crate::value::Text;

/// Pods of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodPeer {
    /// Their namespace.
    pub namespace: Namespace,
    /// Their labels.
    pub labels: PodLabels,
}

/// What the traffic of the ingress controller comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ControllerPlace {
    /// Pods.
    #[default]
    Pods,
    /// Pods in the host network: their traffic has the address of their node.
    Host,
    /// The proxy of Cilium's own Ingress or Gateway, which has an identity of its own.
    Cilium,
}

/// The facts about the network.
#[derive(Debug, Default)]
pub struct Network {
    /// What enforces policies.
    pub cni: Option<Cni>,
    /// The API that policies are written for.
    pub policies: PolicyKind,
    /// The cluster's DNS.
    pub dns: PodPeer,
    /// The ports of the cluster's DNS.
    pub dns_ports: Ports,
    /// The addresses of the node-local DNS cache.
    pub dns_node_local: Vec<IpNet>,
    /// The addresses that count as internet: each range with its exceptions.
    pub internet: Vec<(IpNet, Vec<IpNet>)>,
    /// The addresses of pods.
    pub pods: Vec<IpNet>,
    /// The addresses of the peer `lan`.
    pub lan: Vec<IpNet>,
    /// The addresses of the peer `nodes`.
    pub nodes: Vec<IpNet>,
    /// The addresses from which nodes connect to pods of other nodes, besides their own.
    pub node_tunnels: Vec<IpNet>,
    /// Whether the platform does not state them.
    pub node_tunnels_assumed: bool,
    /// The addresses of the API server behind its Service.
    pub api_server: Vec<SocketAddr>,
    /// The pods of the ingress controller.
    pub ingress_controller: PodPeer,
    /// Whether the location of the ingress controller is the default one.
    pub ingress_controller_assumed: bool,
    /// What its traffic comes from.
    pub ingress_controller_place: ControllerPlace,
    /// More ingress controllers.
    pub more_controllers: Vec<PodPeer>,
    /// What scrapes metrics.
    pub monitoring: Option<PodPeer>,
    /// Peers outside the catalog.
    pub peers: BTreeMap<Text, OutsideAddresses>,
}

/// The location of a peer outside the catalog.
#[derive(Clone, Debug)]
pub enum OutsideAddresses {
    /// In these pods.
    Pods(PodPeer),
    /// At these addresses.
    Ranges(Vec<IpNet>),
}

/// Addresses that do not count as internet: those that are not globally reachable by the special-purpose
/// address registries of IANA, multicast, and IPv6 addresses that are translated to those of IPv4, among them
/// private ones: `64:ff9b::/96` (RFC 6052), `64:ff9b:1::/48` (RFC 8215), `2002::/16` (RFC 3056), and Teredo
/// in `2001::/23` (RFC 4380). `::ffff:0:0/96` is on no wire, and the API server refuses it in a policy.
const PRIVATE: [&str; 28] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

const MAX_PEERS: usize = 256;

const MAX_CONTROLLERS: usize = 16;

impl Network {
    /// The pods of all ingress controllers; none if their traffic does not come from pods.
    pub fn controllers(&self) -> impl Iterator<Item = &PodPeer> {
        let first =
            (self.ingress_controller_place == ControllerPlace::Pods).then_some(&self.ingress_controller);
        first.into_iter().chain(&self.more_controllers)
    }

    /// Whether an ingress controller connects to the pods of a namespace from elsewhere.
    pub fn is_served(&self, namespace: &Namespace) -> bool {
        self.ingress_controller_place != ControllerPlace::Pods
            || self.controllers().any(|pods| pods.namespace != *namespace)
    }

    pub(super) fn new(written: &WrittenNetwork, findings: &mut Sink) -> Self {
        let location = root().key("network");
        let mut ranges = |key: &'static str, cidrs: &[Cidr]| parse_all(&location.key(key), cidrs, findings);
        let own = [
            ranges("podCidrs", &written.pod_cidrs),
            ranges("serviceCidrs", &written.service_cidrs),
            ranges("nodeCidrs", &written.node_cidrs),
            ranges("loadBalancerCidrs", &written.load_balancer_cidrs),
        ];
        let lan = ranges("lanCidrs", &written.lan_cidrs);
        let private = match &written.private_cidrs {
            Some(cidrs) => ranges("privateCidrs", cidrs),
            None => PRIVATE.iter().filter_map(|range| range.parse().ok()).collect(),
        };
        let dns = written.dns.clone().unwrap_or_default();
        let dns_ports = read_ports(&location.key("dns").key("ports"), &dns.ports, findings);
        let api_server = api_server(written, findings);
        let servers: Vec<_> = api_server.iter().map(|server| IpNet::from(server.ip())).collect();
        let dns_node_local = node_local(&location.key("dns"), &dns, findings);
        let controller = written.ingress_controller.clone().unwrap_or_default();
        let place = controller_place(&location.key("ingressController"), &controller, findings);
        let families = ip_families(written, findings);
        Self {
            cni: cni(written, findings),
            policies: written.policies.unwrap_or_default(),
            dns: PodPeer {
                namespace: dns
                    .namespace
                    .as_ref()
                    .map_or_else(|| Namespace::new("kube-system"), Namespace::new),
                labels: or_label(&dns.pod_labels, "k8s-app", "kube-dns"),
            },
            dns_node_local,
            internet: internet(
                &families,
                &own.iter().flatten().chain(&private).chain(&lan).chain(&servers).collect::<Vec<_>>(),
            ),
            pods: own[0].clone(),
            lan,
            nodes: own[2].clone(),
            node_tunnels: node_tunnels(&location, written, findings),
            node_tunnels_assumed: written.node_tunnel_cidrs.is_none(),
            api_server,
            dns_ports,
            ingress_controller: PodPeer {
                namespace: controller
                    .namespace
                    .as_ref()
                    .map_or_else(|| Namespace::new("traefik"), Namespace::new),
                labels: or_label(&controller.pod_labels, "app.kubernetes.io/name", "traefik"),
            },
            ingress_controller_assumed: written.ingress_controller.is_none(),
            ingress_controller_place: place,
            more_controllers: more_controllers(&location.key("ingressController"), &controller, findings),
            monitoring: written.monitoring.as_ref().map(|monitoring| PodPeer {
                namespace: Namespace::new(&monitoring.namespace),
                labels: read_pods(
                    &location.key("monitoring").key("podLabels"),
                    &monitoring.pod_labels,
                    findings,
                ),
            }),
            peers: outside_peers(written, findings),
        }
    }
}

fn node_local(location: &Location, dns: &Dns, findings: &mut Sink) -> Vec<IpNet> {
    let first =
        dns.node_local.as_ref().and_then(|cidr| parse_cidr(&location.key("nodeLocal"), cidr, findings));
    let more = parse_all(&location.key("nodeLocalCidrs"), &dns.node_local_cidrs, findings);
    first.into_iter().chain(more).collect()
}

/// What the traffic of the ingress controller comes from, which is either pods or the proxy of Cilium.
fn controller_place(
    location: &Location,
    written: &IngressController,
    findings: &mut Sink,
) -> ControllerPlace {
    if written.cilium != Some(true) {
        let on_host = written.host_network == Some(true);
        return if on_host { ControllerPlace::Host } else { ControllerPlace::Pods };
    }
    let are_pods = written.namespace.is_some()
        || !written.pod_labels.is_empty()
        || written.host_network == Some(true)
        || !written.others.is_empty();
    if are_pods {
        let finding = rules::EDGE_TARGET
            .at(location.key("cilium"), "an ingress controller is either pods, or the proxy of Cilium");
        let finding =
            finding.note("the proxy has an identity of its own, and neither a namespace nor labels");
        findings.push(finding.help("remove this line, or the lines about pods"));
    }
    ControllerPlace::Cilium
}

fn node_tunnels(location: &Location, written: &WrittenNetwork, findings: &mut Sink) -> Vec<IpNet> {
    let written = written.node_tunnel_cidrs.as_deref().unwrap_or_default();
    parse_all(&location.key("nodeTunnelCidrs"), written, findings)
}

fn more_controllers(location: &Location, written: &IngressController, findings: &mut Sink) -> Vec<PodPeer> {
    let location = location.key("others");
    let written = at_most(MAX_CONTROLLERS, &written.others, "ingress controllers", &location, findings);
    let pods = |(index, pods): (usize, &ControllerPods), findings: &mut Sink| PodPeer {
        namespace: Namespace::new(&pods.namespace),
        labels: read_pods(&location.index(index).key("podLabels"), &pods.pod_labels, findings),
    };
    written.iter().enumerate().map(|each| pods(each, findings)).collect()
}

/// What enforces policies: Cilium, if they are written for it.
fn cni(written: &WrittenNetwork, findings: &mut Sink) -> Option<Cni> {
    let Some(PolicyKind::Cilium) = written.policies else { return written.cni };
    if written.cni.is_some_and(|cni| cni != Cni::Cilium && cni != Cni::None) {
        let location = root().key("network").key("policies");
        let finding = rules::POLICIES_NOT_ENFORCED
            .at(location, "policies for Cilium, in a cluster where something else enforces policies");
        let finding = finding.note("nothing would read a CiliumNetworkPolicy");
        findings.push(finding.help("remove the line, or write `cni: cilium`"));
    }
    written.cni.or(Some(Cni::Cilium))
}

fn ip_families(written: &WrittenNetwork, findings: &mut Sink) -> Vec<IpFamily> {
    let families = written.ip_families.clone().unwrap_or_else(|| vec![IpFamily::Ipv4]);
    if families.is_empty() {
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(root().key("network").key("ipFamilies"), "the list of address families is empty");
        findings.push(
            finding.note("the peer `internet` would have no addresses").help("remove `ipFamilies` for IPv4"),
        );
    }
    families
}

fn or_label(labels: &BTreeMap<String, String>, key: &'static str, value: &'static str) -> PodLabels {
    let default = || PodLabels::new(BTreeMap::from([(key.into(), value.into())]));
    if labels.is_empty() { default() } else { PodLabels::from(labels) }
}

fn internet(families: &[IpFamily], excluded: &[&IpNet]) -> Vec<(IpNet, Vec<IpNet>)> {
    let all = [
        (IpFamily::Ipv4, IpNet::V4(ipnet::Ipv4Net::default())),
        (IpFamily::Ipv6, IpNet::V6(ipnet::Ipv6Net::default())),
    ];
    // If all addresses are private, there is no internet.
    let wanted =
        all.into_iter().filter(|(family, all)| families.contains(family) && !excluded.contains(&all));
    wanted
        .map(|(_, range)| (range, minimal(excluded.iter().copied().filter(|other| range.contains(*other)))))
        .collect()
}

/// The ranges without those that are inside another one, in the order of their addresses.
fn minimal<'r>(ranges: impl Iterator<Item = &'r IpNet>) -> Vec<IpNet> {
    let mut ranges: Vec<_> = ranges.map(IpNet::trunc).collect();
    ranges.sort_by_key(|range| (range.network(), range.prefix_len()));
    let mut kept: Vec<IpNet> = Vec::new();
    for range in ranges {
        if !kept.last().is_some_and(|last| last.contains(&range)) {
            kept.push(range);
        }
    }
    kept
}

fn parse_all(location: &Location, cidrs: &[Cidr], findings: &mut Sink) -> Vec<IpNet> {
    let parse = |(index, cidr)| parse_cidr(&location.index(index), cidr, findings);
    cidrs.iter().enumerate().filter_map(parse).collect()
}

/// Parses a CIDR.
pub(in crate::model) fn parse_cidr(location: &Location, cidr: &Cidr, findings: &mut Sink) -> Option<IpNet> {
    let Ok(range) = cidr.parse::<IpNet>() else {
        let finding =
            rules::INVALID_CIDR.at(location.clone(), format!("`{}` is not a range of addresses", &**cidr));
        findings.push(finding.help(
            "a range of addresses is `192.168.1.0/24` or `fd00::/8`, a single address `192.168.1.10/32`",
        ));
        return None;
    };
    if range != range.trunc() {
        let finding = rules::INVALID_CIDR
            .at(location.clone(), format!("`{}` has address bits after its prefix", &**cidr));
        let address = IpNet::from(range.addr());
        let finding = finding.note("the policy would allow the whole range, not one address");
        findings.push(
            finding.help(format!("write `{}` for the range, or `{address}` for the address", range.trunc())),
        );
    }
    Some(range.trunc())
}

fn api_server(written: &WrittenNetwork, findings: &mut Sink) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for (index, endpoint) in written.api_server.iter().enumerate() {
        match endpoint.parse() {
            Ok(address) => addresses.push(address),
            Err(_) => {
                let location = root().key("network").key("apiServer").index(index);
                let finding = rules::INVALID_CIDR
                    .at(location, format!("`{}` is not an address with a port", &**endpoint));
                findings
                    .push(finding.help("an address with a port is `192.168.1.10:6443` or `[fd00::10]:6443`"));
            }
        }
    }
    addresses
}

fn outside_peers(written: &WrittenNetwork, findings: &mut Sink) -> BTreeMap<Text, OutsideAddresses> {
    let location = root().key("network").key("peers");
    let mut peers = BTreeMap::new();
    let listed: Vec<_> = written.peers.iter().collect();
    for (name, peer) in at_most(MAX_PEERS, &listed, "peers", &location, findings) {
        let location = location.key(*name);
        if Peer::built_in(name).is_some() {
            let finding = rules::UNKNOWN_PEER
                .at(location.clone().itself(), format!("`{}` is a built-in peer", &***name));
            findings.push(finding.help("give this peer another name"));
        }
        match outside(&location, peer, findings) {
            Some(addresses) => peers.insert((*name).into(), addresses),
            None => None,
        };
    }
    peers
}

fn outside(location: &Location, peer: &OutsidePeer, findings: &mut Sink) -> Option<OutsideAddresses> {
    match (&peer.namespace, peer.cidrs.as_slice()) {
        (Some(namespace), []) => Some(OutsideAddresses::Pods(PodPeer {
            namespace: Namespace::new(namespace),
            labels: PodLabels::from(&peer.pod_labels),
        })),
        (None, [_, ..]) if peer.pod_labels.is_empty() => {
            Some(OutsideAddresses::Ranges(parse_all(&location.key("cidrs"), &peer.cidrs, findings)))
        }
        _ => {
            let finding = rules::EDGE_TARGET
                .at(location.clone().itself(), "a peer is either a `namespace` or a list of `cidrs`");
            findings.push(finding.help("`podLabels` require a `namespace`"));
            None
        }
    }
}
