//! Whether the edges of an entry lead to other entries, and each of them once.

use std::collections::BTreeMap;

use super::edge::{Direction, Edge, Ports};
use super::edges::Extra;
use super::owners::Owners;
use super::peer::Peer;
use super::pod_labels::PodLabels;
use crate::diagnostics::suggestion::{did_you_mean_of_many, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::model::Entry;
use crate::names::Namespace;

/// Checks the edges that an entry itself lists, beside those of its profile.
pub(super) fn edges(
    entry: &Entry,
    edges: &Extra,
    profile: &[Edge],
    owners: &Owners<'_>,
    findings: &mut Sink,
) {
    duplicates(entry, edges, findings);
    for (edge, origin) in edges {
        if let (Peer::Namespace(namespace), Direction::Egress) = (&edge.peer, edge.direction) {
            let location = origin.location.key("namespace");
            if *namespace == entry.namespace {
                findings.push(to_itself(entry, profile, location));
            } else if owners.get(namespace).is_none() {
                unknown(namespace, owners, location, findings);
            }
        }
    }
}

/// What makes two edges the same, apart from their ports.
fn key(edge: &Edge) -> (Direction, &Peer, &PodLabels, &PodLabels) {
    (edge.direction, &edge.peer, &edge.own, &edge.pods)
}

fn duplicates(entry: &Entry, edges: &Extra, findings: &mut Sink) {
    let mut firsts = BTreeMap::new();
    // hosts are different peers to the user, and the same one to policies
    let hosts = entry.egress.iter().filter(|edge| edge.host.is_some()).count();
    for (edge, origin) in edges {
        if hosts > 0 && edge.peer == Peer::IngressController {
            continue;
        }
        let first = *firsts.entry(key(edge)).or_insert(origin);
        if first != origin {
            let finding = rules::DUPLICATE_EDGE.at(origin.location.clone(), "two edges have the same peer");
            let finding = finding
                .with_secondary_label(first.location.clone(), "first listed here")
                .note("policies add up: what one line forbids, the other allows");
            findings.push(finding.help("list all ports in one edge"));
        }
    }
}

/// An edge to the entry itself. Profiles without `same-namespace` do not allow it.
fn to_itself(entry: &Entry, profile: &[Edge], location: Location) -> Finding {
    let finding = rules::SELF_EDGE.at(location, "this edge leads to the entry itself");
    let own = Edge::new(Direction::Egress, Peer::SameNamespace, Ports::All);
    if entry.profile.as_str() == "none" || profile.iter().any(|edge| edge.covers(&own)) {
        let name = shorten(&entry.profile);
        return finding.help(format!(
            "remove it: the profile `{name}` allows all connections between the pods of the namespace"
        ));
    }
    finding.help("write `to: same-namespace` in its place")
}

fn unknown(namespace: &Namespace, owners: &Owners<'_>, location: Location, findings: &mut Sink) {
    let finding = rules::UNKNOWN_NAMESPACE.at(location, format!("no entry owns the namespace `{namespace}`"));
    let finding = finding.note("egress of the pods would be allowed, but no ingress on the other side");
    let help = did_you_mean_of_many(findings, namespace.as_str(), owners.namespaces());
    findings.push(finding.help(
        help.unwrap_or_else(|| {
            "declare a peer outside the catalog in `network.peers` of platform.yml".into()
        }),
    ));
}
