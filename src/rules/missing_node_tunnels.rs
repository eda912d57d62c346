//! Connections from nodes to pods of other nodes, on a network with tunnels whose addresses are not known.

use ipnet::IpNet;

use super::openings::Openings;
use crate::diagnostics::rules::MISSING_NODE_TUNNELS;
use crate::diagnostics::{FileId, Location, Sink};
use crate::model::{ControllerPlace, Direction, Entry, Model, Network, Peer};
use crate::platform::Cni;

/// With Flannel, which k3s includes, a connection from a node to a pod of another one has the first address
/// of the range of its node (kube-router issue 332, rke2 issue 1227).
pub(super) fn check(model: &Model, findings: &mut Sink) {
    let network = &model.platform.network;
    if network.cni != Some(Cni::K3s) || !network.node_tunnels_assumed || !has_several(&network.nodes) {
        return;
    }
    let openings = Openings::new(model);
    let mut entries = model.entries.iter().filter(|entry| !entry.is_on_host);
    let Some(entry) = entries.find(|entry| is_open_to_nodes(&openings, entry, network)) else { return };
    let location = Location::root(FileId::PLATFORM).key("network").key("cni");
    let message = "the addresses of nodes in the network of the pods are not stated";
    let finding = MISSING_NODE_TUNNELS.at(location, message);
    let finding =
        finding.with_secondary_label(entry.location.key("namespace"), "nodes connect to these pods");
    let finding = finding.note(
        "a connection from a node to a pod of another node would have such an address, and be denied: it \
         works or fails depending on the node of the pod",
    );
    findings.push(finding.help(
        "list the first addresses of the pod range of each node in `network.nodeTunnelCidrs`, or write \
         `nodeTunnelCidrs: []` if nodes route without tunnels",
    ));
}

/// Whether there may be several nodes: of each family, more than one address.
fn has_several(nodes: &[IpNet]) -> bool {
    let is_range = |range: &IpNet| range.prefix_len() < range.max_prefix_len();
    let is_v4 = |range: &&IpNet| range.addr().is_ipv4();
    let of_v4 = nodes.iter().filter(is_v4).count();
    nodes.iter().any(is_range) || of_v4 > 1 || nodes.len() - of_v4 > 1
}

fn is_open_to_nodes(openings: &Openings<'_>, entry: &Entry, network: &Network) -> bool {
    let of_nodes = |peer: &Peer| match peer {
        Peer::Nodes | Peer::WebhookCaller => true,
        Peer::IngressController => network.ingress_controller_place == ControllerPlace::Host,
        _ => false,
    };
    let open = openings.of(entry, Direction::Ingress).unwrap_or_default();
    open.iter().any(|opening| of_nodes(opening.peer))
}
