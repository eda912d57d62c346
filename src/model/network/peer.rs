//! The other end of an edge.

use ipnet::IpNet;

use super::edge::Direction;
use crate::names::Namespace;
use crate::value::Text;

/// The other end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    /// The cluster's DNS.
    Dns,
    /// The pods of the same namespace.
    SameNamespace,
    /// The ingress controller.
    IngressController,
    /// What scrapes metrics.
    Monitoring,
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
    /// The Kubernetes API server when it calls a webhook: from a node, a tunnel, or a pod that forwards.
    WebhookCaller,
    /// Everything.
    Anywhere,
    /// A peer that the platform declares.
    Outside(Text),
    /// Another entry.
    Namespace(Namespace),
    /// A range of addresses.
    Range(IpNet),
    /// The addresses that a name, or all names of a pattern, resolve to.
    Fqdn(Text),
}

/// The peers that wharf knows by name.
pub(super) const BUILT_IN: [(&str, Peer); 11] = [
    ("dns", Peer::Dns),
    ("same-namespace", Peer::SameNamespace),
    ("ingress-controller", Peer::IngressController),
    ("monitoring", Peer::Monitoring),
    ("internet", Peer::Internet),
    ("lan", Peer::Lan),
    ("cluster", Peer::Cluster),
    ("nodes", Peer::Nodes),
    ("kube-apiserver", Peer::KubeApiserver),
    ("webhook-caller", Peer::WebhookCaller),
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
            Self::Fqdn(name) => format!("fqdn-{}", name.replace("**.", "all.").replace('*', "any")),
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

    /// Whether an edge may say which of its pods: its pods are known by their namespace only.
    pub(super) fn has_pods(&self) -> bool {
        matches!(self, Self::SameNamespace | Self::Cluster | Self::Namespace(_) | Self::Outside(_))
    }
}
