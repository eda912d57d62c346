//! Who may connect to whom: the edges of profiles, entries and routes, merged into policies. One line allows
//! both sides.

use std::collections::BTreeMap;

use super::edge::{Direction, Edge, Peer, Ports, allow_rules};
use super::edge_reader::{Reader, Writer};
use crate::diagnostics::suggestion::did_you_mean_of_many;
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::kubernetes::Origin;
use crate::model::{Entry, Platform, Policies, Port, Profiles};
use crate::names::Namespace;
use crate::value::Text;

/// The port on which a pod of cert-manager answers an HTTP-01 challenge (cert-manager 1.21, `acmesolver`).
pub const SOLVER_PORT: u16 = 8089;

/// What one entry has besides its profile.
type Extra = Vec<(Edge, Origin)>;

/// Computes the policies of each entry.
pub(in crate::model) fn connect(
    entries: &mut [Entry],
    platform: &Platform,
    profiles: &Profiles,
    findings: &mut Sink,
) {
    let owners: BTreeMap<Namespace, usize> =
        entries.iter().enumerate().rev().map(|(index, entry)| (entry.namespace.clone(), index)).collect();
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
    known.connect_auth(&mut extras, platform);
    for (entry, extra) in entries.iter_mut().zip(extras) {
        let edges = &profile_edges[&entry.profile];
        entry.policies = policies(entry, edges, &extra);
    }
}

fn own_edges(entry: &Entry, platform: &Platform, findings: &mut Sink) -> Extra {
    let mut edges: Extra = Vec::new();
    if entry.egress.is_empty() && entry.ingress.is_empty() {
        return edges;
    }
    let location = entry.location.key("networkPolicies");
    let reader = Reader { platform, writer: Writer::Egress };
    for (index, written) in entry.egress.iter().enumerate() {
        let location = location.key("egress").index(index);
        let edge = reader.egress(&location, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(location))));
    }
    let reader = Reader { platform, writer: Writer::Ingress(&entry.namespace) };
    for (index, written) in entry.ingress.iter().enumerate() {
        let location = location.key("ingress").index(index);
        let edge = reader.ingress(&location, written, findings);
        edges.extend(edge.map(|edge| (edge, Origin::line(location))));
    }
    let mut firsts: BTreeMap<(Direction, &Peer), &Origin> = BTreeMap::new();
    for (edge, origin) in &edges {
        let first = *firsts.entry((edge.direction, &edge.peer)).or_insert(origin);
        if first != origin {
            let finding = rules::DUPLICATE_EDGE.at(origin.location.clone(), "two edges have the same peer");
            let finding = finding
                .with_secondary_label(first.location.clone(), "first listed here")
                .note("policies add up: what one line forbids, the other allows");
            findings.push(finding.help("list all ports in one edge"));
        }
    }
    edges
}

struct Known<'k> {
    entries: &'k [Entry],
    owners: BTreeMap<Namespace, usize>,
    profile_edges: &'k BTreeMap<Text, Vec<Edge>>,
}

impl Known<'_> {
    /// Adds the other side of each edge between two entries.
    fn mirror_edges(&self, extras: &mut [Extra], findings: &mut Sink) {
        for (index, entry) in self.entries.iter().enumerate() {
            let mirrored: Vec<_> = extras[index]
                .iter()
                .filter_map(|(edge, origin)| self.mirror(entry, edge, origin, findings))
                .collect();
            for (target, edge, origin) in mirrored {
                if entry.enabled {
                    extras[target].push((edge, origin));
                }
            }
        }
    }

    fn mirror(
        &self,
        entry: &Entry,
        edge: &Edge,
        origin: &Origin,
        findings: &mut Sink,
    ) -> Option<(usize, Edge, Origin)> {
        let (Peer::Namespace(namespace), Direction::Egress) = (&edge.peer, edge.direction) else {
            return None;
        };
        let location = origin.location.key("namespace");
        if *namespace == entry.namespace {
            let finding = rules::SELF_EDGE.at(location, "this edge leads to the entry itself");
            findings.push(
                finding.help("remove it: every profile allows connections between the pods of a namespace"),
            );
            return None;
        }
        let Some(&target) = self.owners.get(namespace) else {
            let finding =
                rules::UNKNOWN_NAMESPACE.at(location, format!("no entry owns the namespace `{namespace}`"));
            let finding =
                finding.note("egress of the pods would be allowed, but no ingress on the other side");
            let help =
                did_you_mean_of_many(findings, namespace.as_str(), self.owners.keys().map(Namespace::as_str));
            findings.push(finding.help(help.unwrap_or_else(|| {
                "declare a peer outside the catalog in `network.peers` of platform.yml".into()
            })));
            return None;
        };
        let edge = Edge {
            direction: Direction::Ingress,
            peer: Peer::Namespace(entry.namespace.clone()),
            ports: edge.ports.clone(),
        };
        Some((target, edge, origin.clone()))
    }

    /// Allows the ingress controller to reach the Services of routes, and the pods that solve challenges for
    /// their hosts, on both sides.
    fn connect_routes(&self, extras: &mut [Extra], platform: &Platform) {
        let controller = Controller::new(self, extras, platform);
        for (index, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for route in &entry.routes {
                let ports = match &route.target_ports {
                    unknown if unknown.is_empty() => Ports::All,
                    known => Ports::Some(known.clone()),
                };
                let origin = Origin::line(route.location.clone());
                controller.allow_both_sides(index, entry, &ports, &origin, extras);
                if route.is_solved(platform) {
                    controller.allow_from_controller(
                        index,
                        entry,
                        &Ports::Some([Port::tcp(SOLVER_PORT)].into()),
                        &origin,
                        extras,
                    );
                }
            }
        }
    }

    /// Allows the ingress controller to reach the auth service, on both sides.
    fn connect_auth(&self, extras: &mut [Extra], platform: &Platform) {
        let service = &platform.routing.auth_service;
        let ports = service.port.clone().map_or(Ports::All, |port| Ports::Some([port].into()));
        let origin =
            Origin::line(Location::root(FileId::PLATFORM).key("routing").key("auth").key("forwardAuth"));
        let controller = Controller::new(self, extras, platform);
        for namespace in &service.namespaces {
            let owner = self.owners.get(namespace).copied();
            if let Some((index, entry)) = owner
                .and_then(|index| Some((index, self.entries.get(index)?)))
                .filter(|(_, entry)| entry.enabled)
            {
                controller.allow_both_sides(index, entry, &ports, &origin, extras);
            }
        }
    }

    /// The ports on which an entry may connect to the pods of all namespaces anyway.
    fn open_ports(&self, entry: usize, extra: &Extra) -> Vec<Ports> {
        let edges =
            self.profile_edges[&self.entries[entry].profile].iter().chain(extra.iter().map(|(edge, _)| edge));
        let open = edges.filter(|edge| {
            edge.direction == Direction::Egress && matches!(edge.peer, Peer::Anywhere | Peer::Cluster)
        });
        open.map(|edge| edge.ports.clone()).collect()
    }
}

/// The entry of the ingress controller, if it is in the catalog.
struct Controller {
    index: Option<usize>,
    /// The ports on which it may connect to the pods of all namespaces anyway.
    open: Vec<Ports>,
}

impl Controller {
    fn new(known: &Known<'_>, extras: &[Extra], platform: &Platform) -> Self {
        let index = known.owners.get(&platform.network.ingress_controller.namespace).copied();
        Self { index, open: index.map(|index| known.open_ports(index, &extras[index])).unwrap_or_default() }
    }

    /// Allows connections from the controller to an entry, on both sides.
    fn allow_both_sides(
        &self,
        index: usize,
        entry: &Entry,
        ports: &Ports,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        if Some(index) != self.index {
            extras[index].push((
                Edge { direction: Direction::Ingress, peer: Peer::IngressController, ports: ports.clone() },
                origin.clone(),
            ));
        }
        self.allow_from_controller(index, entry, ports, origin, extras);
    }

    /// Allows them on the controller's side only.
    fn allow_from_controller(
        &self,
        index: usize,
        entry: &Entry,
        ports: &Ports,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        if let Some(controller) = self.index.filter(|controller| *controller != index) {
            let edge = Edge {
                direction: Direction::Egress,
                peer: Peer::Namespace(entry.namespace.clone()),
                ports: ports.clone(),
            };
            if !self.open.iter().any(|open| open.covers(&edge.ports)) {
                extras[controller].push((edge, origin.clone()));
            }
        }
    }
}

fn policies(entry: &Entry, profile: &[Edge], extra: &Extra) -> Policies {
    if entry.profile.as_str() == "none" {
        return Policies::None;
    }
    let adds = |(edge, _): &&(Edge, Origin)| {
        !profile.iter().any(|known| {
            (known.direction, &known.peer) == (edge.direction, &edge.peer) && known.ports.covers(&edge.ports)
        })
    };
    let added: Vec<_> = extra.iter().filter(adds).collect();
    if added.is_empty() {
        return Policies::Profile;
    }
    let by_profile = Origin::profile(profile_line(&entry.location), &entry.profile);
    let edges = profile
        .iter()
        .map(|edge| (edge, &by_profile))
        .chain(added.into_iter().map(|(edge, origin)| (edge, origin)));
    Policies::Own(allow_rules(edges))
}

/// The line of an entry with its profile.
pub fn profile_line(entry: &Location) -> Location {
    entry.key("networkPolicies").key("profile")
}
