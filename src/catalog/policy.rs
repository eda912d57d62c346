//! The network policies of an entry.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{Cidr, DnsLabel, DnsName, Fqdn, NonEmptyString, Port};

/// A network profile, and additional edges of the entry.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetworkPolicies {
    /// The network profile: a built-in profile, a file of `profiles/`, or `none` for no policies at all,
    /// which requires a `reason`.
    pub profile: NonEmptyString,
    /// Why the entry needs such a permissive profile. Required for `none`, `unrestricted` and profiles with
    /// `reasonRequired`. Default: none.
    pub reason: Option<NonEmptyString>,
    /// Allowed egress from this namespace. An edge to another entry also allows the ingress on that entry's
    /// side. Default: none.
    #[serde(default)]
    pub egress: Vec<Egress>,
    /// Allowed ingress to this namespace from peers that are not entries. Default: none.
    #[serde(default)]
    pub ingress: Vec<Ingress>,
    /// The ports on which the platform's `network.monitoring` reads metrics of the pods. Default: those of
    /// the pods that the lock knows to be scraped.
    #[serde(default)]
    pub scrape: Vec<Port>,
    /// The ports on which the API server calls webhooks of the pods. A NetworkPolicy cannot say where these
    /// calls come from and opens the ports to everybody; with `network.policies: cilium` only the API server
    /// and the nodes may connect. Default: those of the pods that the lock knows to be called.
    #[serde(default)]
    pub webhooks: Vec<Port>,
}

/// An egress edge, to exactly one of `namespace`, `to`, `cidr`, `host` and `fqdn`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Egress {
    /// The namespace of another entry; the policies of both sides are rendered. Default: none.
    pub namespace: Option<DnsLabel>,
    /// The name of a peer: `internet`, `lan`, `cluster` …, or one of the platform's `network.peers`. Default:
    /// none.
    pub to: Option<Box<NonEmptyString>>,
    /// A range of addresses in CIDR notation. Default: none.
    pub cidr: Option<Box<Cidr>>,
    /// A host of a route of this catalog, called by its public name: the edge leads to the ingress
    /// controller. The `ports` are those of the controller's pods. Default: none.
    pub host: Option<Box<DnsName>>,
    /// A name of a host outside of the cluster, `api.github.com`, or a pattern, `*.github.com`. Requires
    /// `network.policies: cilium`. Default: none.
    pub fqdn: Option<Box<Fqdn>>,
    /// The labels of the pods that connect: `app.kubernetes.io/name: web`. Default: all pods of this
    /// namespace.
    pub from_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The labels of the pods that are connected to. Only for `namespace`, and for `to` with
    /// `same-namespace`, `cluster` or pods of `network.peers`. Default: all pods of the peer.
    pub to_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The ports that the receiving pods listen on. Default: all ports; none with `ping`.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Whether ICMP echo requests are allowed (`ping`): without `ports`, they alone. Requires
    /// `network.policies: cilium`. Default: `false`.
    pub ping: Option<bool>,
}

/// An ingress edge, from exactly one of `from` and `cidr`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ingress {
    /// The name of a peer: `lan`, `cluster`, `anywhere` …, or one of the platform's `network.peers`. Default:
    /// none.
    pub from: Option<Box<NonEmptyString>>,
    /// A range of addresses in CIDR notation. Default: none.
    pub cidr: Option<Box<Cidr>>,
    /// The labels of the pods that connect. Only for `from` with `same-namespace`, `cluster` or pods of
    /// `network.peers`. Default: all pods of the peer.
    pub from_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The labels of the pods that are connected to: `app.kubernetes.io/name: web`. Default: all pods of this
    /// namespace.
    pub to_pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The ports that this namespace's pods listen on. Default: all ports; none with `ping`.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Whether ICMP echo requests are allowed (`ping`): without `ports`, they alone. Requires
    /// `network.policies: cilium`. Default: `false`.
    pub ping: Option<bool>,
}
