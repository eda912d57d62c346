//! What is compared of an object: what a person or a tool wrote, not what the cluster added.

use super::before::Before;
use super::facts;
use crate::cluster::Cluster;
use crate::kubernetes::Resource;
use crate::value::{Map, Text};

/// Keys of `metadata` that the API server writes.
const OF_SERVER: [&str; 7] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Annotations by which tools recognize objects.
const TRACKING: [&str; 4] = [
    "argocd.argoproj.io/tracking-id",
    "kubectl.kubernetes.io/last-applied-configuration",
    "argocd.argoproj.io/hydrate",
    "argocd.argoproj.io/refresh",
];

/// The objects that somebody wrote, without what the cluster added. The values of Secrets are dropped.
pub(super) fn before(read: &Before) -> Before {
    let argocd = facts::argocd_namespace(&read.cluster);
    let all = read.cluster.resources().iter().zip(&read.origins);
    // what an ApplicationSet generates belongs to it, and is imported in its place
    let written = all.filter(|(resource, _)| {
        resource.kind.is("argoproj.io", "Application")
            || resource.at(&["metadata", "ownerReferences"]).is_none()
    });
    let (resources, origins) =
        written.map(|(resource, origin)| (cleaned(resource, argocd), origin.clone())).unzip();
    Before { cluster: Cluster::new(resources), origins, others: read.others.clone() }
}

/// `argocd` is the namespace of Argo CD, where its objects are if they name none.
fn cleaned(resource: &Resource, argocd: &str) -> Resource {
    let is_argocd = resource.kind.group.as_str() == "argoproj.io";
    let namespace = resource.namespace.clone().or_else(|| is_argocd.then(|| Text::copied(argocd)));
    let secret = resource.kind.is("", "Secret");
    let dropped = |key: &str| key == "status" || secret && (key == "data" || key == "stringData");
    let kept = resource.value.iter().filter(|(key, _)| !dropped(key.as_str()));
    let kept: Map = kept
        .map(|(key, value)| match value.map().filter(|_| key.as_str() == "metadata") {
            Some(metadata) => {
                let own = metadata_of(metadata);
                (key.clone(), identified(&own, &resource.name, namespace.as_ref()).into())
            }
            None => (key.clone(), value.clone()),
        })
        .collect();
    let value = Map::new()
        .with("apiVersion", api_version(resource))
        .with("kind", resource.kind.kind.clone())
        .merged(&kept);
    Resource { namespace, value, ..resource.clone() }
}

/// The version of the API; what an ApplicationSet generates does not write it.
fn api_version(resource: &Resource) -> String {
    match resource.kind.group.as_str() {
        "" => resource.version.to_string(),
        group => format!("{group}/{}", resource.version),
    }
}

/// Metadata with the name and the namespace that the object gets where it is deployed.
fn identified(metadata: &Map, name: &Text, namespace: Option<&Text>) -> Map {
    let rest = metadata.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "namespace"));
    let rest: Map = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
    Map::new().with("name", name.clone()).with_some("namespace", namespace.cloned()).merged(&rest)
}

fn metadata_of(metadata: &Map) -> Map {
    let kept = metadata.iter().filter(|(key, _)| !OF_SERVER.contains(&key.as_str()));
    kept.filter_map(|(key, value)| {
        let cleaned = match value.map().filter(|_| key.as_str() == "annotations") {
            Some(annotations) => {
                let kept: Map = annotations
                    .iter()
                    .filter(|(key, _)| !TRACKING.contains(&key.as_str()))
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                (!kept.is_empty()).then(|| kept.into())?
            }
            None => value.clone(),
        };
        Some((key.clone(), cleaned))
    })
    .collect()
}
