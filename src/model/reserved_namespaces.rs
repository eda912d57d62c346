//! Namespaces that belong to the cluster itself.

/// Those that every cluster has.
pub(crate) const RESERVED_NAMESPACES: [&str; 4] =
    ["default", "kube-node-lease", "kube-public", "kube-system"];

/// What the names of Kubernetes' own namespaces begin with; the prefix is reserved for them (Kubernetes,
/// "Namespaces").
const SYSTEM_PREFIX: &str = "kube-";

/// Whether the namespace has the prefix that is reserved for Kubernetes' own.
pub(crate) fn is_system_namespace(name: &str) -> bool {
    name.starts_with(SYSTEM_PREFIX)
}
