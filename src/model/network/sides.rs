//! The other side of edges: an edge whose peer is pods of an entry is allowed by the policies of both
//! entries.

use std::collections::BTreeMap;

use super::edge::{Direction, Edge};
use super::edges::{Extra, profile_line};
use super::owners::Owners;
use super::peer::Peer;
use super::pod_labels::PodLabels;
use crate::kubernetes::Origin;
use crate::model::platform::OutsideAddresses;
use crate::model::{Entry, Network, Platform};
use crate::names::Namespace;
use crate::value::Text;

/// The entries of a catalog by their namespaces, and what their profiles allow.
pub(super) struct Sides<'k> {
    pub(super) entries: &'k [Entry],
    pub(super) owners: Owners<'k>,
    pub(super) profile_edges: &'k BTreeMap<Text, Vec<Edge>>,
    pub(super) platform: &'k Platform,
}

/// An edge that an entry needs because of another one.
type Mirrored = (usize, Edge, Origin);

impl Sides<'_> {
    /// Adds the other side of each edge whose peer is pods of an entry.
    pub(super) fn mirror(&self, extras: &mut [Extra]) {
        let by_profile: BTreeMap<&Text, Vec<&Edge>> =
            self.profile_edges.iter().map(|(name, edges)| (name, self.of_entries(edges))).collect();
        let mut mirrored = Vec::new();
        for (index, entry) in self.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            let own = extras.get(index).into_iter().flatten();
            mirrored.extend(own.flat_map(|(edge, origin)| self.other_sides(index, edge, origin)));
            let profile = by_profile.get(&entry.profile).map(Vec::as_slice).unwrap_or_default();
            if !profile.is_empty() {
                let origin = Origin::profile(profile_line(&entry.location), &entry.profile);
                mirrored.extend(profile.iter().flat_map(|edge| self.other_sides(index, edge, &origin)));
            }
        }
        self.add(mirrored, extras);
    }

    /// The edges of a profile whose peer is pods of an entry, or of the same one unless the profile allows
    /// their other side, too.
    fn of_entries<'e>(&self, edges: &'e [Edge]) -> Vec<&'e Edge> {
        let is_of_entry = |edge: &&Edge| {
            if edge.peer == Peer::SameNamespace {
                let other = other_side(edge, Peer::SameNamespace, edge.pods.clone());
                return !edges.iter().any(|known| is_wide(known) && known.covers_pods(&other));
            }
            let pods = pods(edge, &self.platform.network);
            pods.iter().any(|(namespace, _)| self.owners.get(namespace).is_some())
        };
        edges.iter().filter(is_of_entry).collect()
    }

    /// The same edge, as the policies of its peer allow it: of each entry, if the peer is pods of several.
    fn other_sides(&self, index: usize, edge: &Edge, origin: &Origin) -> Vec<Mirrored> {
        let Some(entry) = self.entries.get(index) else { return Vec::new() };
        let mirrored = |target, peer, own| (target, other_side(edge, peer, own), origin.clone());
        if edge.peer == Peer::SameNamespace {
            return vec![mirrored(index, Peer::SameNamespace, edge.pods.clone())];
        }
        let pods = pods(edge, &self.platform.network).into_iter();
        let owned = pods.filter_map(|(namespace, labels)| Some((self.owners.get(namespace)?, labels)));
        let others = owned.filter(|(target, _)| *target != index);
        others.map(|(target, own)| mirrored(target, Peer::Namespace(entry.namespace.clone()), own)).collect()
    }

    /// Adds edges, except those that the other entry allows anyway. What a line of an entry itself asks for
    /// has a policy of its own there in any case.
    fn add(&self, mirrored: Vec<Mirrored>, extras: &mut [Extra]) {
        let mut wide = BTreeMap::new();
        for (target, edge, origin) in mirrored {
            let is_asked_for = edge.direction == Direction::Ingress && origin.profile.is_none();
            let known = wide.entry(target).or_insert_with(|| self.wide_edges(target, extras));
            let is_needed = is_asked_for || !known.iter().any(|known| known.covers_pods(&edge));
            if let Some(extra) = extras.get_mut(target).filter(|_| is_needed) {
                extra.push((edge, origin));
            }
        }
    }

    /// The edges of an entry with all pods, or with the pods of its own namespace.
    pub(super) fn wide_edges(&self, index: usize, extras: &[Extra]) -> Vec<Edge> {
        let profile = self.entries.get(index).and_then(|entry| self.profile_edges.get(&entry.profile));
        let own = extras.get(index).into_iter().flatten().map(|(edge, _)| edge);
        profile.into_iter().flatten().chain(own).filter(|edge| is_wide(edge)).cloned().collect()
    }
}

/// Whether the peer of an edge is all pods, or those of the entry's own namespace.
fn is_wide(edge: &Edge) -> bool {
    matches!(edge.peer, Peer::Anywhere | Peer::Cluster | Peer::SameNamespace)
}

/// The same edge as the policies of the pods `own` allow it, to which the pods behind it are `peer`.
fn other_side(edge: &Edge, peer: Peer, own: PodLabels) -> Edge {
    let (direction, ports) = (edge.direction.opposite(), edge.ports.clone());
    Edge { direction, own, peer, pods: edge.own.clone(), ports }
}

/// The pods that the peer of an edge is, by their namespaces and labels, if it is pods of certain namespaces.
fn pods<'e>(edge: &'e Edge, network: &'e Network) -> Vec<(&'e Namespace, PodLabels)> {
    let of = |pods: &'e crate::model::PodPeer| {
        let labels = if pods.labels.is_all() { edge.pods.clone() } else { pods.labels.clone() };
        (&pods.namespace, labels)
    };
    match &edge.peer {
        Peer::Namespace(namespace) => vec![(namespace, edge.pods.clone())],
        Peer::Dns => vec![of(&network.dns)],
        Peer::IngressController => network.controllers().map(of).collect(),
        Peer::Monitoring => network.monitoring.iter().map(of).collect(),
        Peer::Outside(name) => match network.peers.get(name) {
            Some(OutsideAddresses::Pods(pods)) => vec![of(pods)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
