//! Exactly what the rendered objects need.

use std::collections::BTreeSet;

use super::{destination, item};
use crate::kubernetes::Object;
use crate::model::{ArgoCd, Model};
use crate::names::Namespace;
use crate::value::Map;

/// What the project permits. It names every namespace and kind, and has to be applied again whenever one is
/// added or removed.
pub(super) fn permissions(model: &Model, objects: &[Object]) -> Map {
    Map::new()
        .with("destinations", destinations(model, objects))
        .with_filled("clusterResourceWhitelist", cluster_resources(model, objects))
        .with_filled("namespaceResourceWhitelist", namespace_resources(objects))
}

/// The namespaces of the objects, and the destination of the root application.
fn destinations(model: &Model, objects: &[Object]) -> Vec<Map> {
    let own = &model.platform.argocd.namespace;
    let namespaces: BTreeSet<&Namespace> =
        objects.iter().filter_map(|object| object.namespace.as_ref()).chain([own]).collect();
    namespaces.into_iter().map(|namespace| destination(&model.platform, namespace)).collect()
}

/// Cluster-scoped objects: by name, if Argo CD supports names there.
fn cluster_resources(model: &Model, objects: &[Object]) -> Vec<Map> {
    let by_name = model.platform.argocd.reaches(ArgoCd::RESOURCE_NAMES);
    let scoped = objects.iter().filter(|object| object.namespace.is_none());
    let resources: BTreeSet<_> =
        scoped.map(|object| (object.group_kind(), by_name.then_some(&object.name))).collect();
    resources.into_iter().map(|(kind, name)| item(&kind.group, &kind.kind).with_some("name", name)).collect()
}

fn namespace_resources(objects: &[Object]) -> Vec<Map> {
    let resources: BTreeSet<_> =
        objects.iter().filter(|object| object.namespace.is_some()).map(Object::group_kind).collect();
    resources.into_iter().map(|kind| item(&kind.group, &kind.kind)).collect()
}
