//! Edges as users write them, in profiles and in entries.

use std::collections::BTreeSet;

use super::edge::{Direction, Edge, Ports};
use super::peer::{BUILT_IN, Peer};
use super::pod_reader::{Written as WrittenLabels, read_pods};
use super::port::read_port;
use super::whole_range;
use crate::catalog::{Egress, Ingress};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::format::{Port as WrittenPort, is_fqdn};
use crate::model::platform::{ControllerPlace, OutsideAddresses, parse_cidr};
use crate::model::{Network, Platform, Port, PortRange, Profile, Protocol, Support};
use crate::names::Namespace;
use crate::platform::Policies;
use crate::value::Text;

/// The pods and ports of an edge, as users write them.
struct Written<'w> {
    /// Those that connect, and those that are connected to.
    pods: [&'w WrittenLabels; 2],
    ports: &'w [WrittenPort],
    ping: bool,
}

/// The pods and ports of the line of an entry or of a profile.
macro_rules! written {
    ($line:expr) => {
        Written {
            pods: [&$line.from_pod_labels, &$line.to_pod_labels],
            ports: &$line.ports,
            ping: $line.ping == Some(true),
        }
    };
}

/// The edges that a profile itself adds to those of its parent.
pub(in crate::model) fn of_profile(profile: &Profile, platform: &Platform, findings: &mut Sink) -> Vec<Edge> {
    let root = Location::root(profile.file.unwrap_or_default());
    let reader = Reader { platform, writer: Writer::Profile };
    let mut edges = Vec::new();
    for (index, rule) in profile.ingress.iter().enumerate() {
        let location = root.key("ingress").index(index);
        let peer = reader.named(&location.key("from"), &rule.from, findings);
        let written = written!(rule);
        edges.extend(reader.edge(Direction::Ingress, peer, &location, written, findings));
    }
    for (index, rule) in profile.egress.iter().enumerate() {
        let location = root.key("egress").index(index);
        let peer = reader.named(&location.key("to"), &rule.to, findings);
        let written = written!(rule);
        edges.extend(reader.edge(Direction::Egress, peer, &location, written, findings));
    }
    edges
}

/// Lowers edges as users write them.
pub(in crate::model) struct Reader<'p> {
    pub(in crate::model) platform: &'p Platform,
    pub(in crate::model) writer: Writer<'p>,
}

/// Where an edge is written: an entry refers to another entry by its namespace, and only in the `egress` of
/// the entry that connects.
#[derive(Clone, Copy)]
pub(in crate::model) enum Writer<'p> {
    /// A profile.
    Profile,
    /// An entry, in its `egress`.
    Egress,
    /// The entry of this namespace, in its `ingress`.
    Ingress(&'p Namespace),
}

impl Writer<'_> {
    /// What to write instead of a peer that does not exist.
    fn instead(self, name: &str) -> String {
        let name = shorten(name);
        let other = match self {
            Self::Profile => "a profile cannot refer to entries: add an edge to the entry itself".into(),
            Self::Egress => format!("write `namespace: {name}` for another entry"),
            Self::Ingress(own) => format!(
                "for another entry, write `namespace: {own}` in the `egress` of that entry, which allows \
                 both sides"
            ),
        };
        format!("{other}; declare anything else in `network.peers` of platform.yml")
    }
}

impl Reader<'_> {
    pub(in crate::model) fn egress(
        &self,
        location: &Location,
        written: &Egress,
        findings: &mut Sink,
    ) -> Option<Edge> {
        let peer = self.target(location, written, findings);
        self.edge(Direction::Egress, peer, location, written!(written), findings)
    }

    fn target(&self, location: &Location, written: &Egress, findings: &mut Sink) -> Option<Peer> {
        let given = [
            written.namespace.is_some(),
            written.to.is_some(),
            written.cidr.is_some(),
            written.host.is_some(),
            written.fqdn.is_some(),
        ];
        let number = given.into_iter().filter(|is_given| *is_given).count();
        if number != 1 {
            let finding = rules::EDGE_TARGET.at(
                location.clone(),
                "an edge goes to exactly one of `namespace`, `to`, `cidr`, `host` and `fqdn`",
            );
            let help = if number == 0 { "add one of them" } else { "write a separate edge for each" };
            findings.push(finding.help(help));
            return None;
        }
        if let Some(namespace) = &written.namespace {
            return Some(Peer::Namespace(Namespace::new(namespace)));
        }
        if let Some(name) = &written.to {
            return self.named(&location.key("to"), name, findings);
        }
        if let Some(name) = &written.fqdn {
            let peer = Peer::Fqdn(Some(name.as_ref()).filter(|name| is_fqdn(name))?.into());
            return self.if_supported(&location.key("fqdn"), peer, findings);
        }
        if written.host.is_some() {
            return Some(Peer::IngressController);
        }
        let range = parse_cidr(&location.key("cidr"), written.cidr.as_ref()?, findings)?;
        self.if_supported(&location.key("cidr"), Peer::Range(range), findings)
    }

    /// The peer, if a policy can select it.
    fn if_supported(&self, location: &Location, peer: Peer, findings: &mut Sink) -> Option<Peer> {
        match (self.platform.support.peer)(&peer, &self.platform.network) {
            Ok(()) => Some(peer),
            Err(unsupported) => {
                findings.push(unsupported.at(location.clone()));
                None
            }
        }
    }

    pub(in crate::model) fn ingress(
        &self,
        location: &Location,
        written: &Ingress,
        findings: &mut Sink,
    ) -> Option<Edge> {
        let peer = match (&written.from, &written.cidr) {
            (Some(name), None) => self.named(&location.key("from"), name, findings),
            (None, Some(cidr)) => parse_cidr(&location.key("cidr"), cidr, findings)
                .and_then(|range| self.if_supported(&location.key("cidr"), Peer::Range(range), findings)),
            _ => {
                let finding = rules::EDGE_TARGET
                    .at(location.clone(), "an edge comes from exactly one of `from` and `cidr`");
                findings.push(finding.help(if written.from.is_none() {
                    "add one of them"
                } else {
                    "write a separate edge for each"
                }));
                None
            }
        };
        self.edge(Direction::Ingress, peer, location, written!(written), findings)
    }

    fn edge(
        &self,
        direction: Direction,
        peer: Option<Peer>,
        location: &Location,
        Written { pods: [from, to], ports, ping }: Written<'_>,
        findings: &mut Sink,
    ) -> Option<Edge> {
        let ports = read_ports(&location.key("ports"), ports, findings);
        let ports = if ping { self.with_ping(&location.key("ping"), ports, findings) } else { ports };
        let from = read_pods(&location.key("fromPodLabels"), from, findings);
        let to = read_pods(&location.key("toPodLabels"), to, findings);
        let (own, pods, key) = match direction {
            Direction::Ingress => (to, from, "fromPodLabels"),
            Direction::Egress => (from, to, "toPodLabels"),
        };
        let peer = peer?;
        if peer == Peer::WebhookCaller && direction == Direction::Egress {
            let finding = rules::UNSUPPORTED_PEER.at(
                location.key("to"),
                "connections come from the peer `webhook-caller`, and never go to it",
            );
            findings.push(finding.help("write `kube-apiserver` for the API server"));
        }
        if !pods.is_all() {
            self.check_pods(&location.key(key), &peer, findings);
        }
        if direction == Direction::Egress && self.is_addresses(&peer) {
            check_names(&location.key("ports"), &ports, findings);
            whole_range::check(&location.key("cidr"), &peer, &ports, findings);
        }
        let ports = if ports == Ports::All && direction == Direction::Egress {
            self.well_known_ports(&peer)
        } else {
            ports
        };
        Some(Edge { direction, own, peer, pods, ports })
    }

    /// The ports of an edge that also allows echo requests, or only those.
    fn with_ping(&self, location: &Location, ports: Ports, findings: &mut Sink) -> Ports {
        if self.platform.network.policies != Policies::Cilium {
            let finding = rules::UNSUPPORTED_PEER
                .at(location.clone(), "a NetworkPolicy cannot allow ICMP echo requests");
            let finding = finding.note("its rules are about ports, and ICMP has none");
            findings.push(finding.help(
                "write `network.policies: cilium` in platform.yml if Cilium enforces policies; else remove \
                 the line",
            ));
        }
        let ports = if ports == Ports::All { Ports::Some(BTreeSet::new()) } else { ports };
        ports.join(&Ports::Some([Port::ping()].into()))
    }

    /// Whether a peer is addresses, which have no names of ports.
    fn is_addresses(&self, peer: &Peer) -> bool {
        match peer {
            Peer::Outside(name) => {
                matches!(self.platform.network.peers.get(name), Some(OutsideAddresses::Ranges(_)))
            }
            peer => matches!(
                peer,
                Peer::Internet
                    | Peer::Lan
                    | Peer::Nodes
                    | Peer::KubeApiserver
                    | Peer::Range(_)
                    | Peer::Fqdn(_)
            ),
        }
    }

    /// Whether an edge may choose among the pods of a peer.
    fn check_pods(&self, location: &Location, peer: &Peer, findings: &mut Sink) {
        let declared = match peer {
            Peer::Outside(name) => self.platform.network.peers.get(name),
            _ => None,
        };
        let chosen = match declared {
            Some(OutsideAddresses::Pods(pods)) => !pods.labels.is_all(),
            Some(OutsideAddresses::Ranges(_)) => true,
            None => !peer.has_pods(),
        };
        if chosen {
            let finding = rules::POD_LABELS.at(
                location.clone().itself(),
                format!("an edge cannot choose among the pods of `{}`", shorten(&peer.label())),
            );
            let finding = finding.note("either they are addresses, or platform.yml says which pods they are");
            findings.push(finding.help("remove the line, or write `namespace` for the pods of an entry"));
        }
    }

    /// The ports that a built-in peer listens on.
    pub(super) fn well_known_ports(&self, peer: &Peer) -> Ports {
        let network = &self.platform.network;
        let usual = [Protocol::Tcp, Protocol::Udp]
            .map(|protocol| Port { range: PortRange::Numbers(53, 53), protocol });
        let ports: BTreeSet<_> = match peer {
            Peer::Dns => match &network.dns_ports {
                Ports::All => usual.into(),
                // the node-local cache listens on the usual port
                Ports::Some(ports) if !network.dns_node_local.is_empty() => {
                    ports.iter().cloned().chain(usual).collect()
                }
                Ports::Some(ports) => ports.clone(),
            },
            Peer::KubeApiserver if network.api_server.is_empty() => return Ports::All,
            Peer::KubeApiserver => {
                network.api_server.iter().map(|address| Port::tcp(address.port())).collect()
            }
            _ => return Ports::All,
        };
        Ports::Some(ports)
    }

    fn named(&self, location: &Location, name: &str, findings: &mut Sink) -> Option<Peer> {
        let Some(peer) = Peer::built_in(name) else {
            let declared = &self.platform.network.peers;
            let outside = Text::from(name.to_owned());
            if declared.contains_key(&outside) {
                return self.if_supported(location, Peer::Outside(outside), findings);
            }
            let known = BUILT_IN.iter().map(|(name, _)| *name).chain(declared.keys().map(Text::as_str));
            let finding =
                rules::UNKNOWN_PEER.at(location.clone(), format!("there is no peer `{}`", shorten(name)));
            findings
                .push(finding.help(did_you_mean(name, known).unwrap_or_else(|| self.writer.instead(name))));
            return None;
        };
        self.check_facts(location, name, &peer, findings);
        Some(peer)
    }

    /// Whether the platform declares where `peer` is, and whether a policy can select it there.
    fn check_facts(&self, location: &Location, name: &str, peer: &Peer, findings: &mut Sink) {
        let network = &self.platform.network;
        let is_by_identity = network.policies == Policies::Cilium;
        let (key, known, example) = match peer {
            Peer::Nodes | Peer::KubeApiserver if is_by_identity => return,
            Peer::Lan => ("lanCidrs", !network.lan.is_empty(), "192.168.1.0/24"),
            Peer::Nodes => ("nodeCidrs", !network.nodes.is_empty(), "192.168.1.10/32"),
            Peer::KubeApiserver => ("apiServer", !network.api_server.is_empty(), "192.168.1.10:6443"),
            Peer::Monitoring => return check_monitoring(self.platform, location, findings),
            _ => return,
        };
        if let Err(unsupported) = (self.platform.support.peer)(peer, network) {
            findings.push(unsupported.at(location.clone()));
        } else if !known {
            let finding = rules::MISSING_PLATFORM_VALUE
                .at(location.clone(), format!("the peer `{name}` needs `network.{key}` in platform.yml"));
            let finding = finding.note("without its addresses the policy would allow nothing");
            findings.push(finding.help(format!("add it, for example `{key}: [{example}]`")));
        }
    }
}

/// Whether the platform says who scrapes.
pub(super) fn check_monitoring(platform: &Platform, location: &Location, findings: &mut Sink) {
    if platform.network.monitoring.is_none() {
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(location.clone(), "metrics need `network.monitoring` in platform.yml: who reads them");
        let finding = finding.note("without its namespace the policy would allow nothing");
        findings.push(finding.help("add it, for example `monitoring: {namespace: monitoring}`"));
    }
}

/// Reads ports; none are all.
pub(in crate::model) fn read_ports(
    location: &Location,
    written: &[WrittenPort],
    findings: &mut Sink,
) -> Ports {
    if written.is_empty() {
        return Ports::All;
    }
    let mut ports = BTreeSet::new();
    for (index, port) in written.iter().enumerate() {
        ports.extend(read_port(&location.index(index), port, findings));
    }
    Ports::Some(ports)
}

/// Refuses names of ports of addresses: only containers name their ports.
fn check_names(location: &Location, ports: &Ports, findings: &mut Sink) {
    let Ports::Some(ports) = ports else { return };
    for port in ports {
        if let PortRange::Named(name) = &port.range
            && !name.is_empty()
        {
            let message = format!("`{name}` is the name of a port, and this peer is addresses");
            let finding = rules::INVALID_PORT.at(location.clone(), message);
            let finding = finding.note("only containers name their ports: the policy would allow nothing");
            findings.push(finding.help("write the number of the port"));
        }
    }
}

/// Checks whether a policy can select the traffic of the ingress controller.
pub(in crate::model) fn check_ingress_controller(network: &Network, support: &Support, findings: &mut Sink) {
    let key = match network.ingress_controller_place {
        ControllerPlace::Pods => return,
        ControllerPlace::Host => "hostNetwork",
        ControllerPlace::Cilium => "cilium",
    };
    let location = Location::root(FileId::PLATFORM).key("network").key("ingressController").key(key);
    let is_on_host = network.ingress_controller_place == ControllerPlace::Host;
    if is_on_host && network.nodes.is_empty() && network.policies != Policies::Cilium {
        findings.push(
            rules::MISSING_PLATFORM_VALUE
                .at(location.clone(), "an ingress controller in the host network needs `network.nodeCidrs`")
                .note("traffic of pods in the host network has the address of their node"),
        );
    }
    if let Err(unsupported) = (support.peer)(&Peer::IngressController, network) {
        findings.push(unsupported.at(location));
    }
}
