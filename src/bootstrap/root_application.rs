//! The root application: it applies the rendered folder, or the output of the plugin.
//! It has no finalizer, so that deleting it does not delete everything in the cluster.

use super::root_project::origins;
use crate::format::NonEmptyString;
use crate::kubernetes::{Kind, Object};
use crate::model::{ArgoCd, Model};
use crate::names::ApplicationName;
use crate::value::{Map, Text};

/// How Argo CD applies the objects. `ServerSideApply` adopts an existing Namespace and keeps labels of
/// others; with `FailOnSharedResource` a sync fails if another application has the same object, which
/// otherwise both would overwrite in turn. There is no `PruneLast`: it deletes everything in one wave, and so
/// loses the order in which an AppProject and a Namespace are deleted after the Applications that need them
/// (Argo CD 3.5, `gitops-engine/pkg/sync/sync_context.go`).
const OPTIONS: [&str; 2] = ["ServerSideApply=true", "FailOnSharedResource=true"];

/// The number of retries if a retry uses the commit that failed: after the last one Argo CD syncs new
/// commits, but never this one again (Argo CD 3.6, `autoSync`).
const RETRIES: i64 = 5;

/// Unlimited retries, if each uses the newest commit: then any fix in the cluster or in the repository is
/// tried.
const WITHOUT_LIMIT: i64 = -1;

/// One for the whole catalog, or one for each part of it.
pub(super) fn root_applications(model: &Model) -> Vec<Object> {
    let root = &model.platform.argocd.root;
    if root.parts.is_empty() {
        return vec![root_application(model, &root.name, &[])];
    }
    root.parts
        .iter()
        .map(|part| root_application(model, &ApplicationName::new(&part.name), &part.tiers))
        .collect()
}

/// The root application that renders `tiers`, or all if there are none.
fn root_application(model: &Model, name: &ApplicationName, tiers: &[NonEmptyString]) -> Object {
    let argocd = &model.platform.argocd;
    let spec = Map::new()
        .with("project", &argocd.root.project_name)
        .with("source", source(model, tiers))
        .with("destination", Map::new().with("server", &argocd.server).with("namespace", &argocd.namespace))
        .with("syncPolicy", sync_policy(model));
    Object::new(Kind::Application, name.to_text(), 0, &argocd.namespace, &origins())
        .within(&argocd.namespace)
        .spec(spec)
}

/// The source. Without `recurse` Argo CD reads no subfolders and finds nothing; a plugin is named, because
/// discovery silently falls back to plain YAML (Argo CD 3.5, `GetAppSourceType`).
fn source(model: &Model, tiers: &[NonEmptyString]) -> Map {
    let root = &model.platform.argocd.root;
    let source = Map::new()
        .with("repoURL", &model.platform.repository)
        .with("targetRevision", &model.platform.revision)
        .with("path", &root.path);
    match &root.plugin {
        Some(plugin) => source
            .with("plugin", Map::new().with("name", plugin).with_filled("parameters", parameters(tiers))),
        None => source.with("directory", Map::new().with("recurse", true)),
    }
}

/// The parameters of the plugin.
fn parameters(tiers: &[NonEmptyString]) -> Vec<Map> {
    let tiers: Vec<_> = tiers.iter().map(Text::from).collect();
    if tiers.is_empty() { Vec::new() } else { vec![Map::new().with("name", "tiers").with("array", tiers)] }
}

fn sync_policy(model: &Model) -> Map {
    let refresh = model.platform.argocd.reaches(ArgoCd::RETRY_REFRESH);
    let limit = if refresh { WITHOUT_LIMIT } else { RETRIES };
    let backoff = Map::new().with("duration", "10s").with("factor", 2_i64).with("maxDuration", "5m");
    Map::new()
        .with("automated", Map::new().with("prune", true).with("selfHeal", true))
        .with("syncOptions", OPTIONS.map(Text::from).to_vec())
        .with("retry", Map::new().with("limit", limit).with("backoff", backoff).with_true("refresh", refresh))
}
