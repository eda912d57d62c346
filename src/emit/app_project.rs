//! The `AppProjects` of entries: the least permissions that their applications need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{KEPT, extend, sync_window};
use crate::catalog::AccessRole;
use crate::derive::Permissions;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::kubernetes::{GroupKind, Kind, Object, Origin, kinds};
use crate::model::{Access, Entry, Model};
use crate::names::{Namespace, ProjectName};
use crate::value::{Map, Text, Value};

/// Without the finalizer, Argo CD deletes the project before the applications that cannot be deleted without
/// it (Argo CD issue 4369).
const FINALIZERS: &[&str] = &["resources-finalizer.argocd.argoproj.io"];

/// The AppProject of an entry; none if another entry renders the one that they share.
pub(super) fn app_project<'m>(
    entry: &'m Entry,
    model: &'m Model,
    shared: &Shared<'m>,
    origins: &Arc<[Origin]>,
    findings: &mut Sink,
) -> Option<Object> {
    if !entry.shares_project {
        return Some(labelled(project(entry, &[entry], model, shared, origins), &[entry], model, findings));
    }
    let members = shared.members.get(&entry.project_name)?;
    let is_first = members.first().is_some_and(|first| first.namespace == entry.namespace);
    let origins: Arc<[Origin]> =
        members.iter().map(|member| Origin::line(project_line(member, model))).collect();
    is_first.then(|| labelled(project(entry, members, model, shared, &origins), members, model, findings))
}

/// A project with the labels of its entries, which cannot have two values for one key.
fn labelled(mut object: Object, members: &[&Entry], model: &Model, findings: &mut Sink) -> Object {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for entry in members {
        let is_other =
            |(key, value): &(&String, &String)| known.get(*key).is_some_and(|first| first != *value);
        for (key, _) in entry.project.labels.iter().filter(is_other) {
            findings.push(two_values(key, entry, model));
        }
        let is_new = |(key, _): &(&String, &String)| !known.contains_key(*key);
        for (key, value) in entry.project.labels.iter().filter(is_new) {
            let label = BTreeMap::from([(key.clone(), value.clone())]);
            extend(&mut object.clone(), &label, &BTreeMap::new(), &labels_line(entry, key, model), findings);
        }
        let labels = entry.project.labels.iter().map(|(key, value)| (key.clone(), value.clone()));
        known = labels.chain(known).collect();
    }
    // what is wrong with them has been reported
    extend(&mut object, &known, &BTreeMap::new(), &Location::root(FileId::PLATFORM), &mut Sink::new());
    object
}

/// The mapping that a label of an entry's project is in, without `labels`.
fn labels_line(entry: &Entry, key: &str, model: &Model) -> Location {
    let by_default = model.platform.defaults.project.as_ref().and_then(|project| project.labels.get(key));
    if by_default.is_some() && by_default == entry.project.labels.get(key) {
        Location::root(FileId::PLATFORM).key("defaults").key("project")
    } else {
        entry.location.key("project")
    }
}

fn two_values(key: &str, entry: &Entry, model: &Model) -> Finding {
    let location = labels_line(entry, key, model).key("labels").key(key.to_owned()).itself();
    let finding = rules::INVALID_VALUE.at(
        location,
        format!("another entry gives the AppProject `{}` another `{}`", entry.project_name, shorten(key)),
    );
    finding
        .note("the entries share the AppProject, and a label has one value")
        .help("remove one of the lines")
}

/// The line that gives the project of an entry its name.
fn project_line(entry: &Entry, model: &Model) -> Location {
    let defaults = Location::root(FileId::PLATFORM).key("defaults").key("project").key("name");
    let by_default = model.platform.defaults.project.as_ref().and_then(|project| project.name.as_ref());
    let is_default = by_default.is_some_and(|name| **name == *entry.project_name.as_str());
    if is_default { defaults } else { entry.location.key("project").key("name") }
}

/// The project of some entries, the first of which renders it.
fn project(
    first: &Entry,
    members: &[&Entry],
    model: &Model,
    shared: &Shared<'_>,
    origins: &Arc<[Origin]>,
) -> Object {
    let derived: Vec<_> = members.iter().map(|entry| Permissions::new(entry, model)).collect();
    let description = first.description.as_ref().filter(|_| !first.shares_project);
    let roles = members.iter().flat_map(|entry| entry.access.iter().map(|access| role(access, entry)));
    let spec = Map::new()
        .with_some("description", description)
        .with_filled("sourceRepos", source_repos(members))
        .with_filled("destinations", destinations(members, model))
        .with_filled("clusterResourceWhitelist", cluster_resources(members, &derived))
        .with_filled("namespaceResourceBlacklist", denied(members, &derived, shared))
        .with_filled("roles", roles.collect::<Vec<_>>())
        .with_filled("syncWindows", sync_window::windows(members))
        .with_some("orphanedResources", sync_window::orphaned_resources(members));
    let is_kept = members.iter().any(|entry| entry.protected);
    let mut object = Object::new(
        Kind::AppProject,
        first.project_name.to_text(),
        Kind::AppProject.wave(),
        &first.namespace,
        origins,
    )
    .within(&model.platform.argocd.namespace)
    .sync_options(if is_kept { KEPT } else { "" })
    .spec(spec);
    object.metadata_mut().finalizers = FINALIZERS;
    object
}

/// Exactly the repositories that the applications come from.
fn source_repos(members: &[&Entry]) -> Vec<Text> {
    let applications = members.iter().flat_map(|entry| &entry.applications);
    let named =
        applications.flat_map(|application| &application.sources).map(|source| source.repository.clone());
    let extra = members.iter().flat_map(|entry| &entry.project.source_repos).map(Text::from);
    named.chain(extra).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Exactly the namespaces that the applications deploy to. An application without one needs a destination
/// without one, which permits no namespace (Argo CD 3.5, `IsDestinationPermitted`).
fn destinations(members: &[&Entry], model: &Model) -> Vec<Map> {
    let applications = members.iter().flat_map(|entry| &entry.applications);
    let targets = applications.map(|application| application.target_namespace.as_ref());
    let asked =
        members.iter().flat_map(|entry| &entry.project.destinations).map(|namespace| Some(&**namespace));
    let namespaces: BTreeSet<Option<&str>> = targets
        .chain(members.iter().map(|entry| Some(&entry.namespace)))
        .map(|namespace| namespace.map(Namespace::as_str))
        .chain(asked)
        .collect();
    let destination = |namespace: Option<&str>| {
        let server = Map::new().with("server", &model.platform.argocd.server);
        server.with_some("namespace", namespace.map(str::to_owned))
    };
    namespaces.into_iter().map(destination).collect()
}

/// What the entries list, and what their applications deploy. The core group is the empty one; Argo CD has no
/// `omitempty` there (Argo CD 3.5, `ClusterResourceRestrictionItem`).
fn cluster_resources(members: &[&Entry], derived: &[Permissions<'_>]) -> Vec<Map> {
    let listed = members
        .iter()
        .flat_map(|entry| &entry.project.cluster_resources)
        .map(|listed| (&*listed.group, &*listed.kind, listed.name.as_deref()));
    let derived = derived
        .iter()
        .flat_map(|derived| derived.cluster.keys())
        .map(|(kind, name)| (kind.group.as_str(), kind.kind.as_str(), name.as_ref().map(Text::as_str)));
    let all: BTreeSet<_> = listed.chain(derived).collect();
    let item = |(group, kind, name): (&str, &str, Option<&str>)| {
        let item = Map::new().with("group", group.to_owned()).with("kind", kind.to_owned());
        item.with_some("name", name.map(str::to_owned))
    };
    all.into_iter().map(item).collect()
}

/// The deny-list of a project: the common one, unless an entry permits some of its kinds, or its applications
/// deploy some that may be derived.
fn denied(members: &[&Entry], derived: &[Permissions<'_>], shared: &Shared<'_>) -> Value {
    let wanted = || members.iter().flat_map(|entry| &entry.project.namespace_resources);
    let deployed = || derived.iter().flat_map(|derived| derived.namespaced.keys());
    if wanted().next().is_none() && deployed().next().is_none() {
        return shared.denied.clone();
    }
    let permitted = |kind: &GroupKind| {
        wanted().any(|wanted| kind.is(&wanted.group, &wanted.kind))
            || deployed().any(|wanted| wanted.is(&kind.group, &kind.kind))
    };
    deny_list(kinds::denied().into_iter().filter(|kind| !permitted(kind)))
}

/// A role and its groups. Argo CD validates its format only in projects that are created through its API,
/// which this one is not. In a project of several entries, the role is for the applications of its entry.
fn role(access: &Access, entry: &Entry) -> Map {
    let (role, project) = (access.role.name(), &entry.project_name);
    let (role, applications) = if entry.shares_project {
        let names = entry.applications.iter().map(|application| application.name.to_string());
        (format!("{role}-{}", entry.namespace), names.collect())
    } else {
        (role.to_owned(), vec!["*".to_owned()])
    };
    let role = &role;
    let permitted = permitted(access.role, &entry.namespace);
    let policies = applications.iter().flat_map(|application| {
        permitted.iter().map(move |(resource, action)| {
            let policy =
                format!("p, proj:{project}:{role}, {resource}, {action}, {project}/{application}, allow");
            Text::from(policy)
        })
    });
    let policies: Vec<_> = policies.collect();
    let groups: Vec<_> = access.groups.keys().cloned().collect();
    Map::new().with("name", role.clone()).with_filled("policies", policies).with("groups", groups)
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
    denied: Value,
    /// The entries that share a project, by its name; those of an early tier first.
    members: BTreeMap<&'m ProjectName, Vec<&'m Entry>>,
}

impl<'m> Shared<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut members: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for entry in model.entries.iter().filter(|entry| entry.shares_project) {
            members.entry(&entry.project_name).or_default().push(entry);
        }
        for members in members.values_mut() {
            members.sort_by_key(|entry| entry.tier);
        }
        let denied = Value::shared(deny_list(kinds::denied().into_iter()));
        Self { denied, members }
    }
}
