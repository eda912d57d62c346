//! The terms of network policies: the directions, ports and pods of an edge.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::peer::Peer;
use super::pod_labels::PodLabels;
use super::port::{Port, Protocol};

/// The direction of traffic, as seen from the pods of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To the pods.
    Ingress,
    /// From the pods.
    Egress,
}

impl Direction {
    /// The direction of the same traffic, as seen from its other end.
    pub fn opposite(self) -> Self {
        match self {
            Self::Ingress => Self::Egress,
            Self::Egress => Self::Ingress,
        }
    }
}

/// The ports of an edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// All of them.
    #[default]
    All,
    /// These.
    Some(BTreeSet<Port>),
}

impl Ports {
    /// Whether ICMP echo requests are allowed, and not everything else.
    pub fn has_ping(&self) -> bool {
        let is_ping = |port: &Port| port.protocol == Protocol::Icmp;
        matches!(self, Self::Some(ports) if ports.iter().any(is_ping))
    }

    /// The ports without ICMP; nothing if none is left.
    pub fn without_ping(&self) -> Option<Cow<'_, Self>> {
        match self {
            Self::Some(ports) if self.has_ping() => {
                let others = ports.iter().filter(|port| port.protocol != Protocol::Icmp);
                let others: BTreeSet<_> = others.cloned().collect();
                (!others.is_empty()).then_some(Cow::Owned(Self::Some(others)))
            }
            _ => Some(Cow::Borrowed(self)),
        }
    }

    pub(super) fn join(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Some(mut ports), Self::Some(more)) => {
                ports.extend(more.iter().cloned());
                Self::Some(ports)
            }
            _ => Self::All,
        }
    }

    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some(_), Self::All) => false,
            (Self::Some(ports), Self::Some(others)) => ports.is_superset(others),
        }
    }
}

/// One thing that a policy allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The direction of the traffic.
    pub direction: Direction,
    /// Which pods of the entry.
    pub own: PodLabels,
    /// The other end.
    pub peer: Peer,
    /// Which of its pods.
    pub pods: PodLabels,
    /// The ports of the receiving pods.
    pub ports: Ports,
}

impl Edge {
    /// An edge of all pods of an entry and all pods of a peer.
    pub(crate) fn new(direction: Direction, peer: Peer, ports: Ports) -> Self {
        Self { direction, own: PodLabels::default(), peer, pods: PodLabels::default(), ports }
    }

    /// The name of its policy: the peer, and the pods of the entry, if it is not about all of them.
    pub fn policy(&self) -> String {
        let peer = self.peer.policy(self.direction);
        match (self.own.is_all(), self.direction) {
            (true, _) => peer,
            (false, Direction::Ingress) => format!("{peer}-to-{}", self.own.name()),
            (false, Direction::Egress) => format!("{peer}-from-{}", self.own.name()),
        }
    }

    /// Whether it allows everything that `other`, which has the same peer, allows.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.direction == other.direction
            && self.peer == other.peer
            && self.own.covers(&other.own)
            && self.pods.covers(&other.pods)
            && self.ports.covers(&other.ports)
    }

    /// Whether it allows everything that `other`, which is about pods, allows, although it may name other
    /// pods as well.
    pub(super) fn covers_pods(&self, other: &Self) -> bool {
        let peer = self.peer == other.peer || matches!(self.peer, Peer::Anywhere | Peer::Cluster);
        let pods = self.peer == Peer::Anywhere || self.pods.covers(&other.pods);
        self.direction == other.direction
            && peer
            && pods
            && self.own.covers(&other.own)
            && self.ports.covers(&other.ports)
    }
}
