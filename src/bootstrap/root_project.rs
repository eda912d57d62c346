//! The AppProject of the root application, so that a bug of wharf, or a foreign file in the folder, cannot
//! make Argo CD apply, for example, a `ClusterRoleBinding`. It is not a security boundary against those who
//! may write to the repository: they may also change an `AppProject`.

mod exact;
mod general;

use std::sync::Arc;

pub(super) use general::system_namespaces;
pub(crate) use general::{permits_cluster_kind, permits_namespace};

use crate::diagnostics::{FileId, Location};
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Model, Platform};
use crate::platform::RootProject;
use crate::value::{Map, Text, Value};

/// Before the root application, if both are applied together.
const WAVE: i32 = -20;

pub(super) fn root_project(model: &Model, objects: &[Object]) -> Object {
    let platform = &model.platform;
    let permissions = match platform.argocd.root.project {
        RootProject::General => general::permissions(platform),
        RootProject::Exact => exact::permissions(model, objects),
    };
    let spec = Map::new()
        .with("description", "Applies what wharf renders from applications.yml.")
        .with("sourceRepos", vec![platform.repository.clone()]);
    Object::new(
        Kind::AppProject,
        platform.argocd.root.project_name.to_text(),
        WAVE,
        &platform.argocd.namespace,
        &origins(),
    )
    .within(&platform.argocd.namespace)
    .spec(permissions.iter().fold(spec, |spec, (key, value)| spec.with(key.clone(), value.clone())))
}

/// The origin of the root application and its project.
pub(super) fn origins() -> Arc<[Origin]> {
    Arc::new([Origin::line(Location::root(FileId::PLATFORM).key("argocd").key("root"))])
}

/// A destination: a namespace, or a pattern of namespaces.
fn destination(platform: &Platform, namespace: impl Into<Value>) -> Map {
    Map::new().with("server", &platform.argocd.server).with("namespace", namespace)
}

fn item(group: &str, kind: &str) -> Map {
    Map::new().with("group", Text::from(group.to_owned())).with("kind", Text::from(kind.to_owned()))
}
