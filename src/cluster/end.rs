//! The ends of a connection.

use std::collections::BTreeMap;

use super::addresses::Addresses;
use crate::value::Text;

/// Labels of an object, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    /// The labels that are known.
    pub known: BTreeMap<String, String>,
    /// Whether it has no others.
    pub are_all: bool,
}

impl Labels {
    /// Labels of which nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// All labels of an object.
    pub fn all(labels: BTreeMap<String, String>) -> Self {
        Self { known: labels, are_all: true }
    }

    /// The value of a label.
    pub(super) fn find(&self, key: &str) -> Found<'_> {
        match self.known.get(key) {
            Some(value) => Found::Value(value),
            None if self.are_all => Found::Absent,
            None => Found::Unknown,
        }
    }
}

/// What is known about a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'l> {
    /// Its value.
    Value(&'l str),
    /// There is none.
    Absent,
    /// Nothing.
    Unknown,
}

/// Pods of a namespace that do not run in the host network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Their namespace.
    pub namespace: Text,
    /// Their labels.
    pub labels: Labels,
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Pods.
    Pod(Pod),
    /// Nodes of the cluster, or pods in their host network, with the addresses that are known of them.
    Node(Addresses),
    /// The API server behind its Service.
    ApiServer(Addresses),
    /// The proxy of Cilium's own Ingress or Gateway, which is not a pod.
    CiliumIngress,
    /// Addresses outside of the cluster, each of them.
    Outside {
        /// The addresses.
        addresses: Addresses,
        /// The name that they were looked up with.
        name: Option<Text>,
    },
}

impl End {
    /// Pods of a namespace about which nothing else is known.
    pub fn namespace(namespace: impl Into<Text>) -> Self {
        Self::Pod(Pod { namespace: namespace.into(), labels: Labels::unknown() })
    }

    /// Addresses outside of the cluster.
    pub fn outside(addresses: Addresses) -> Self {
        Self::Outside { addresses, name: None }
    }

    /// The pods, if it is pods.
    pub fn pod(&self) -> Option<&Pod> {
        if let Self::Pod(pod) = self { Some(pod) } else { None }
    }
}
