//! The terms of network policies: peers, ports, edges, and what an entry allows for one peer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ipnet::IpNet;

use crate::kubernetes::Origin;
use crate::model::Port;
use crate::names::Namespace;
use crate::value::Text;

/// The direction of traffic, as seen from the pods of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To the pods.
    Ingress,
    /// From the pods.
    Egress,
}

/// The other end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The cluster's DNS.
    Dns,
    /// The pods of the same namespace.
    SameNamespace,
    /// The ingress controller.
    IngressController,
    /// Everything that is not private.
    Internet,
    /// Your LAN.
    Lan,
    /// All pods of the cluster.
    Cluster,
    /// The nodes of the cluster.
    Nodes,
    /// The Kubernetes API server.
    KubeApiserver,
    /// Everything.
    Anywhere,
    /// A peer that the platform declares.
    Outside(Text),
    /// Another entry.
    Namespace(Namespace),
    /// A range of addresses.
    Range(IpNet),
}

/// The peers that wharf knows by name.
pub(in crate::model) const BUILT_IN: [(&str, Peer); 9] = [
    ("dns", Peer::Dns),
    ("same-namespace", Peer::SameNamespace),
    ("ingress-controller", Peer::IngressController),
    ("internet", Peer::Internet),
    ("lan", Peer::Lan),
    ("cluster", Peer::Cluster),
    ("nodes", Peer::Nodes),
    ("kube-apiserver", Peer::KubeApiserver),
    ("anywhere", Peer::Anywhere),
];

impl Peer {
    /// The peer that wharf knows by this name.
    pub fn built_in(name: &str) -> Option<Self> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, peer)| peer.clone())
    }

    /// Its name, which is part of the names of policies.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Outside(name) => format!("peer-{name}"),
            Self::Namespace(namespace) => format!("namespace-{namespace}"),
            Self::Range(range) => format!("cidr-{range}").replace(['/', ':'], "-"),
            _ => BUILT_IN.iter().find(|(_, peer)| peer == self).map_or("", |(name, _)| name).into(),
        }
    }

    /// The name of the policy that allows connections to this peer or from it.
    pub fn policy(&self, direction: Direction) -> String {
        match (self, direction) {
            (Self::SameNamespace, _) => "allow-same-namespace".into(),
            (_, Direction::Ingress) => format!("allow-from-{}", self.label()),
            (_, Direction::Egress) => format!("allow-to-{}", self.label()),
        }
    }
}

/// The ports of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// All of them.
    All,
    /// These.
    Some(BTreeSet<Port>),
}

impl Ports {
    fn join(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Some(mut ports), Self::Some(more)) => {
                ports.extend(more.iter().cloned());
                Self::Some(ports)
            }
            _ => Self::All,
        }
    }

    pub(in crate::model) fn covers(&self, other: &Self) -> bool {
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
    /// The other end.
    pub peer: Peer,
    /// The ports of the receiving pods.
    pub ports: Ports,
}

/// Everything that an entry allows for one peer: one policy.
#[derive(Clone, Debug)]
pub struct AllowRule {
    /// The name of the policy.
    pub name: Text,
    /// The other end.
    pub peer: Peer,
    /// The ports of the entry's pods that the peer may connect to, if any.
    pub ingress: Option<Ports>,
    /// The ports of the peer that the entry's pods may connect to, if any.
    pub egress: Option<Ports>,
    /// The lines that request it.
    pub origins: Arc<[Origin]>,
}

impl AllowRule {
    /// Whether both allow the same, whatever requested them.
    pub fn allows_the_same(&self, other: &Self) -> bool {
        (&self.peer, &self.ingress, &self.egress) == (&other.peer, &other.ingress, &other.egress)
    }
}

/// Merges edges into one rule for each peer and direction, in the order of names.
pub fn allow_rules<'e>(edges: impl IntoIterator<Item = (&'e Edge, &'e Origin)>) -> Vec<AllowRule> {
    let mut by_name: BTreeMap<String, (AllowRule, Vec<&Origin>)> = BTreeMap::new();
    for (edge, origin) in edges {
        let name = edge.peer.policy(edge.direction);
        let (allow_rule, origins) = by_name.entry(name).or_insert_with_key(|name| {
            let name = name.clone().into();
            (
                AllowRule {
                    name,
                    peer: edge.peer.clone(),
                    ingress: None,
                    egress: None,
                    origins: Arc::default(),
                },
                Vec::new(),
            )
        });
        let ports = match edge.direction {
            Direction::Ingress => &mut allow_rule.ingress,
            Direction::Egress => &mut allow_rule.egress,
        };
        *ports = Some(ports.take().map_or_else(|| edge.ports.clone(), |known| known.join(&edge.ports)));
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
