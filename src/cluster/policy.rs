//! What a network policy says, whatever API it is written for.

use std::collections::BTreeSet;

use super::addresses::Addresses;
use super::ports::PortSet;
use super::selector::Selector;
use super::truth::Condition;
use crate::value::Text;

/// Whether a rule is about connections to the selected pods, or from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the pods.
    Egress,
    /// To the pods.
    Ingress,
}

/// A policy.
#[derive(Debug)]
pub(super) struct Policy {
    /// The index of its resource in the cluster.
    pub(super) resource: usize,
    /// The namespace that it applies to; all of them for one of the whole cluster.
    pub(super) namespace: Option<Text>,
    /// The pods that it applies to.
    pub(super) pods: Selector,
    /// What it says about connections from these pods.
    pub(super) egress: Rules,
    /// What it says about connections to these pods.
    pub(super) ingress: Rules,
}

impl Policy {
    pub(super) fn rules(&self, direction: Direction) -> &Rules {
        match direction {
            Direction::Egress => &self.egress,
            Direction::Ingress => &self.ingress,
        }
    }
}

/// What a policy says about one direction.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Whether it denies what no policy allows.
    pub(super) isolates: bool,
    /// What it allows.
    pub(super) allow: Vec<Rule>,
    /// What it denies, whatever others allow.
    pub(super) deny: Vec<Rule>,
}

/// One rule: each of these peers, on these ports.
#[derive(Debug)]
pub(super) struct Rule {
    /// The peers; it is enough to be one of them.
    pub(super) peers: Vec<Peer>,
    /// The ports of the end that is connected to.
    pub(super) ports: PortSet,
    /// What else has to be true.
    pub(super) condition: Option<Condition>,
}

/// The other end of a rule.
#[derive(Debug)]
pub(super) enum Peer {
    /// Everything.
    Everything,
    /// Pods with these labels, in namespaces with those.
    Pods(Scope, Selector),
    /// Addresses.
    Addresses(Addresses),
    /// Groups of ends that Cilium knows by name.
    Entities(BTreeSet<Entity>),
    /// Addresses that DNS returned for names; `*` matches any characters but dots.
    Names(Vec<Text>),
    /// A peer that is not evaluated.
    Unevaluated(Text),
}

/// The namespaces of a peer.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// This one.
    Own(Text),
    /// All.
    All,
    /// Those with these labels.
    Labelled(Selector),
}

/// A group of ends that Cilium knows by name (Cilium 1.19, `api.EntitySelectorMapping`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    All,
    Cluster,
    World,
    WorldIpv4,
    WorldIpv6,
    Host,
    RemoteNode,
    KubeApiserver,
    Ingress,
}

impl Entity {
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = [
            ("all", Self::All),
            ("cluster", Self::Cluster),
            ("world", Self::World),
            ("world-ipv4", Self::WorldIpv4),
            ("world-ipv6", Self::WorldIpv6),
            ("host", Self::Host),
            ("remote-node", Self::RemoteNode),
            ("kube-apiserver", Self::KubeApiserver),
            ("ingress", Self::Ingress),
        ];
        known.into_iter().find(|(other, _)| *other == name).map(|(_, entity)| entity)
    }
}

/// The label that each namespace has, with its name (Kubernetes 1.22).
pub(super) const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// The label with which Cilium knows the namespace of a pod.
pub(super) const CILIUM_NAMESPACE: &str = "io.kubernetes.pod.namespace";

/// What stands before the labels of a pod's namespace in Cilium.
pub(super) const CILIUM_NAMESPACE_LABELS: &str = "io.cilium.k8s.namespace.labels.";

/// What stands before other labels that Cilium adds to a pod, such as that of its ServiceAccount.
pub(super) const CILIUM_POLICY_LABELS: &str = "io.cilium.k8s.policy.";
