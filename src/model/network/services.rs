//! What an entry offers to the cluster's own services: metrics to the monitoring, and webhooks to the API
//! server; and the hosts of the catalog that it calls by their public names.

use std::collections::BTreeMap;

use super::edge::{Direction, Edge, Ports};
use super::edge_reader::{check_monitoring, read_ports};
use super::edges::Extra;
use super::peer::Peer;
use crate::diagnostics::suggestion::{did_you_mean_of_many, shorten};
use crate::diagnostics::{Location, Sink, rules};
use crate::kubernetes::Origin;
use crate::model::{Entry, Platform};

/// The edges of `scrape` and `webhooks`, and the derived ones.
pub(super) fn edges(entry: &Entry, platform: &Platform, findings: &mut Sink) -> Extra {
    let mut edges = Extra::new();
    if entry.scrape.is_empty() && entry.webhooks.is_empty() && entry.derived.is_empty() {
        return edges;
    }
    let location = entry.location.key("networkPolicies");
    if !entry.scrape.is_empty() {
        let location = location.key("scrape");
        check_monitoring(platform, &location, findings);
        edges.push(from(Peer::Monitoring, read_ports(&location, &entry.scrape, findings), location));
    }
    if !entry.webhooks.is_empty() {
        let location = location.key("webhooks");
        edges.push(from(Peer::WebhookCaller, read_ports(&location, &entry.webhooks, findings), location));
    }
    let derived = entry.derived.iter();
    edges.extend(derived.map(|derived| (derived.edge.clone(), Origin::line(derived.location.clone()))));
    edges
}

fn from(peer: Peer, ports: Ports, location: Location) -> (Edge, Origin) {
    (Edge::new(Direction::Ingress, peer, ports), Origin::line(location))
}

/// Checks the hosts that an entry calls by their public names: routes of enabled entries have them.
pub(super) fn check_hosts(entry: &Entry, hosts: &BTreeMap<&str, bool>, findings: &mut Sink) {
    for (index, edge) in entry.egress.iter().enumerate() {
        let Some(host) = edge.host.as_deref() else { continue };
        let is_meant =
            |known: &str| known == &**host || !host.contains('.') && known.split('.').next() == Some(&**host);
        if hosts.iter().any(|(known, is_enabled)| *is_enabled && is_meant(known)) {
            continue;
        }
        let location = entry.location.key("networkPolicies").key("egress").index(index).key("host");
        let finding = rules::UNKNOWN_HOST
            .at(location, format!("no route of an enabled entry has the host `{}`", shorten(host)));
        let finding = finding.note("the ingress controller would answer 404 to the call");
        let names = hosts.iter().filter(|(_, is_enabled)| **is_enabled).map(|(known, _)| *known);
        let help = did_you_mean_of_many(findings, host, names);
        findings.push(finding.help(help.unwrap_or_else(|| {
            "write a host of `routes`; for a host outside of the cluster, `to: internet` or `fqdn`".into()
        })));
    }
}

/// The hosts of all routes, and whether they are rendered.
pub(super) fn hosts(entries: &[Entry]) -> BTreeMap<&str, bool> {
    let is_asked = |entry: &Entry| entry.egress.iter().any(|edge| edge.host.is_some());
    let mut hosts = BTreeMap::new();
    if entries.iter().any(is_asked) {
        for entry in entries {
            for host in entry.routes.iter().flat_map(|route| &route.hosts) {
                *hosts.entry(host.as_str()).or_insert(false) |= entry.enabled;
            }
        }
    }
    hosts
}
