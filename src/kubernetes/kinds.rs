//! What is known about kinds: one table, one row a kind, first those that wharf renders. A kind that is in
//! no row is a custom one, of which nothing is known.

mod facts;

use std::sync::LazyLock;

pub use facts::{InTemplates, Instead, KindFacts, Scope};

use crate::value::Index;
use facts::{clustered, namespaced, rendered};

/// The wave of Namespaces.
const NAMESPACES: i32 = -30;
/// The wave of `AppProjects`: after the Namespaces, before the Applications that need them, and in reverse
/// order when they are deleted.
const PROJECTS: i32 = -20;
/// The wave of objects that must exist before the first pod starts. Every cluster knows their kinds, and
/// Argo CD waits for no health of theirs (Argo CD 3.5, `resource_customizations` and gitops-engine's checks).
const GUARDS: i32 = -10;

const DEFAULT_OF_CLUSTER: &str = "Traefik takes the one called `default` for all routes of the cluster";

/// Makes the enum of the kinds that wharf renders, and their rows, from one list.
macro_rules! rendered_kinds {
    ($($(#[$doc:meta])* $kind:ident = $facts:expr;)*) => {
        /// A kind that wharf renders, in the order in which objects are applied.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
            /// A kind that only templates of the user render; the object itself has its name.
            Other,
        }

        impl Kind {
            /// The kinds that wharf renders by itself.
            pub const ALL: [Self; [$(stringify!($kind)),*].len()] = [$(Self::$kind),*];
        }

        static RENDERED: [KindFacts; Kind::ALL.len() + 1] = [$($facts,)* rendered("", "", "")];
    };
}

rendered_kinds! {
    /// A core Namespace.
    Namespace = rendered("v1", "Namespace", "namespace.yaml")
        .in_cluster().at(NAMESPACES).never(Instead::Entry);
    /// An Argo CD AppProject.
    AppProject = rendered("argoproj.io/v1alpha1", "AppProject", "app-project.yaml")
        .at(PROJECTS).denied().never(Instead::Entry);
    /// A core ServiceAccount.
    ServiceAccount = rendered("v1", "ServiceAccount", "service-accounts.yaml")
        .at(GUARDS).allowed().needed_by_pods();
    /// A RoleBinding.
    RoleBinding = rendered("rbac.authorization.k8s.io/v1", "RoleBinding", "role-bindings.yaml")
        .at(GUARDS).denied();
    /// A NetworkPolicy of the Kubernetes API.
    NetworkPolicy = rendered("networking.k8s.io/v1", "NetworkPolicy", "network-policies.yaml")
        .at(GUARDS).denied().never(Instead::Policies);
    /// A CiliumNetworkPolicy, for what a NetworkPolicy cannot say.
    CiliumNetworkPolicy = rendered("cilium.io/v2", "CiliumNetworkPolicy", "cilium-network-policies.yaml")
        .at(GUARDS).denied().never(Instead::Policies);
    /// An Argo CD Application.
    Application = rendered("argoproj.io/v1alpha1", "Application", "applications.yaml")
        .denied().never(Instead::Applications);
    /// An ExternalSecret of External Secrets since 0.16.
    ExternalSecret = external_secret("external-secrets.io/v1");
    /// An ExternalSecret of older External Secrets.
    ExternalSecretBeta = external_secret("external-secrets.io/v1beta1");
    /// A cert-manager Certificate.
    Certificate = rendered("cert-manager.io/v1", "Certificate", "certificates.yaml").with_health();
    /// A Traefik `TLSStore`.
    TlsStore = rendered("traefik.io/v1alpha1", "TLSStore", "tls-stores.yaml")
        .denied().reaching(DEFAULT_OF_CLUSTER);
    /// A core Service.
    Service = rendered("v1", "Service", "services.yaml").allowed();
    /// An EndpointSlice of Kubernetes.
    EndpointSlice = rendered("discovery.k8s.io/v1", "EndpointSlice", "endpoint-slices.yaml");
    /// A Traefik `ServersTransport`.
    ServersTransport = rendered("traefik.io/v1alpha1", "ServersTransport", "servers-transports.yaml");
    /// A Gateway API `BackendTLSPolicy`.
    BackendTlsPolicy = rendered(
        "gateway.networking.k8s.io/v1", "BackendTLSPolicy", "backend-tls-policies.yaml",
    ).never(Instead::Routes);
    /// A Traefik Middleware.
    Middleware = rendered("traefik.io/v1alpha1", "Middleware", "middlewares.yaml");
    /// A Traefik `IngressRoute`.
    IngressRoute = rendered("traefik.io/v1alpha1", "IngressRoute", "ingress-routes.yaml")
        .never(Instead::Routes);
    /// A Traefik `IngressRouteTCP`.
    IngressRouteTcp = rendered("traefik.io/v1alpha1", "IngressRouteTCP", "ingress-routes-tcp.yaml")
        .never(Instead::Routes);
    /// A Traefik `IngressRouteUDP`.
    IngressRouteUdp = rendered("traefik.io/v1alpha1", "IngressRouteUDP", "ingress-routes-udp.yaml")
        .never(Instead::Routes);
    /// An Ingress of Kubernetes.
    Ingress = rendered("networking.k8s.io/v1", "Ingress", "ingresses.yaml")
        .with_health().never(Instead::Routes);
    /// A Gateway API `ReferenceGrant`.
    ReferenceGrant = rendered("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "reference-grants.yaml")
        .never(Instead::Routes);
    /// A Gateway API `HTTPRoute`.
    HttpRoute = rendered("gateway.networking.k8s.io/v1", "HTTPRoute", "http-routes.yaml")
        .with_health().never(Instead::Routes);
    /// An `ImageUpdater` of argocd-image-updater, since 1.0.
    ImageUpdater = rendered(
        "argocd-image-updater.argoproj.io/v1alpha1", "ImageUpdater", "image-updaters.yaml",
    );
}

const fn external_secret(api_version: &'static str) -> KindFacts {
    rendered(api_version, "ExternalSecret", "external-secrets.yaml").with_health().needed_by_pods()
}

/// The kinds that wharf does not render itself, by group. A template may make a kind of Kubernetes itself
/// that stays within its namespace: the policies and the Pod Security level of the entry hold for the pods
/// that it makes. A Service does only as long as it has a cluster address, which is checked.
///
/// A kind that no template may make would, beside wharf's own objects, open a namespace, admit everybody, or
/// give an application permissions that nothing in the catalog shows.
static OTHERS: &[KindFacts] = &[
    namespaced("", "ConfigMap").allowed().at(GUARDS).needed_by_pods(),
    namespaced("", "Endpoints"),
    namespaced("", "LimitRange").allowed().at(GUARDS).denied(),
    namespaced("", "PersistentVolumeClaim").allowed().needed_by_pods(),
    namespaced("", "Pod").allowed(),
    namespaced("", "ReplicationController"),
    namespaced("", "ResourceQuota").allowed().at(GUARDS).denied(),
    namespaced("", "Secret").allowed().at(GUARDS).needed_by_pods(),
    clustered("", "ComponentStatus"),
    clustered("", "Node"),
    clustered("", "PersistentVolume"),
    clustered("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    clustered("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    clustered("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    clustered("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    clustered("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    clustered("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    clustered("apiextensions.k8s.io", "CustomResourceDefinition"),
    clustered("apiregistration.k8s.io", "APIService"),
    namespaced("apps", "DaemonSet").allowed(),
    namespaced("apps", "Deployment").allowed(),
    namespaced("apps", "ReplicaSet"),
    namespaced("apps", "StatefulSet").allowed(),
    namespaced("argoproj.io", "ApplicationSet").denied().never(Instead::Applications),
    namespaced("autoscaling", "HorizontalPodAutoscaler").allowed(),
    namespaced("batch", "CronJob").allowed(),
    namespaced("batch", "Job").allowed(),
    namespaced("bitnami.com", "SealedSecret").needed_by_pods(),
    clustered("cert-manager.io", "ClusterIssuer"),
    namespaced("cert-manager.io", "Issuer"),
    clustered("certificates.k8s.io", "CertificateSigningRequest"),
    clustered("certificates.k8s.io", "ClusterTrustBundle"),
    clustered("cilium.io", "CiliumClusterwideNetworkPolicy").never(Instead::Policies),
    clustered("cilium.io", "CiliumLoadBalancerIPPool"),
    clustered("crd.antrea.io", "ClusterNetworkPolicy").never(Instead::Policies),
    namespaced("crd.antrea.io", "NetworkPolicy").never(Instead::Policies),
    clustered("crd.projectcalico.org", "GlobalNetworkPolicy"),
    namespaced("crd.projectcalico.org", "NetworkPolicy").never(Instead::Policies),
    namespaced("crd.projectcalico.org", "StagedNetworkPolicy").never(Instead::Policies),
    namespaced("extensions", "Ingress").never(Instead::Routes),
    namespaced("extensions", "NetworkPolicy").never(Instead::Policies),
    clustered("external-secrets.io", "ClusterExternalSecret"),
    clustered("external-secrets.io", "ClusterSecretStore"),
    namespaced("external-secrets.io", "SecretStore"),
    clustered("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    clustered("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    namespaced("gateway.networking.k8s.io", "GRPCRoute").never(Instead::Application),
    namespaced("gateway.networking.k8s.io", "Gateway"),
    clustered("gateway.networking.k8s.io", "GatewayClass"),
    namespaced("gateway.networking.k8s.io", "ListenerSet").never(Instead::Application),
    namespaced("gateway.networking.k8s.io", "TCPRoute").never(Instead::Application),
    namespaced("gateway.networking.k8s.io", "TLSRoute").never(Instead::Application),
    namespaced("gateway.networking.k8s.io", "UDPRoute").never(Instead::Application),
    namespaced("gateway.networking.x-k8s.io", "XListenerSet").never(Instead::Application),
    namespaced("isindir.github.com", "SopsSecret").needed_by_pods(),
    clustered("kyverno.io", "ClusterPolicy"),
    namespaced("monitoring.coreos.com", "PrometheusRule"),
    namespaced("monitoring.coreos.com", "ServiceMonitor"),
    clustered("networking.k8s.io", "IPAddress"),
    clustered("networking.k8s.io", "IngressClass"),
    clustered("networking.k8s.io", "ServiceCIDR"),
    clustered("node.k8s.io", "RuntimeClass"),
    namespaced("policy", "PodDisruptionBudget").allowed(),
    clustered("policy.networking.k8s.io", "AdminNetworkPolicy"),
    clustered("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    clustered("projectcalico.org", "GlobalNetworkPolicy"),
    namespaced("projectcalico.org", "NetworkPolicy").never(Instead::Policies),
    namespaced("projectcalico.org", "StagedNetworkPolicy").never(Instead::Policies),
    clustered("rbac.authorization.k8s.io", "ClusterRole"),
    clustered("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    namespaced("rbac.authorization.k8s.io", "Role").at(GUARDS).denied(),
    clustered("resource.k8s.io", "DeviceClass"),
    clustered("resource.k8s.io", "DeviceTaintRule"),
    clustered("resource.k8s.io", "ResourceSlice"),
    clustered("scheduling.k8s.io", "PriorityClass"),
    clustered("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    clustered("storage.k8s.io", "CSIDriver"),
    clustered("storage.k8s.io", "CSINode"),
    clustered("storage.k8s.io", "StorageClass"),
    clustered("storage.k8s.io", "VolumeAttachment"),
    clustered("storage.k8s.io", "VolumeAttributesClass"),
    clustered("storagemigration.k8s.io", "StorageVersionMigration"),
    namespaced("traefik.containo.us", "IngressRoute").never(Instead::Routes),
    namespaced("traefik.containo.us", "IngressRouteTCP").never(Instead::Application),
    namespaced("traefik.containo.us", "IngressRouteUDP").never(Instead::Application),
    namespaced("traefik.io", "TLSOption").denied().reaching(DEFAULT_OF_CLUSTER),
];

/// All rows.
fn all() -> impl Iterator<Item = &'static KindFacts> {
    RENDERED[..Kind::ALL.len()].iter().chain(OTHERS)
}

/// The rows by group and kind: each kind of a lock is looked up.
static BY_KIND: LazyLock<Index<(&str, &str), &KindFacts>> = LazyLock::new(|| {
    let mut rows = Index::with_capacity(RENDERED.len() + OTHERS.len());
    for facts in all() {
        rows.add_first((facts.kind.group.as_str(), facts.kind.kind.as_str()), facts);
    }
    rows
});

/// What is known about a kind; nothing if it is in no row.
pub fn facts(group: &str, kind: &str) -> Option<&'static KindFacts> {
    BY_KIND.get(&(group, kind)).copied()
}

/// Whether the platform denies a kind to applications.
pub fn is_denied(kind: &super::GroupKind) -> bool {
    facts(&kind.group, &kind.kind).is_some_and(|facts| facts.is_denied)
}

/// The groups of the kinds with this name.
pub fn groups_of(kind: &str) -> impl Iterator<Item = &'static str> {
    all().filter(move |facts| facts.kind.kind.as_str() == kind).map(|facts| facts.kind.group.as_str())
}

/// The kind that a word means in another case, or in the plural, as in the names of resources.
pub fn named(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    let is_meant = |kind: &&str| {
        let kind = kind.to_lowercase();
        lower == kind
            || lower.strip_suffix('s') == Some(&kind)
            || lower.strip_suffix("es") == Some(&kind)
            || kind.strip_suffix('y').is_some_and(|stem| lower == format!("{stem}ies"))
    };
    all().map(|facts| facts.kind.kind.as_str()).find(is_meant)
}

/// The kinds that the platform denies to applications, in order. Argo CD compares group and kind exactly,
/// including case (Argo CD 3.5, `isResourceInList`).
pub fn denied() -> Vec<&'static super::GroupKind> {
    let mut kinds: Vec<_> = all().filter(|facts| facts.is_denied).map(|facts| &facts.kind).collect();
    kinds.sort_unstable();
    kinds
}

impl Kind {
    /// Its row; that of other kinds has no names.
    pub fn facts(self) -> &'static KindFacts {
        &RENDERED[self as usize]
    }

    /// `kind` of the object; empty for other kinds.
    pub fn name(self) -> &'static str {
        self.facts().kind.kind.as_str()
    }

    /// `apiVersion` of the object; empty for other kinds.
    pub fn api_version(self) -> &'static str {
        self.facts().api_version
    }

    /// The sync wave of its objects, if it is the same for all of them; `0` otherwise.
    pub fn wave(self) -> i32 {
        self.facts().wave.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kind, Scope, all};

    #[test]
    fn each_kind_has_one_row() {
        let mut seen = BTreeSet::new();
        for facts in all() {
            assert!(seen.insert((&facts.kind, facts.api_version)), "{} has two rows", facts.kind);
        }
        let twice = all().count() - all().map(|facts| &facts.kind).collect::<BTreeSet<_>>().len();
        assert_eq!(twice, 1, "only ExternalSecret is rendered in two versions");
    }

    #[test]
    fn each_rendered_kind_has_an_api_version_and_a_file() {
        for kind in Kind::ALL {
            assert!(!kind.api_version().is_empty() && !kind.facts().file.is_empty(), "{kind:?}");
            assert_eq!(kind.facts().scope == Scope::Cluster, kind == Kind::Namespace, "{kind:?}");
        }
        assert_eq!(Kind::Other.name(), "");
    }
}
