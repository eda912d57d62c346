//! What is known about API groups: one table, one row a group. It says who brings their kinds into a cluster.

use std::sync::LazyLock;

use super::GroupKind;
use crate::value::Index;

/// Who brings the kinds of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Kubernetes itself, in every version and configuration.
    Kubernetes,
    /// Kubernetes itself; some of the kinds depend on its version or configuration.
    SomeKubernetes,
    /// Argo CD, without which nothing of this is applied.
    ArgoCd,
    /// A controller, by an application of the catalog or beside it.
    Component(Component),
}

/// A controller that brings kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// What people call it.
    pub name: &'static str,
    /// What its chart, and mostly its application, is called.
    pub charts: &'static [&'static str],
}

const fn component(name: &'static str, charts: &'static [&'static str]) -> Provider {
    Provider::Component(Component { name, charts })
}

static GROUPS: [(&str, Provider); 27] = [
    ("", Provider::Kubernetes),
    ("admissionregistration.k8s.io", Provider::SomeKubernetes),
    ("apiextensions.k8s.io", Provider::SomeKubernetes),
    ("apiregistration.k8s.io", Provider::SomeKubernetes),
    ("apps", Provider::Kubernetes),
    ("argocd-image-updater.argoproj.io", component("Argo CD Image Updater", &["argocd-image-updater"])),
    ("argoproj.io", Provider::ArgoCd),
    ("autoscaling", Provider::Kubernetes),
    ("batch", Provider::Kubernetes),
    ("cert-manager.io", component("cert-manager", &["cert-manager"])),
    ("certificates.k8s.io", Provider::SomeKubernetes),
    ("cilium.io", component("Cilium", &["cilium"])),
    ("coordination.k8s.io", Provider::SomeKubernetes),
    ("discovery.k8s.io", Provider::SomeKubernetes),
    ("external-secrets.io", component("External Secrets", &["external-secrets"])),
    ("flowcontrol.apiserver.k8s.io", Provider::SomeKubernetes),
    ("gateway.networking.k8s.io", component("the Gateway API", &["gateway-api", "gateway-api-crds"])),
    (
        "monitoring.coreos.com",
        component("Prometheus Operator", &["kube-prometheus-stack", "prometheus-operator-crds"]),
    ),
    ("networking.k8s.io", Provider::Kubernetes),
    ("node.k8s.io", Provider::SomeKubernetes),
    ("policy", Provider::Kubernetes),
    ("rbac.authorization.k8s.io", Provider::Kubernetes),
    ("resource.k8s.io", Provider::SomeKubernetes),
    ("scheduling.k8s.io", Provider::Kubernetes),
    ("storage.k8s.io", Provider::Kubernetes),
    ("storagemigration.k8s.io", Provider::SomeKubernetes),
    ("traefik.io", component("Traefik", &["traefik"])),
];

static BY_NAME: LazyLock<Index<&str, Provider>> = LazyLock::new(|| {
    let mut rows = Index::with_capacity(GROUPS.len());
    for (name, provider) in GROUPS {
        rows.add_first(name, provider);
    }
    rows
});

/// Who brings the kinds of a group; nothing if nobody knows. Groups below `k8s.io` may also be those of
/// projects of Kubernetes, as Gateway API is.
pub fn provider(group: &str) -> Option<Provider> {
    BY_NAME.get(group).copied()
}

/// Whether a kind belongs to Kubernetes itself.
pub fn is_builtin(kind: &GroupKind) -> bool {
    matches!(provider(&kind.group), Some(Provider::Kubernetes | Provider::SomeKubernetes))
}

/// Whether a kind of this group may be missing until an application of the catalog brings it.
pub fn may_come_later(group: &str) -> bool {
    group.contains('.') && provider(group) != Some(Provider::Kubernetes)
}

#[cfg(test)]
mod tests {
    use super::{GROUPS, Provider, provider};

    #[test]
    fn each_group_is_found() {
        assert!(GROUPS.is_sorted_by(|(one, _), (other, _)| one < other));
        assert_eq!(provider(""), Some(Provider::Kubernetes));
        assert_eq!(provider("example.com"), None);
    }
}
