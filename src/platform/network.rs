//! Facts about the network.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{Cidr, DnsLabel, Endpoint, Port};

/// Facts about the network.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The CNI plugin or controller that enforces network policies. Default: unknown.
    pub cni: Option<Cni>,
    /// The API of the policies: `kubernetes` renders NetworkPolicies only; `cilium` also renders
    /// CiliumNetworkPolicies for what a NetworkPolicy cannot say, and requires Cilium. Default: `kubernetes`.
    pub policies: Option<Policies>,
    /// The cluster's DNS. Default: CoreDNS in `kube-system`.
    pub dns: Option<Dns>,
    /// The address families of pods: `ipv4`, `ipv6`. Default: `[ipv4]`.
    pub ip_families: Option<Vec<IpFamily>>,
    /// The address ranges of pods. Default: none.
    #[serde(default)]
    pub pod_cidrs: Vec<Cidr>,
    /// The address ranges of Services. Default: none.
    #[serde(default)]
    pub service_cidrs: Vec<Cidr>,
    /// The address ranges of nodes. Default: none.
    #[serde(default)]
    pub node_cidrs: Vec<Cidr>,
    /// The addresses that nodes have in the network of the pods, such as the first ones of the range of each
    /// node with Flannel: nodes, and pods in their host network, connect to pods of other nodes from them. An
    /// empty list states that nodes have no such addresses. Default: none.
    pub node_tunnel_cidrs: Option<Vec<Cidr>>,
    /// The address ranges of load balancers. Default: none.
    #[serde(default)]
    pub load_balancer_cidrs: Vec<Cidr>,
    /// The private address ranges, which the peer `internet` excludes. Default: all addresses that are not
    /// globally reachable.
    pub private_cidrs: Option<Vec<Cidr>>,
    /// The address ranges of your LAN, for the peer `lan`. Default: none.
    #[serde(default)]
    pub lan_cidrs: Vec<Cidr>,
    /// The endpoints of the Kubernetes API server behind its Service, for the peer `kube-apiserver`:
    /// `192.0.2.10:6443`. Default: none.
    #[serde(default)]
    pub api_server: Vec<Endpoint>,
    /// Where the ingress controller runs. Default: Traefik in the namespace `traefik`.
    pub ingress_controller: Option<IngressController>,
    /// Where the software runs that scrapes metrics, such as Prometheus, for the peer `monitoring` and for
    /// `scrape`. Default: none.
    pub monitoring: Option<Monitoring>,
    /// Peers outside the catalog, by the name that edges use. Default: none.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, OutsidePeer>")]
    #[schemars(extend("propertyNames" = crate::format::schema("DnsLabel")))]
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
    /// What k3s includes: Flannel, and the part of kube-router that enforces network policies, unless k3s
    /// runs with `--disable-network-policy`.
    K3s,
    /// kube-router.
    KubeRouter,
    /// Antrea.
    Antrea,
    /// OVN-Kubernetes.
    OvnKubernetes,
    /// A CNI plugin that ignores network policies, such as plain Flannel.
    None,
}

/// The API of network policies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policies {
    /// NetworkPolicies of Kubernetes.
    #[default]
    Kubernetes,
    /// CiliumNetworkPolicies beside them.
    Cilium,
}

/// The cluster's DNS.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dns {
    /// The namespace of the DNS pods. Default: `kube-system`.
    pub namespace: Option<DnsLabel>,
    /// The labels of the DNS pods. Default: `k8s-app: kube-dns`.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// The ports that the DNS pods listen on, which policies match: `[5353/TCP, 5353/UDP]` on OpenShift.
    /// Default: `[53/TCP, 53/UDP]`.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// The address range of the node-local DNS cache: `169.254.20.10/32`. Default: none.
    pub node_local: Option<Cidr>,
    /// More address ranges of the node-local DNS cache, such as its IPv6 address: `fd00::10/128`. Default:
    /// none.
    #[serde(default)]
    pub node_local_cidrs: Vec<Cidr>,
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
    /// The namespace of the ingress controller. Default: `traefik`.
    pub namespace: Option<DnsLabel>,
    /// The labels of the ingress controller's pods. Default: `app.kubernetes.io/name: traefik`.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// Whether its pods use the host network, so that policies see the address of the node instead of the
    /// pod. Default: `false`.
    pub host_network: Option<bool>,
    /// Whether it is Cilium's own Ingress or Gateway, whose proxy is not a pod: it has no `namespace` and no
    /// `podLabels`. Requires `network.policies: cilium`. Default: `false`.
    pub cilium: Option<bool>,
    /// More ingress controllers, such as the pods of a second Gateway. All of them may connect to the pods of
    /// each route. Default: none.
    #[serde(default)]
    pub others: Vec<ControllerPods>,
}

/// The pods of another ingress controller.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControllerPods {
    /// Their namespace.
    pub namespace: DnsLabel,
    /// Their labels. Default: all pods of the namespace.
    pub pod_labels: Option<Box<BTreeMap<String, String>>>,
}

/// The pods that scrape metrics.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Monitoring {
    /// The namespace of the pods that scrape.
    pub namespace: DnsLabel,
    /// The labels of the pods that scrape: `app.kubernetes.io/name: prometheus`. Default: all pods of the
    /// namespace.
    pub pod_labels: Option<Box<BTreeMap<String, String>>>,
}

/// A peer outside the catalog: pods of a namespace, or address ranges.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutsidePeer {
    /// The namespace of the peer's pods. Default: none.
    pub namespace: Option<DnsLabel>,
    /// The labels of the peer's pods. Default: all pods of the namespace.
    #[serde(default)]
    pub pod_labels: BTreeMap<String, String>,
    /// The address ranges of the peer. Default: none.
    #[serde(default)]
    pub cidrs: Vec<Cidr>,
}
