//! The network policies that an entry asks for.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{Cidr, DnsLabel, NonEmptyString, Port};

/// A profile, and the edges that this entry has besides.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkPolicies {
    /// The profile: a built-in one, one of `profiles/`, or `none` for no policies at all, which needs a
    /// `reason`.
    pub profile: NonEmptyString,
    /// Why the profile may open the namespace as far as it does; required for `none` and `unrestricted`.
    pub reason: Option<NonEmptyString>,
    /// Edges out of this namespace. An edge to another entry opens that entry's side as well.
    #[serde(default)]
    pub egress: Vec<Egress>,
    /// Edges into this namespace from things that are not entries.
    #[serde(default)]
    pub ingress: Vec<Ingress>,
}

/// An edge out: to exactly one of `namespace`, `to` and `cidr`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Egress {
    /// The namespace of another entry; both sides of the edge are made.
    pub namespace: Option<DnsLabel>,
    /// A named peer: `internet`, `lan`, `cluster` …, or one of the platform's `network.peers`.
    pub to: Option<NonEmptyString>,
    /// A range of addresses.
    pub cidr: Option<Cidr>,
    /// The ports that the receiving pods listen on; all if it is not said.
    #[serde(default)]
    pub ports: Vec<Port>,
}

/// An edge in: from exactly one of `from` and `cidr`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ingress {
    /// A named peer: `lan`, `cluster`, `anywhere` …, or one of the platform's `network.peers`.
    pub from: Option<NonEmptyString>,
    /// A range of addresses.
    pub cidr: Option<Cidr>,
    /// The ports that this namespace's pods listen on; all if it is not said.
    #[serde(default)]
    pub ports: Vec<Port>,
}
