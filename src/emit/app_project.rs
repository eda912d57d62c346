//! The AppProject of an entry: the least permissions that its applications need.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::KEPT;
use crate::catalog::AccessRole;
use crate::derive::Permissions;
use crate::kubernetes::{GroupKind, Kind, Object, Origin, kinds};
use crate::lock::Scopes;
use crate::model::{Access, Entry, Model};
use crate::names::Namespace;
use crate::value::{Map, Text, Value};

/// Without the finalizer, Argo CD deletes the project before the applications that cannot be deleted without
/// it (Argo CD issue 4369).
const FINALIZERS: &[&str] = &["resources-finalizer.argocd.argoproj.io"];

pub(super) fn app_project(
    entry: &Entry,
    model: &Model,
    shared: &Shared<'_>,
    origins: &Arc<[Origin]>,
) -> Object {
    let derived = Permissions::new(entry, model, &shared.scopes);
    let spec = Map::new()
        .with_some("description", entry.description.as_ref())
        .with_filled("sourceRepos", source_repos(entry))
        .with_filled("destinations", destinations(entry, model))
        .with_filled("clusterResourceWhitelist", cluster_resources(entry, &derived))
        .with_filled("namespaceResourceBlacklist", denied(entry, &derived, shared))
        .with_filled("roles", entry.access.iter().map(|access| role(access, entry)).collect::<Vec<_>>());
    let mut object = Object::new(
        Kind::AppProject,
        entry.project_name.to_text(),
        Kind::AppProject.wave(),
        &entry.namespace,
        origins,
    )
    .within(&model.platform.argocd.namespace)
    .sync_options(if entry.protected { KEPT } else { "" })
    .spec(spec);
    object.finalizers = FINALIZERS;
    object
}

/// Exactly the repositories that the applications come from.
fn source_repos(entry: &Entry) -> Vec<Text> {
    let named = entry
        .applications
        .iter()
        .flat_map(|application| &application.sources)
        .map(|source| source.repository.clone());
    let extra = entry.project.source_repos.iter().map(Text::from);
    named.chain(extra).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Exactly the namespaces that the applications deploy to.
fn destinations(entry: &Entry, model: &Model) -> Vec<Map> {
    let targets = entry.applications.iter().map(|application| &application.target_namespace);
    let asked = entry.project.destinations.iter().map(|namespace| &**namespace);
    let namespaces: BTreeSet<&str> =
        targets.chain([&entry.namespace]).map(Namespace::as_str).chain(asked).collect();
    namespaces
        .into_iter()
        .map(|namespace| {
            Map::new().with("server", &model.platform.argocd.server).with("namespace", namespace.to_owned())
        })
        .collect()
}

/// What the entry lists, and what its applications deploy. The core group is the empty one; Argo CD has no
/// `omitempty` there (Argo CD 3.5, `ClusterResourceRestrictionItem`).
fn cluster_resources(entry: &Entry, derived: &Permissions<'_>) -> Vec<Map> {
    let listed = entry
        .project
        .cluster_resources
        .iter()
        .map(|listed| (&*listed.group, &*listed.kind, listed.name.as_deref()));
    let derived = derived
        .cluster
        .keys()
        .map(|(kind, name)| (kind.group.as_str(), kind.kind.as_str(), name.as_ref().map(Text::as_str)));
    let all: BTreeSet<_> = listed.chain(derived).collect();
    let item = |(group, kind, name): (&str, &str, Option<&str>)| {
        let item = Map::new().with("group", group.to_owned()).with("kind", kind.to_owned());
        item.with_some("name", name.map(str::to_owned))
    };
    all.into_iter().map(item).collect()
}

/// The deny-list of an entry: the common one, unless the entry permits some of its kinds, or its applications
/// deploy some that may be derived.
fn denied(entry: &Entry, derived: &Permissions<'_>, shared: &Shared<'_>) -> Value {
    let wanted = &entry.project.namespace_resources;
    if wanted.is_empty() && derived.namespaced.is_empty() {
        return Value::Shared(shared.denied.clone());
    }
    let permitted = |kind: &GroupKind| {
        wanted.iter().any(|wanted| kind.is(&wanted.group, &wanted.kind))
            || derived.namespaced.keys().any(|wanted| wanted.is(&kind.group, &kind.kind))
    };
    deny_list(kinds::denied().into_iter().filter(|kind| !permitted(kind)))
}

/// A role and its groups. Argo CD validates its format only in projects that are created through its API,
/// which this one is not.
fn role(access: &Access, entry: &Entry) -> Map {
    let (role, project) = (access.role.name(), &entry.project_name);
    let policy = |(resource, action): (&str, String)| {
        Text::from(format!("p, proj:{project}:{role}, {resource}, {action}, {project}/*, allow"))
    };
    let policies: Vec<_> = permitted(access.role, &entry.namespace).into_iter().map(policy).collect();
    let groups: Vec<_> = access.groups.keys().cloned().collect();
    Map::new().with("name", role).with("policies", policies).with("groups", groups)
}

/// What a role may do in Argo CD: no more than its ClusterRole allows in the namespace, because Argo CD acts
/// with its own permissions. Deletion is therefore limited to objects of the namespace; otherwise
/// cluster-scoped objects would be included. Nobody may `override`, which syncs manifests that are in no
/// repository, or change or delete the Application: the catalog does that. Since Argo CD 3, logs have their
/// own permission, and `delete` applies to the Application alone.
fn permitted(role: AccessRole, namespace: &Namespace) -> Vec<(&'static str, String)> {
    let mut permitted = vec![("applications", "get".to_owned()), ("logs", "get".to_owned())];
    if role >= AccessRole::Editor {
        permitted.extend([("applications", "sync".to_owned()), ("applications", "action/*".to_owned())]);
    }
    match role {
        AccessRole::Viewer => {}
        AccessRole::Editor => permitted.push(("applications", format!("delete/*/Pod/{namespace}/*"))),
        AccessRole::Admin => permitted
            .extend([("applications", format!("delete/*/*/{namespace}/*")), ("exec", "create".to_owned())]),
    }
    permitted
}

fn deny_list(kinds: impl Iterator<Item = &'static GroupKind>) -> Value {
    kinds
        .map(|denied| Map::new().with("group", &denied.group).with("kind", &denied.kind))
        .collect::<Vec<_>>()
        .into()
}

/// What the projects of all entries share.
pub(super) struct Shared<'m> {
    /// The deny-list of entries that permit nothing more.
    denied: Arc<Value>,
    scopes: Scopes<'m>,
}

impl<'m> Shared<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { denied: Arc::new(deny_list(kinds::denied().into_iter())), scopes: Scopes::new(&model.lock) }
    }
}
