//! Edges of entries whose pods are in the host network, where policies do not apply.

use crate::diagnostics::Sink;
use crate::diagnostics::rules::HOST_NETWORK_EDGE;
use crate::model::{Entry, Model, Peer};
use crate::names::Namespace;

pub(super) fn check(model: &Model, findings: &mut Sink) {
    for entry in &model.entries {
        if entry.is_on_host {
            own(entry, findings);
        } else {
            to_host(entry, model, findings);
        }
    }
}

/// The edges of pods in the host network.
fn own(entry: &Entry, findings: &mut Sink) {
    let location = entry.location.key("networkPolicies");
    let egress = (0..entry.egress.len()).map(|index| location.key("egress").index(index));
    let ingress = (0..entry.ingress.len()).map(|index| location.key("ingress").index(index));
    for location in egress.chain(ingress) {
        let finding = HOST_NETWORK_EDGE.at(location, "this edge is for pods in the host network");
        let finding =
            finding.note("no policy applies to them: they may connect to everything, and everything to them");
        findings.push(finding.help("remove the edge; to limit such pods, use the firewall of the nodes"));
    }
}

/// The edges to pods in the host network, by namespace.
fn to_host(entry: &Entry, model: &Model, findings: &mut Sink) {
    for (index, edge) in entry.egress.iter().enumerate() {
        let callee = edge.namespace.as_ref().and_then(|name| model.entry(&Namespace::new(name)));
        let Some(callee) = callee.filter(|callee| callee.is_on_host) else { continue };
        let location = entry.location.key("networkPolicies").key("egress").index(index).key("namespace");
        let message = format!("the pods of `{}` are in the host network", callee.namespace);
        let finding = HOST_NETWORK_EDGE.at(location, message);
        let finding =
            finding.note("they have the addresses of their nodes, which no selector of pods matches");
        let is_supported = (model.platform.support.peer)(&Peer::Nodes, &model.platform.network).is_ok();
        findings.push(finding.help(if is_supported {
            "write `to: nodes` with the ports"
        } else {
            "write `to: anywhere` with the ports"
        }));
    }
}
