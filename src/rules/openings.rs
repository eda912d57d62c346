//! What the policies of an entry let through, for rules that ask whether a connection is possible.

use std::collections::BTreeMap;

use crate::model::{Direction, Edge, Entry, Model, OutsideAddresses, Peer, Policies, Ports, Protocol};
use crate::names::Namespace;
use crate::value::Text;

/// What the profiles allow; entries that allow more have it themselves.
pub(super) struct Openings<'m> {
    pub(super) model: &'m Model,
    profiles: BTreeMap<&'m Text, Vec<Edge>>,
}

/// A peer and the ports that are open for it.
pub(super) struct Opening<'o> {
    pub(super) peer: &'o Peer,
    pub(super) ports: &'o Ports,
}

impl<'m> Openings<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { model, profiles: model.profile_edges() }
    }

    /// What an entry allows in a direction; everything if it has no policies.
    pub(super) fn of(&self, entry: &'m Entry, direction: Direction) -> Option<Vec<Opening<'_>>> {
        match &entry.policies {
            Policies::None => None,
            Policies::Profile => {
                let edges = self.profiles.get(&entry.profile).into_iter().flatten();
                let edges = edges.filter(|edge| edge.direction == direction);
                Some(edges.map(|edge| Opening { peer: &edge.peer, ports: &edge.ports }).collect())
            }
            Policies::Own(rules) => {
                let grants = rules
                    .iter()
                    .flat_map(|rule| rule.grants(direction).iter().map(move |(_, ports)| (rule, ports)));
                Some(grants.map(|(rule, ports)| Opening { peer: &rule.peer, ports }).collect())
            }
        }
    }

    /// Whether pods of an entry may connect to one of these ports of pods of another one; to any port if none
    /// is known.
    pub(super) fn connects(&self, from: &'m Entry, to: &'m Entry, ports: &[u16]) -> bool {
        self.opens(from, Direction::Egress, &to.namespace, ports)
            && self.opens(to, Direction::Ingress, &from.namespace, ports)
    }

    fn opens(&self, entry: &'m Entry, direction: Direction, other: &Namespace, ports: &[u16]) -> bool {
        let Some(openings) = self.of(entry, direction) else { return true };
        openings.iter().any(|opening| {
            self.is_in(opening.peer, other, direction)
                && (ports.is_empty() || ports.iter().any(|port| opening.has(*port)))
        })
    }

    /// Whether a peer may be pods of a namespace.
    fn is_in(&self, peer: &Peer, namespace: &Namespace, direction: Direction) -> bool {
        let network = &self.model.platform.network;
        match peer {
            Peer::Anywhere | Peer::Cluster => true,
            Peer::WebhookCaller => direction == Direction::Ingress,
            Peer::Namespace(named) => named == namespace,
            Peer::Dns => network.dns.namespace == *namespace,
            Peer::IngressController => network.controllers().any(|pods| pods.namespace == *namespace),
            Peer::Monitoring => network.monitoring.as_ref().is_some_and(|pods| pods.namespace == *namespace),
            Peer::Outside(name) => match network.peers.get(name) {
                Some(OutsideAddresses::Pods(pods)) => pods.namespace == *namespace,
                _ => false,
            },
            _ => false,
        }
    }
}

impl Opening<'_> {
    /// Whether a TCP port is open.
    pub(super) fn has(&self, number: u16) -> bool {
        match self.ports {
            Ports::All => true,
            Ports::Some(ports) => ports.iter().any(|port| port.may_be(number, Protocol::Tcp)),
        }
    }

    /// Whether the peer is addresses outside of pods, or includes them.
    pub(super) fn is_addresses(&self, model: &Model) -> bool {
        match self.peer {
            Peer::Outside(name) => {
                matches!(model.platform.network.peers.get(name), Some(OutsideAddresses::Ranges(_)))
            }
            peer => matches!(
                peer,
                Peer::Anywhere
                    | Peer::Internet
                    | Peer::Lan
                    | Peer::Nodes
                    | Peer::KubeApiserver
                    | Peer::Range(_)
                    | Peer::Fqdn(_)
            ),
        }
    }
}
