//! `platform.yml` as it is written: facts about the cluster and the repository that all entries share.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::{Exposure, PodSecurity};
use crate::format::{Cidr, DnsLabel, DnsName, Endpoint, HttpUrl, Version, Words};

/// Facts about the cluster and the repository that every entry shares.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "wharf platform.yml")]
pub struct Platform {
    /// The git repository that the applications come from.
    pub repository: Repository,
    /// The domain that short hosts stand below.
    pub domain: DnsName,
    /// The tiers, in the order in which they are synced; `[infrastructure, platform, apps]` if it is not said.
    pub tiers: Option<Vec<Words>>,
    /// Patterns for names that follow a convention.
    pub patterns: Option<Patterns>,
    /// Facts about Argo CD.
    pub argocd: Option<ArgoCd>,
    /// Facts about the network.
    pub network: Option<Network>,
    /// How routes become objects.
    pub routing: Option<Routing>,
    /// Where the certificates of the routes come from.
    pub certificates: Option<Certificates>,
    /// What entries get that do not say otherwise.
    pub defaults: Option<Defaults>,
}

/// The git repository that the applications come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repository {
    /// Its URL, as Argo CD knows it.
    pub url: Words,
    /// The branch, tag or commit; `HEAD` if it is not said.
    pub revision: Option<Words>,
}

/// Patterns for names that follow a convention, as minijinja templates over `applicationCode` and `namespace`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patterns {
    /// The values file of an application, relative to its `path`; `values-{{ applicationCode }}.yml` if it is not said.
    pub values_file: Option<Words>,
}

/// Facts about Argo CD.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArgoCd {
    /// The namespace that Argo CD runs in; `argocd` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// Its version.
    pub version: Option<Version>,
    /// The API server of the cluster that the applications go to; `https://kubernetes.default.svc` if it is not said.
    pub server: Option<HttpUrl>,
    /// Whether the Lua health check for Applications is installed, without which sync waves between Applications do not wait.
    pub application_health: Option<bool>,
}

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
    /// kube-router, which k3s brings along.
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
    /// Whether its pods use the network of their node, so that policies see the node's address instead of the pod.
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

/// How routes become objects.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Routing {
    /// The kind of object that a route becomes; `traefik` if it is not said.
    pub kind: Option<RoutingKind>,
    /// The entry points of the ingress controller that routes are attached to; one called `websecure` with TLS if it is not said.
    pub entry_points: Option<Vec<EntryPoint>>,
    /// Facts about Traefik.
    pub traefik: Option<Traefik>,
    /// Who may come in by a route that does not say otherwise. Without it each route has to say `auth: none` and why.
    pub auth: Option<PlatformAuth>,
}

/// The kind of object that a route becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoutingKind {
    /// Traefik's IngressRoute.
    #[default]
    Traefik,
}

/// A port on which the ingress controller listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryPoint {
    /// Its name in the controller's static configuration.
    pub name: DnsLabel,
    /// The side that it is reached from.
    pub exposure: Exposure,
    /// The port that clients connect to.
    pub port: u16,
    /// Whether clients speak TLS to it.
    pub tls: bool,
}

/// Facts about Traefik.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traefik {
    /// Its version.
    pub version: Option<Version>,
    /// Whether `providers.kubernetesCRD.allowCrossNamespace` is on; Traefik's own default is `false`.
    pub allow_cross_namespace: Option<bool>,
    /// Whether the entry points with TLS have `http.tls` in the static configuration, as the Helm chart's have; `true` if it is not said.
    pub entry_point_tls: Option<bool>,
    /// The class that `providers.kubernetesCRD.ingressClass` is set to, if it is.
    pub ingress_class: Option<DnsName>,
}

/// Who may come in: a Middleware that exists, or a forward-auth service for which one is made in each namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlatformAuth {
    /// A Middleware of one namespace that all routes share; needs `routing.traefik.allowCrossNamespace`.
    pub middleware: Option<SharedMiddleware>,
    /// A service that Traefik asks about each request; each namespace gets a Middleware of its own.
    pub forward_auth: Option<ForwardAuth>,
}

/// A Middleware of one namespace that all routes share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedMiddleware {
    /// Its name.
    pub name: DnsName,
    /// Its namespace.
    pub namespace: DnsLabel,
}

/// A service that Traefik asks about each request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardAuth {
    /// Its URL.
    pub address: HttpUrl,
    /// Whether the forwarded headers of the request are passed on as they are.
    pub trust_forward_header: Option<bool>,
    /// Headers of its answer that the app gets.
    #[serde(default)]
    pub auth_response_headers: Vec<Words>,
}

/// Where the certificates of the routes come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificates {
    /// How certificates are made; `none` if it is not said.
    pub mode: Option<CertificateMode>,
    /// The cert-manager issuer; required for `wildcard` and `certificate`.
    pub issuer: Option<Issuer>,
    /// The name of Traefik's certificate resolver; required for `resolver`.
    pub resolver: Option<DnsLabel>,
}

/// How certificates are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateMode {
    /// wharf makes none: something else sees to it.
    #[default]
    None,
    /// One certificate for the domain and all hosts right below it, served by Traefik's default TLSStore.
    Wildcard,
    /// One certificate for each route, in its namespace.
    Certificate,
    /// Traefik's own certificate resolver.
    Resolver,
}

/// A cert-manager issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Issuer {
    /// `ClusterIssuer` or `Issuer`.
    pub kind: IssuerKind,
    /// Its name.
    pub name: DnsName,
}

/// The scope of a cert-manager issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum IssuerKind {
    /// One for the whole cluster.
    ClusterIssuer,
    /// One of the namespace that the Certificate is in.
    Issuer,
}

impl IssuerKind {
    /// The kind in `issuerRef`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterIssuer => "ClusterIssuer",
            Self::Issuer => "Issuer",
        }
    }
}

/// What entries get that do not say otherwise.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// The Pod Security level of namespaces; `baseline` if it is not said.
    pub pod_security: Option<PodSecurity>,
}
