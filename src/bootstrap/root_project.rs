//! The AppProject of the root application: exactly what the rendered objects need, so that a fault of wharf's
//! own, or a file that strayed into the folder, cannot make Argo CD apply, say, a `ClusterRoleBinding`. It is
//! no wall against whoever may write to the repository: an AppProject is among what they may make.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::{FileId, Location};
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{ArgoCd, Model};
use crate::value::{Map, Text};

/// Before the root application, wherever both are applied as one.
const WAVE: i32 = -20;

pub(super) fn root_project(model: &Model, objects: &[Object]) -> Object {
    let platform = &model.platform;
    let spec = Map::new()
        .with("description", "Applies what wharf makes of applications.yml, and nothing else.")
        .with("sourceRepos", vec![platform.repository.clone()])
        .with("destinations", destinations(model, objects))
        .with_filled("clusterResourceWhitelist", cluster_resources(model, objects))
        .with_filled("namespaceResourceWhitelist", namespace_resources(objects));
    Object::new(
        Kind::AppProject,
        platform.argocd.root.name.clone(),
        WAVE,
        &platform.argocd.namespace,
        &origins(),
    )
    .within(&platform.argocd.namespace)
    .spec(spec)
}

/// What asks for the root application and its project.
pub(super) fn origins() -> Arc<[Origin]> {
    Arc::new([Origin::line(Location::root(FileId::PLATFORM).key("argocd").key("root"))])
}

/// The namespaces that objects are in, and the one that the root application names as its own.
fn destinations(model: &Model, objects: &[Object]) -> Vec<Map> {
    let argocd = &model.platform.argocd;
    let namespaces: BTreeSet<&Text> =
        objects.iter().filter_map(|object| object.namespace.as_ref()).chain([&argocd.namespace]).collect();
    namespaces
        .into_iter()
        .map(|namespace| Map::new().with("server", &argocd.server).with("namespace", namespace))
        .collect()
}

/// Objects of the whole cluster: by name, where Argo CD knows names there.
fn cluster_resources(model: &Model, objects: &[Object]) -> Vec<Map> {
    let by_name = model.platform.argocd.reaches(ArgoCd::RESOURCE_NAMES);
    let scoped = objects.iter().filter(|object| object.namespace.is_none());
    let resources: BTreeSet<_> =
        scoped.map(|object| (group_kind(object), by_name.then_some(&object.name))).collect();
    resources.into_iter().map(|(resource, name)| item(resource).with_some("name", name)).collect()
}

fn namespace_resources(objects: &[Object]) -> Vec<Map> {
    let resources: BTreeSet<_> =
        objects.iter().filter(|object| object.namespace.is_some()).map(group_kind).collect();
    resources.into_iter().map(item).collect()
}

fn item((group, kind): (&str, &str)) -> Map {
    Map::new().with("group", Text::from(group.to_owned())).with("kind", Text::from(kind.to_owned()))
}

/// The group of an object's kind, which is empty for those of the core, and its name.
fn group_kind(object: &Object) -> (&str, &str) {
    (group(object), object.kind_name())
}

/// The API group of an object, without its version.
pub(super) fn group(object: &Object) -> &str {
    object.api_version().split_once('/').map_or("", |(group, _)| group)
}
