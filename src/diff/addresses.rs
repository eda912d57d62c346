//! Peers of network policies whose addresses change: a line of the platform moves them for every entry.

use std::collections::BTreeSet;

use super::connections::{Allowed, End};
use super::objects::{Objects, Pair};
use crate::cluster::{self, Addresses, Cluster, Direction, Evaluator, Facts};
use crate::diagnostics::{FileId, Location};
use crate::kubernetes::{Object, Resource};
use crate::model::{Model, Peer};
use crate::names::Namespace;
use crate::value::{Map, Text};

/// A peer whose addresses change, in one direction.
#[derive(Debug)]
pub(super) struct MovedPeer {
    /// The peer.
    pub(super) peer: Peer,
    /// Whether pods connect to it, or it connects to them.
    pub(super) direction: Direction,
    /// What changes.
    pub(super) addresses: Moved,
    /// The entries whose pods these are.
    pub(super) entries: BTreeSet<Namespace>,
    /// The indexes of their policies.
    pub(super) policies: Vec<usize>,
}

/// The addresses that a policy is about only in one of the catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    /// Only in the new one.
    pub(super) gained: Addresses,
    /// Only in the old one.
    pub(super) lost: Addresses,
}

impl MovedPeer {
    /// The peers of policies that both catalogs have, in the order of the policies.
    pub(super) fn all(objects: &Objects<'_>, after: &Model) -> Vec<Self> {
        let (mut found, mut known) = (Vec::<Self>::new(), Known::default());
        let allowed = Allowed::new(after);
        for (index, pair) in objects.pairs().iter().enumerate().filter(|(_, pair)| pair.is_policy()) {
            let Some(namespace) = pair.before.and(pair.after).map(|object| &object.folder) else { continue };
            for (direction, addresses) in known.moved(pair) {
                let Some(peer) = peer(pair, &allowed) else { continue };
                let is_it = |it: &&mut Self| {
                    it.peer == peer && it.direction == direction && it.addresses == addresses
                };
                if let Some(it) = found.iter_mut().find(is_it) {
                    it.entries.insert(namespace.clone());
                    it.policies.push(index);
                } else {
                    let (entries, policies) = (BTreeSet::from([namespace.clone()]), vec![index]);
                    found.push(Self { peer, direction, addresses, entries, policies });
                }
            }
        }
        found
    }

    /// The name of the peer, for people.
    pub(super) fn name(&self) -> String {
        End::Peer(self.peer.clone()).to_string()
    }

    /// Its entries, for people.
    pub(super) fn entries(&self) -> String {
        match (self.entries.len(), self.entries.first()) {
            (1, Some(entry)) => format!("`{entry}`"),
            (number, _) => format!("{number} entries"),
        }
    }

    /// The key of the platform that states its addresses.
    pub(super) fn location(&self) -> Location {
        let network = Location::root(FileId::PLATFORM).key("network");
        match &self.peer {
            Peer::Outside(name) => network.key("peers").key(name.to_string()),
            Peer::Lan => network.key("lanCidrs"),
            Peer::Nodes | Peer::WebhookCaller => network.key("nodeCidrs"),
            Peer::KubeApiserver => network.key("apiServer"),
            Peer::Dns => network.key("dns"),
            Peer::IngressController => network.key("ingressController"),
            _ => network,
        }
    }
}

/// The peer of the policy of a pair.
fn peer(pair: &Pair<'_>, allowed: &Allowed<'_>) -> Option<Peer> {
    let object = pair.after?;
    let rules = allowed.rules(allowed.model.entry(&object.folder)?)?;
    rules.into_iter().find(|rule| rule.name == object.name).map(|rule| rule.peer)
}

/// What is found of pairs of bodies: those of most entries are the same.
#[derive(Default)]
struct Known<'o>(Vec<(Bodies<'o>, Vec<(Direction, Moved)>)>);

/// The old body and the new one.
type Bodies<'o> = [&'o Map; 2];

/// How many pairs of bodies are kept.
const MAX_KNOWN: usize = 32;

impl<'o> Known<'o> {
    fn moved(&mut self, pair: &Pair<'o>) -> Vec<(Direction, Moved)> {
        let (Some(before), Some(after)) = (pair.before, pair.after) else { return Vec::new() };
        let key = [before, after].map(|object| object.body.content());
        if let Some((_, found)) = self.0.iter().find(|(known, _)| *known == key) {
            return found.clone();
        }
        let directions = [Direction::Egress, Direction::Ingress];
        let found: Vec<_> =
            directions.into_iter().filter_map(|way| Some((way, moved(before, after, way)?))).collect();
        if self.0.len() < MAX_KNOWN {
            self.0.push((key, found.clone()));
        }
        found
    }
}

fn moved(before: &Object, after: &Object, direction: Direction) -> Option<Moved> {
    let (old, new) = (addresses(before, direction), addresses(after, direction));
    let moved = Moved { gained: new.minus(&old), lost: old.minus(&new) };
    (new != old && !old.is_empty() && !new.is_empty()).then_some(moved)
}

/// All addresses that a policy is about.
fn addresses(policy: &Object, direction: Direction) -> Addresses {
    let cluster = Cluster::new(vec![Resource::from(policy)]);
    let evaluator = Evaluator::new(&cluster, Facts::default());
    let own = cluster::End::namespace(Text::copied(policy.folder.as_str()));
    let side = evaluator.side(direction, &own, &cluster::End::outside(Addresses::all()));
    let parts = side.allowed.iter().filter_map(|grant| grant.part.as_ref());
    parts.fold(Addresses::default(), |all, part| all.union(part))
}
