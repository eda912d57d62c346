//! The root application: it applies the rendered folder, or what the plugin makes of the catalog.
//!
//! It has no finalizer, so that whoever deletes it does not delete the cluster.

use super::root_project::origins;
use crate::format::NonEmptyString;
use crate::kubernetes::{Kind, Object};
use crate::model::{ArgoCd, Model};
use crate::names::ApplicationName;
use crate::value::{Map, Text};

/// How Argo CD applies the objects. `ServerSideApply` lets it take over a Namespace that is there already and
/// leaves foreign labels alone; `FailOnSharedResource` says so when another application holds the same
/// object, where otherwise the two would take turns. There is no `PruneLast` here: it puts all deletions into
/// one wave and so undoes their order, in which an AppProject and a Namespace go after the Applications that
/// need them (Argo CD 3.5, `gitops-engine/pkg/sync/sync_context.go`).
const OPTIONS: [&str; 2] = ["ServerSideApply=true", "FailOnSharedResource=true"];

/// How often a failed sync is tried again where a retry keeps to the commit that failed: after the last one
/// Argo CD takes up new commits again, and never this one (Argo CD 3.6, `autoSync`).
const RETRIES: i64 = 5;

/// Without limit, where each retry takes up the newest commit: whatever is repaired in the cluster or in the
/// repository is then tried.
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

/// The source. Without `recurse` Argo CD looks at no folder below the rendered one and finds nothing; a
/// plugin is named, because discovery falls back to plain YAML without a word (Argo CD 3.5,
/// `GetAppSourceType`).
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

/// What the plugin is asked for.
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
