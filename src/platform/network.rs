//! Facts about the network.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{Cidr, DnsLabel, Endpoint};

/// Facts about the network.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// What enforces network policies.
    pub cni: Option<Cni>,
    /// The cluster's DNS; CoreDNS in `kube-system` if it is not said.
    pub dns: Option<Dns>,
    /// The address families of the pods; IPv4 if it is not said.
    pub ip_families: Option<Vec<IpFamily>>,
    /// The addresses of pods.
    #[serde(default)]
    pub pod_cidrs: Vec<Cidr>,
    /// The addresses of services.
    #[serde(default)]
    pub service_cidrs: Vec<Cidr>,
    /// The addresses of nodes.
    #[serde(default)]
    pub node_cidrs: Vec<Cidr>,
    /// The addresses of load balancers.
    #[serde(default)]
    pub load_balancer_cidrs: Vec<Cidr>,
    /// The addresses that do not count as internet; all that are not globally reachable if it is not said.
    pub private_cidrs: Option<Vec<Cidr>>,
    /// The addresses of the own network, for the peer `lan`.
    #[serde(default)]
    pub lan_cidrs: Vec<Cidr>,
    /// The addresses of the Kubernetes API server behind its Service, for the peer `kube-apiserver`.
    #[serde(default)]
    pub api_server: Vec<Endpoint>,
    /// Where the ingress controller runs.
    pub ingress_controller: Option<IngressController>,
    /// Peers outside the catalog, by the name that edges use.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, OutsidePeer>", extend("propertyNames" = crate::format::schema("DnsLabel")))]
    pub peers: BTreeMap<DnsLabel, OutsidePeer>,
}

/// What enforces network policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cni {
    /// Cilium.
    Cilium,
    /// Calico.
    Calico,
    /// What k3s brings along: Flannel, and a part of kube-router that enforces the policies, unless k3s runs
    /// with `--disable-network-policy`.
    K3s,
    /// kube-router.
    KubeRouter,
    /// Antrea.
    Antrea,
    /// OVN-Kubernetes.
    OvnKubernetes,
    /// Something that takes network policies and enforces none, such as plain Flannel.
    None,
}

/// The cluster's DNS.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dns {
    /// Its namespace; `kube-system` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// The labels of its pods; `k8s-app: kube-dns` if it is not said.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// The address range of the node-local DNS cache, if there is one: `169.254.20.10/32`.
    pub node_local: Option<Cidr>,
}

/// An address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IpFamily {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

/// Where the ingress controller runs.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressController {
    /// Its namespace; `traefik` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// The labels of its pods; `app.kubernetes.io/name: traefik` if it is not said.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// Whether its pods use the network of their node, so that policies see the node's address instead of the
    /// pod.
    pub host_network: Option<bool>,
}

/// A peer outside the catalog: pods of a namespace, or ranges of addresses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutsidePeer {
    /// The namespace of its pods.
    pub namespace: Option<DnsLabel>,
    /// The labels of its pods; all pods of the namespace if it is not said.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// Its addresses.
    #[serde(default)]
    pub cidrs: Vec<Cidr>,
}
