//! Network profiles, as data, so that checks and rendered policies agree.

mod builtin;

pub use builtin::{BUILT_IN, BuiltIn};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{NonEmptyString, Port};

/// A network profile: the connections that are allowed for entries that use it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "wharf profiles/*.yml")]
pub struct Profile {
    /// One sentence that describes the profile.
    pub summary: NonEmptyString,
    /// The profile that this one extends. Default: none.
    pub extends: Option<NonEmptyString>,
    /// Whether each entry that uses the profile must give a `reason`. It also applies to profiles that extend
    /// this one. Default: `false`.
    pub reason_required: Option<bool>,
    /// The peers that may connect to the pods. Default: none.
    #[serde(default)]
    pub ingress: Vec<IngressRule>,
    /// The peers that the pods may connect to. Default: none.
    #[serde(default)]
    pub egress: Vec<EgressRule>,
}

/// A peer that may connect to the pods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressRule {
    /// The name of a peer: `same-namespace`, `ingress-controller`, `anywhere` …
    pub from: NonEmptyString,
    /// The labels of the pods that connect. Only for `same-namespace`, `cluster` and pods of
    /// `network.peers`. Default: all pods of the peer.
    pub from_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The labels of the pods that are connected to. Default: all pods of the entry.
    pub to_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The ports that the pods listen on. Default: all ports; none with `ping`.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Whether ICMP echo requests are allowed (`ping`): without `ports`, they alone. Requires
    /// `network.policies: cilium`. Default: `false`.
    pub ping: Option<bool>,
}

/// A peer that the pods may connect to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EgressRule {
    /// The name of a peer: `dns`, `internet`, `anywhere` …
    pub to: NonEmptyString,
    /// The labels of the pods that connect. Default: all pods of the entry.
    pub from_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The labels of the pods that are connected to. Only for `same-namespace`, `cluster` and pods of
    /// `network.peers`. Default: all pods of the peer.
    pub to_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The ports that the peer listens on. Default: all ports; none with `ping`.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Whether ICMP echo requests are allowed (`ping`): without `ports`, they alone. Requires
    /// `network.policies: cilium`. Default: `false`.
    pub ping: Option<bool>,
}
