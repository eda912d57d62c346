//! Which kinds a template may make, and how far they reach.

/// Kinds that wharf makes from the catalog, and what to write for them: an object of these beside ours would
/// open a namespace, let everybody in, or give an application rights that nothing in the catalog shows.
const OWNED: [(&str, &str, &str); 14] = [
    ("", "Namespace", "an entry"),
    ("argoproj.io", "AppProject", "an entry"),
    ("argoproj.io", "Application", "`applications`"),
    ("argoproj.io", "ApplicationSet", "`applications`"),
    ("networking.k8s.io", "NetworkPolicy", "`networkPolicies`"),
    ("cilium.io", "CiliumNetworkPolicy", "`networkPolicies`"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy", "`networkPolicies`"),
    ("crd.projectcalico.org", "NetworkPolicy", "`networkPolicies`"),
    ("projectcalico.org", "NetworkPolicy", "`networkPolicies`"),
    ("networking.k8s.io", "Ingress", "`routes`"),
    ("traefik.io", "IngressRoute", "`routes`"),
    ("gateway.networking.k8s.io", "HTTPRoute", "`routes`"),
    ("extensions", "Ingress", "`routes`"),
    ("extensions", "NetworkPolicy", "`networkPolicies`"),
];

/// Kinds of Kubernetes itself and of common operators that belong to no namespace.
const CLUSTERED: [(&str, &str); 32] = [
    ("", "Node"),
    ("", "PersistentVolume"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("cert-manager.io", "ClusterIssuer"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("cilium.io", "CiliumLoadBalancerIPPool"),
    ("external-secrets.io", "ClusterExternalSecret"),
    ("external-secrets.io", "ClusterSecretStore"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("kyverno.io", "ClusterPolicy"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
];

/// Kinds that every cluster knows, without health and without pods (Argo CD 3.5, `resource_customizations`
/// and gitops-engine's checks).
const GUARDS: [(&str, &str); 7] = [
    ("", "ConfigMap"),
    ("", "LimitRange"),
    ("", "ResourceQuota"),
    ("", "Secret"),
    ("", "ServiceAccount"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
];

/// Groups of Kubernetes itself that have a dot.
const BUILT_IN: [&str; 4] =
    ["networking.k8s.io", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io"];

/// What to write in the catalog for a kind that wharf makes from it.
pub(super) fn owner(group: &str, kind: &str) -> Option<&'static str> {
    OWNED.iter().find(|(owned, name, _)| (*owned, *name) == (group, kind)).map(|(_, _, key)| *key)
}

pub(super) fn is_clustered(group: &str, kind: &str) -> bool {
    CLUSTERED.contains(&(group, kind))
}

/// Whether an object in one namespace has an effect in all of them.
pub(super) fn reaches_out(group: &str, kind: &str) -> bool {
    group == "traefik.io" && matches!(kind, "TLSOption" | "TLSStore")
}

pub(super) fn is_guard(group: &str, kind: &str) -> bool {
    GUARDS.contains(&(group, kind))
}

/// Whether a kind of this group may come with an application.
pub(super) fn is_custom(group: &str) -> bool {
    group.contains('.') && !BUILT_IN.contains(&group)
}
