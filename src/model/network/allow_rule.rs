//! What an entry allows for one peer: one policy.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use super::edge::{Direction, Edge, Ports};
use super::peer::Peer;
use super::pod_labels::PodLabels;
use crate::kubernetes::Origin;
use crate::value::Text;

/// The ports that are open between the pods of a policy and those of its peer, by the labels of the latter,
/// in their order.
pub type Grants = Vec<(PodLabels, Ports)>;

/// Everything that some pods of an entry allow for one peer: one policy.
#[derive(Clone, Debug)]
pub struct AllowRule {
    /// The name of the policy.
    pub name: Text,
    /// Which pods of the entry.
    pub own: PodLabels,
    /// The other end.
    pub peer: Peer,
    /// The ports of the entry's pods that the peer may connect to; empty if there are none.
    pub ingress: Grants,
    /// The ports of the peer that the entry's pods may connect to; empty if there are none.
    pub egress: Grants,
    /// The lines that request it.
    pub origins: Arc<[Origin]>,
}

impl AllowRule {
    /// A policy that allows nothing yet.
    pub(crate) fn new(name: Text, own: PodLabels, peer: Peer) -> Self {
        Self { name, own, peer, ingress: Grants::new(), egress: Grants::new(), origins: Arc::default() }
    }

    /// What it allows in one direction.
    pub fn grants(&self, direction: Direction) -> &Grants {
        match direction {
            Direction::Ingress => &self.ingress,
            Direction::Egress => &self.egress,
        }
    }

    /// Whether both allow the same, whatever requested them.
    pub fn allows_the_same(&self, other: &Self) -> bool {
        (&self.own, &self.peer, &self.ingress, &self.egress)
            == (&other.own, &other.peer, &other.ingress, &other.egress)
    }

    fn add(&mut self, edge: &Edge) {
        let grants = match edge.direction {
            Direction::Ingress => &mut self.ingress,
            Direction::Egress => &mut self.egress,
        };
        match grants.binary_search_by(|(pods, _)| pods.cmp(&edge.pods)) {
            Ok(index) => {
                if let Some((_, known)) = grants.get_mut(index) {
                    *known = mem::take(known).join(&edge.ports);
                }
            }
            Err(index) => {
                // most policies have a single one
                grants.reserve_exact(1);
                grants.insert(index, (edge.pods.clone(), edge.ports.clone()));
            }
        }
    }
}

/// Merges edges into one rule for each peer, direction and choice of pods, in the order of names.
pub fn allow_rules<'e>(edges: impl IntoIterator<Item = (&'e Edge, &'e Origin)>) -> Vec<AllowRule> {
    let mut by_name: BTreeMap<String, (AllowRule, Vec<&Origin>)> = BTreeMap::new();
    for (edge, origin) in edges {
        let (allow_rule, origins) = by_name.entry(edge.policy()).or_insert_with_key(|name| {
            (AllowRule::new(name.clone().into(), edge.own.clone(), edge.peer.clone()), Vec::new())
        });
        allow_rule.add(edge);
        origins.push(origin);
    }
    let finish = |(allow_rule, origins)| AllowRule { origins: each_once(origins), ..allow_rule };
    by_name.into_values().map(finish).collect()
}

/// The origins in order, without duplicates.
fn each_once(origins: Vec<&Origin>) -> Arc<[Origin]> {
    let mut seen = BTreeSet::new();
    origins.into_iter().filter(|origin| seen.insert((&origin.location, &origin.profile))).cloned().collect()
}
