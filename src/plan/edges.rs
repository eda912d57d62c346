//! Who may talk to whom: the edges of profiles, of entries and of routes, brought together into policies. One line makes both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;

use super::platform::{OutsideAddresses, parse_cidr};
use super::{Entry, Platform, Policies, Port, PortRange, Profile, Profiles, Protocol};
use crate::catalog::{Egress, Ingress};
use crate::document::{FileId, Place};
use crate::finding::Finding;
use crate::format::Port as WrittenPort;
use crate::object::Origin;
use crate::platform::Cni;
use crate::rules;
use crate::suggestion::{did_you_mean_of_many, shorten};
use crate::value::Text;

/// The way that traffic goes, seen from the pods of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To the pods.
    In,
    /// From the pods.
    Out,
}

/// The other end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The cluster's DNS.
    Dns,
    /// The pods of the own namespace.
    SameNamespace,
    /// The ingress controller.
    IngressController,
    /// Everything that is not private.
    Internet,
    /// The own network.
    Lan,
    /// All pods of the cluster.
    Cluster,
    /// The nodes of the cluster.
    Nodes,
    /// The Kubernetes API server.
    KubeApiserver,
    /// Everything there is.
    Anywhere,
    /// A peer that the platform declares.
    Outside(Text),
    /// Another entry.
    Namespace(Text),
    /// A range of addresses.
    Range(IpNet),
}

/// The peers that wharf knows by name.
const BUILT_IN: [(&str, Peer); 9] = [
    ("dns", Peer::Dns),
    ("same-namespace", Peer::SameNamespace),
    ("ingress-controller", Peer::IngressController),
    ("internet", Peer::Internet),
    ("lan", Peer::Lan),
    ("cluster", Peer::Cluster),
    ("nodes", Peer::Nodes),
    ("kube-apiserver", Peer::KubeApiserver),
    ("anywhere", Peer::Anywhere),
];

impl Peer {
    /// The peer that wharf knows by this name.
    pub fn built_in(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, peer)| peer.clone())
    }

    /// Its name, as policies are named after it.
    fn label(&self) -> String {
        match self {
            Self::Outside(name) => format!("peer-{name}"),
            Self::Namespace(namespace) => format!("namespace-{namespace}"),
            Self::Range(range) => format!("cidr-{range}").replace(['/', ':'], "-"),
            _ => BUILT_IN.iter().find(|(_, peer)| peer == self).map_or("", |(name, _)| name).into(),
        }
    }

    /// The name of the policy that lets an entry talk to this peer or be called by it.
    pub fn policy(&self, direction: Direction) -> String {
        match (self, direction) {
            (Self::SameNamespace, _) => "allow-same-namespace".into(),
            (_, Direction::In) => format!("allow-from-{}", self.label()),
            (_, Direction::Out) => format!("allow-to-{}", self.label()),
        }
    }
}

/// The ports of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// All of them.
    All,
    /// These.
    Some(BTreeSet<Port>),
}

impl Ports {
    fn join(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Some(mut ports), Self::Some(more)) => {
                ports.extend(more.iter().cloned());
                Self::Some(ports)
            }
            _ => Self::All,
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some(_), Self::All) => false,
            (Self::Some(ports), Self::Some(others)) => ports.is_superset(others),
        }
    }
}

/// One thing that a policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The way that the traffic goes.
    pub direction: Direction,
    /// The other end.
    pub peer: Peer,
    /// The ports of the receiving pods.
    pub ports: Ports,
}

/// Everything that an entry allows in respect of one peer: one policy.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// The name of the policy.
    pub name: Text,
    /// The other end.
    pub peer: Peer,
    /// The ports of the own pods that the peer may call, if any.
    pub ingress: Option<Ports>,
    /// The ports of the peer that the own pods may call, if any.
    pub egress: Option<Ports>,
    /// The lines that ask for it.
    pub origins: Arc<[Origin]>,
}

/// Brings edges together, one allowance for each peer and direction, in name order.
pub fn allowances<'e>(edges: impl IntoIterator<Item = (&'e Edge, &'e Origin)>) -> Vec<Allowance> {
    let mut by_name: BTreeMap<String, (Allowance, Vec<&Origin>)> = BTreeMap::new();
    for (edge, origin) in edges {
        let name = edge.peer.policy(edge.direction);
        let (allowance, origins) = by_name.entry(name).or_insert_with_key(|name| {
            let name = name.clone().into();
            (Allowance { name, peer: edge.peer.clone(), ingress: None, egress: None, origins: Arc::default() }, Vec::new())
        });
        let ports = match edge.direction {
            Direction::In => &mut allowance.ingress,
            Direction::Out => &mut allowance.egress,
        };
        *ports = Some(ports.take().map_or_else(|| edge.ports.clone(), |known| known.join(&edge.ports)));
        origins.push(origin);
    }
    let finish = |(allowance, origins)| Allowance { origins: each_once(origins), ..allowance };
    by_name.into_values().map(finish).collect()
}

/// The origins as they come, each only the first time.
fn each_once(origins: Vec<&Origin>) -> Arc<[Origin]> {
    let mut seen = BTreeSet::new();
    origins.into_iter().filter(|origin| seen.insert((&origin.place, &origin.profile))).cloned().collect()
}

/// The edges that a profile itself adds to those of its parent.
pub(super) fn of_profile(profile: &Profile, platform: &Platform, findings: &mut Vec<Finding>) -> Vec<Edge> {
    let root = Place::root(profile.file.unwrap_or_default());
    let reader = Reader { platform };
    let mut edges = Vec::new();
    for (index, rule) in profile.written.ingress.iter().enumerate() {
        let place = root.key("ingress").index(index);
        let peer = reader.named(&place.key("from"), &rule.from, findings);
        edges.extend(reader.edge(Direction::In, peer, &place, &rule.ports, findings));
    }
    for (index, rule) in profile.written.egress.iter().enumerate() {
        let place = root.key("egress").index(index);
        let peer = reader.named(&place.key("to"), &rule.to, findings);
        edges.extend(reader.edge(Direction::Out, peer, &place, &rule.ports, findings));
    }
    edges
}

/// Reads edges as they are written.
struct Reader<'p> {
    platform: &'p Platform,
}

impl Reader<'_> {
    fn egress(&self, place: &Place, written: &Egress, findings: &mut Vec<Finding>) -> Option<Edge> {
        let peer = match (&written.namespace, &written.to, &written.cidr) {
            (Some(namespace), None, None) => Some(Peer::Namespace(namespace.into())),
            (None, Some(name), None) => self.named(&place.key("to"), name, findings),
            (None, None, Some(cidr)) => parse_cidr(&place.key("cidr"), cidr, findings).map(Peer::Range),
            _ => {
                let finding = rules::EDGE_TARGET.at(place.clone(), "an edge goes to exactly one of `namespace`, `to` and `cidr`");
                let none = written.namespace.is_none() && written.to.is_none() && written.cidr.is_none();
                findings.push(finding.help(if none { "add one of them" } else { "make one edge of each" }));
                None
            }
        };
        self.edge(Direction::Out, peer, place, &written.ports, findings)
    }

    fn ingress(&self, place: &Place, written: &Ingress, findings: &mut Vec<Finding>) -> Option<Edge> {
        let peer = match (&written.from, &written.cidr) {
            (Some(name), None) => self.named(&place.key("from"), name, findings),
            (None, Some(cidr)) => parse_cidr(&place.key("cidr"), cidr, findings).map(Peer::Range),
            _ => {
                let finding = rules::EDGE_TARGET.at(place.clone(), "an edge comes from exactly one of `from` and `cidr`");
                findings.push(finding.help(if written.from.is_none() { "add one of them" } else { "make one edge of each" }));
                None
            }
        };
        self.edge(Direction::In, peer, place, &written.ports, findings)
    }

    fn edge(&self, direction: Direction, peer: Option<Peer>, place: &Place, ports: &[WrittenPort], findings: &mut Vec<Finding>) -> Option<Edge> {
        let ports = read_ports(&place.key("ports"), ports, findings);
        let peer = peer?;
        let ports = if ports == Ports::All && direction == Direction::Out { self.well_known_ports(&peer) } else { ports };
        Some(Edge { direction, peer, ports })
    }

    /// The ports that a peer listens on by nature.
    fn well_known_ports(&self, peer: &Peer) -> Ports {
        let ports: BTreeSet<_> = match peer {
            Peer::Dns => [Protocol::Tcp, Protocol::Udp].map(|protocol| Port { range: PortRange::Numbers(53, 53), protocol }).into(),
            Peer::KubeApiserver => self.platform.network.api_server.iter().map(|address| Port::tcp(address.port())).collect(),
            _ => return Ports::All,
        };
        Ports::Some(ports)
    }

    fn named(&self, place: &Place, name: &str, findings: &mut Vec<Finding>) -> Option<Peer> {
        let Some(peer) = Peer::built_in(name) else {
            let declared = &self.platform.network.peers;
            let outside = Text::from(name.to_owned());
            if declared.contains_key(&outside) {
                return Some(Peer::Outside(outside));
            }
            let known = BUILT_IN.iter().map(|(name, _)| *name).chain(declared.keys().map(Text::as_str));
            let finding = rules::UNKNOWN_PEER.at(place.clone(), format!("there is no peer `{}`", shorten(name)));
            let help = did_you_mean_of_many(findings, name, known)
                .unwrap_or_else(|| "for another entry write `namespace: …`; declare anything else in `network.peers` of platform.yml".into());
            findings.push(finding.help(help));
            return None;
        };
        self.check_facts(place, name, &peer, findings);
        Some(peer)
    }

    /// Whether the platform knows where `peer` is, and whether a policy can name it there.
    fn check_facts(&self, place: &Place, name: &str, peer: &Peer, findings: &mut Vec<Finding>) {
        let network = &self.platform.network;
        let (key, known, example) = match peer {
            Peer::Lan => ("lanCidrs", !network.lan.is_empty(), "192.168.1.0/24"),
            Peer::Nodes => ("nodeCidrs", !network.nodes.is_empty(), "192.168.1.10/32"),
            Peer::KubeApiserver => ("apiServer", !network.api_server.is_empty(), "192.168.1.10:6443"),
            _ => return,
        };
        if matches!(peer, Peer::Nodes | Peer::KubeApiserver) && network.cni == Some(Cni::Cilium) {
            let finding = rules::UNENFORCEABLE_PEER.at(place.clone(), format!("a NetworkPolicy cannot name the peer `{name}` on Cilium"));
            let note = "Cilium never matches nodes by their address, so that the policy would allow nothing";
            findings.push(finding.note(note).help("use the peer `anywhere` with the ports that are needed"));
        } else if !known {
            let finding = rules::MISSING_FACT.at(place.clone(), format!("the peer `{name}` needs `network.{key}` in platform.yml"));
            let finding = finding.note("without its addresses the policy would allow nothing");
            findings.push(finding.help(format!("add it, as in `{key}: [{example}]`")));
        }
    }
}

fn read_ports(place: &Place, written: &[WrittenPort], findings: &mut Vec<Finding>) -> Ports {
    if written.is_empty() {
        return Ports::All;
    }
    let mut ports = BTreeSet::new();
    for (index, port) in written.iter().enumerate() {
        ports.extend(read_port(&place.index(index), port, findings));
    }
    Ports::Some(ports)
}

/// The port that is written at `place`.
pub(super) fn read_port(place: &Place, written: &WrittenPort, findings: &mut Vec<Finding>) -> Option<Port> {
    let refuse = |message| findings.push(rules::BAD_PORT.at(place.clone(), message).note("the API server would refuse the policy"));
    Port::parse(written).map_err(refuse).ok()
}

/// What one entry has besides its profile.
type Extra = Vec<(Edge, Origin)>;

/// Gives each entry its policies.
pub(super) fn connect(entries: &mut [Entry], platform: &Platform, profiles: &Profiles, findings: &mut Vec<Finding>) {
    let owners: BTreeMap<Text, usize> = entries.iter().enumerate().rev().map(|(index, entry)| (entry.namespace.clone(), index)).collect();
    let mut extras: Vec<Extra> = Vec::with_capacity(entries.len());
    for entry in entries.iter() {
        extras.push(own_edges(entry, platform, findings));
    }
    let mut profile_edges: BTreeMap<Text, Vec<Edge>> = BTreeMap::new();
    for entry in entries.iter() {
        profile_edges.entry(entry.profile.clone()).or_insert_with_key(|name| profiles.edges(name, platform));
    }
    let known = Known { entries, owners, profile_edges: &profile_edges };
    known.mirror_edges(&mut extras, findings);
    known.connect_routes(&mut extras, platform);
    for (entry, extra) in entries.iter_mut().zip(extras) {
        let edges = &profile_edges[&entry.profile];
        entry.policies = policies(entry, edges, &extra);
    }
}

fn own_edges(entry: &Entry, platform: &Platform, findings: &mut Vec<Finding>) -> Extra {
    let reader = Reader { platform };
    let place = entry.place.key("networkPolicies");
    let mut edges: Extra = Vec::new();
    for (index, written) in entry.egress.iter().enumerate() {
        let place = place.key("egress").index(index);
        let edge = reader.egress(&place, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(place))));
    }
    for (index, written) in entry.ingress.iter().enumerate() {
        let place = place.key("ingress").index(index);
        let edge = reader.ingress(&place, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(place))));
    }
    let mut firsts: BTreeMap<(Direction, &Peer), &Origin> = BTreeMap::new();
    for (edge, origin) in &edges {
        let first = *firsts.entry((edge.direction, &edge.peer)).or_insert(origin);
        if first != origin {
            let finding = rules::DUPLICATE_EDGE.at(origin.place.clone(), "two edges have the same other end");
            let finding = finding.and(first.place.clone(), "the first is here").note("policies add up: what one line forbids the other allows");
            findings.push(finding.help("list all ports in one edge"));
        }
    }
    edges
}

struct Known<'k> {
    entries: &'k [Entry],
    owners: BTreeMap<Text, usize>,
    profile_edges: &'k BTreeMap<Text, Vec<Edge>>,
}

impl Known<'_> {
    /// Opens the other side of each edge between two entries.
    fn mirror_edges(&self, extras: &mut [Extra], findings: &mut Vec<Finding>) {
        for (index, entry) in self.entries.iter().enumerate() {
            let mirrored: Vec<_> = extras[index].iter().filter_map(|(edge, origin)| self.mirror(entry, edge, origin, findings)).collect();
            for (target, edge, origin) in mirrored {
                if entry.enabled {
                    extras[target].push((edge, origin));
                }
            }
        }
    }

    fn mirror(&self, entry: &Entry, edge: &Edge, origin: &Origin, findings: &mut Vec<Finding>) -> Option<(usize, Edge, Origin)> {
        let (Peer::Namespace(namespace), Direction::Out) = (&edge.peer, edge.direction) else { return None };
        let place = origin.place.key("namespace");
        if *namespace == entry.namespace {
            let finding = rules::SELF_EDGE.at(place, "this edge leads to the entry itself");
            findings.push(finding.help("remove it: every profile lets the pods of a namespace talk to each other"));
            return None;
        }
        let Some(&target) = self.owners.get(namespace) else {
            let finding = rules::UNKNOWN_NAMESPACE.at(place, format!("no entry owns the namespace `{namespace}`"));
            let finding = finding.note("the pods would be let out and never let in");
            let help = did_you_mean_of_many(findings, namespace, self.owners.keys().map(Text::as_str));
            findings.push(finding.help(help.unwrap_or_else(|| "declare what is outside the catalog in `network.peers` of platform.yml".into())));
            return None;
        };
        let edge = Edge { direction: Direction::In, peer: Peer::Namespace(entry.namespace.clone()), ports: edge.ports.clone() };
        Some((target, edge, origin.clone()))
    }

    /// Lets the ingress controller reach what routes lead to, on both sides.
    fn connect_routes(&self, extras: &mut [Extra], platform: &Platform) {
        let controller = self.owners.get(&platform.network.ingress_controller.namespace).copied();
        let open = controller.map(|controller| self.open_ports(controller, &extras[controller])).unwrap_or_default();
        for (index, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for route in &entry.routes {
                let ports = route.target_port.clone().map_or(Ports::All, |port| Ports::Some([port].into()));
                let origin = Origin::line(route.place.clone());
                if Some(index) != controller {
                    extras[index].push((Edge { direction: Direction::In, peer: Peer::IngressController, ports: ports.clone() }, origin.clone()));
                }
                if let Some(controller) = controller.filter(|controller| *controller != index) {
                    let edge = Edge { direction: Direction::Out, peer: Peer::Namespace(entry.namespace.clone()), ports };
                    if !open.iter().any(|open| open.covers(&edge.ports)) {
                        extras[controller].push((edge, origin));
                    }
                }
            }
        }
    }

    /// The ports on which an entry may call the pods of all namespaces anyway.
    fn open_ports(&self, entry: usize, extra: &Extra) -> Vec<Ports> {
        let edges = self.profile_edges[&self.entries[entry].profile].iter().chain(extra.iter().map(|(edge, _)| edge));
        let open = edges.filter(|edge| edge.direction == Direction::Out && matches!(edge.peer, Peer::Anywhere | Peer::Cluster));
        open.map(|edge| edge.ports.clone()).collect()
    }
}

fn policies(entry: &Entry, profile: &[Edge], extra: &Extra) -> Policies {
    if entry.profile.as_str() == "none" {
        return Policies::None;
    }
    let adds = |(edge, _): &&(Edge, Origin)| {
        !profile.iter().any(|known| (known.direction, &known.peer) == (edge.direction, &edge.peer) && known.ports.covers(&edge.ports))
    };
    let added: Vec<_> = extra.iter().filter(adds).collect();
    if added.is_empty() {
        return Policies::Profile;
    }
    let by_profile = Origin { place: profile_line(&entry.place), profile: Some(entry.profile.clone()) };
    let edges = profile.iter().map(|edge| (edge, &by_profile)).chain(added.into_iter().map(|(edge, origin)| (edge, origin)));
    Policies::Own(allowances(edges))
}

/// The line of an entry that names its profile.
pub fn profile_line(entry: &Place) -> Place {
    entry.key("networkPolicies").key("profile")
}

/// Whether a policy can name where the ingress controller's traffic comes from.
pub(super) fn check_ingress_controller(on_host: bool, nodes: &[IpNet], cni: Option<Cni>, findings: &mut Vec<Finding>) {
    if !on_host {
        return;
    }
    let place = Place::root(FileId::PLATFORM).key("network").key("ingressController").key("hostNetwork");
    let why = "the traffic of pods in the host network comes from their node's address";
    if nodes.is_empty() {
        findings.push(rules::MISSING_FACT.at(place.clone(), "an ingress controller in the host network needs `network.nodeCidrs`").note(why));
    }
    if cni == Some(Cni::Cilium) {
        let finding = rules::UNENFORCEABLE_PEER.at(place, "a NetworkPolicy cannot name an ingress controller in the host network on Cilium");
        findings.push(finding.note(format!("{why}, which Cilium never matches")));
    }
}

/// Where a declared peer is; nothing if the platform does not declare it.
pub fn outside<'p>(platform: &'p Platform, name: &Text) -> Option<&'p OutsideAddresses> {
    platform.network.peers.get(name)
}
