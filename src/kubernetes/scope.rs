//! Which kinds of Kubernetes itself are cluster-scoped (Kubernetes 1.36); a custom kind is what its
//! definition says.

use super::resource::GroupKind;

/// The cluster-scoped kinds by group.
const CLUSTER_SCOPED: [(&str, &[&str]); 13] = [
    ("", &["ComponentStatus", "Namespace", "Node", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &[
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
        ],
    ),
    ("apiextensions.k8s.io", &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["APIService"]),
    ("certificates.k8s.io", &["CertificateSigningRequest", "ClusterTrustBundle"]),
    ("flowcontrol.apiserver.k8s.io", &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["IPAddress", "IngressClass", "ServiceCIDR"]),
    ("node.k8s.io", &["RuntimeClass"]),
    ("rbac.authorization.k8s.io", &["ClusterRole", "ClusterRoleBinding"]),
    ("resource.k8s.io", &["DeviceClass", "DeviceTaintRule", "ResourceSlice"]),
    ("scheduling.k8s.io", &["PriorityClass"]),
    (
        "storage.k8s.io",
        &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"],
    ),
    ("storagemigration.k8s.io", &["StorageVersionMigration"]),
];

/// The groups of Kubernetes itself that have namespaced kinds only.
const NAMESPACED_GROUPS: [&str; 6] =
    ["apps", "autoscaling", "batch", "coordination.k8s.io", "discovery.k8s.io", "policy"];

/// Whether a kind of Kubernetes itself is cluster-scoped; nothing for a custom kind.
pub fn is_cluster_scoped(kind: &GroupKind) -> Option<bool> {
    if let Some((_, kinds)) = CLUSTER_SCOPED.iter().find(|(group, _)| *group == kind.group.as_str()) {
        return Some(kinds.contains(&kind.kind.as_str()));
    }
    is_builtin(kind).then_some(false)
}

/// Whether a kind belongs to Kubernetes itself. Groups below `k8s.io` may also be those of its projects, as
/// Gateway API is.
pub fn is_builtin(kind: &GroupKind) -> bool {
    is_builtin_group(&kind.group)
}

/// Whether a group belongs to Kubernetes itself.
pub fn is_builtin_group(group: &str) -> bool {
    CLUSTER_SCOPED.iter().any(|(known, _)| *known == group) || NAMESPACED_GROUPS.contains(&group)
}
