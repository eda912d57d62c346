//! What any catalog of this platform may contain, whatever its entries are.
//!
//! Argo CD checks all objects of a commit against the project before it applies the first one (Argo CD 3.6,
//! `sync_context.go`). A project that names namespaces or kinds would therefore have to be applied manually
//! before each commit that adds one. This one depends only on `platform.yml`, and permits every namespaced
//! kind: which kinds occur depends on the templates, and on the version of wharf.

use std::collections::BTreeSet;

use super::{destination, item};
use crate::emit;
use crate::kubernetes::{Kind, Object};
use crate::model::{ArgoCd, Certificates, Platform, RESERVED_NAMESPACES, is_system_namespace};
use crate::names::Namespace;
use crate::value::{Map, Text};

/// The system namespaces of Kubernetes.
const SYSTEM: &str = "kube-*";

/// A kind that neither wharf nor a template renders: it would create Applications that are not in the
/// catalog, in any project.
const DENIED: (&str, &str) = ("argoproj.io", "ApplicationSet");

/// What the project permits.
pub(super) fn permissions(platform: &Platform) -> Map {
    let denied = denied_namespaces(platform).into_iter().map(|namespace| format!("!{namespace}").into());
    let destinations =
        [Text::constant("*")].into_iter().chain(denied).map(|namespace| destination(platform, &namespace));
    Map::new()
        .with("destinations", destinations.collect::<Vec<_>>())
        .with("clusterResourceWhitelist", cluster_resources(platform))
        .with_filled("clusterResourceBlacklist", denied_cluster_resources(platform))
        .with("namespaceResourceBlacklist", vec![item(DENIED.0, DENIED.1)])
}

/// Namespaces, and the additional kinds of the platform.
fn cluster_resources(platform: &Platform) -> Vec<Map> {
    let asked = platform.argocd.root.cluster_resources.iter().map(|asked| (&*asked.group, &*asked.kind));
    let all: BTreeSet<_> = asked.chain([("", "Namespace")]).collect();
    all.into_iter().map(|(group, kind)| item(group, kind)).collect()
}

/// The system Namespaces of Kubernetes, if Argo CD supports names there.
fn denied_cluster_resources(platform: &Platform) -> Vec<Map> {
    let by_name = platform.argocd.reaches(ArgoCd::RESOURCE_NAMES);
    by_name.then(|| item("", "Namespace").with("name", SYSTEM)).into_iter().collect()
}

/// The namespaces that the project denies; none if Argo CD does not support it. A denial always wins (Argo CD
/// 3.5, `IsDestinationPermitted`), so where the platform itself needs one of `kube-*` the others are denied
/// one by one.
fn denied_namespaces(platform: &Platform) -> Vec<Text> {
    if platform.argocd.older_than(ArgoCd::DENIED_DESTINATIONS).is_some() {
        return Vec::new();
    }
    let needed = system_namespaces(platform);
    if needed.is_empty() {
        return vec![SYSTEM.into()];
    }
    let others = RESERVED_NAMESPACES
        .into_iter()
        .filter(|name| is_system_namespace(name) && !needed.iter().any(|needed| needed.as_str() == *name));
    others.map(Text::constant).collect()
}

/// The namespaces `kube-*` with objects that `platform.yml` requires, whatever the entries are.
pub(in crate::bootstrap) fn system_namespaces(platform: &Platform) -> BTreeSet<Namespace> {
    let wildcard = matches!(platform.certificates, Certificates::Wildcard(..));
    let served = emit::controller(&platform.routing.renderer).namespaces(platform);
    let callback = platform.routing.auth.callback().map(|callback| Namespace::new(&callback.namespace));
    let all =
        served.into_iter().filter(|_| wildcard).chain(callback).chain([platform.argocd.namespace.clone()]);
    all.filter(|namespace| is_system_namespace(namespace.as_str())).collect()
}

/// Whether objects of this namespace are permitted.
pub(crate) fn permits_namespace(namespace: &Namespace, platform: &Platform) -> bool {
    !is_system_namespace(namespace.as_str())
        || platform.argocd.older_than(ArgoCd::DENIED_DESTINATIONS).is_some()
        || system_namespaces(platform).contains(namespace)
}

/// Whether the kind of a cluster-scoped object is permitted.
pub(crate) fn permits_cluster_kind(object: &Object, platform: &Platform) -> bool {
    let asked = &platform.argocd.root.cluster_resources;
    object.kind == Kind::Namespace
        || asked.iter().any(|asked| object.group_kind().is(&asked.group, &asked.kind))
}
