//! The AppProject of an entry: what it permits beyond what wharf permits by itself, and who has access.

use std::collections::BTreeSet;

use super::application::code;
use super::draft::Item;
use super::entry::{Scope, texts};
use super::facts::{Known, sources};
use super::owners::OwnProject;
use super::templates;
use crate::catalog::OrphanedResource;
use crate::kubernetes::resource::{is_true, items_at, maps_at, text, text_at};
use crate::kubernetes::{MANAGED_BY, Resource, kinds};
use crate::value::{Map, Text, Value};

/// The name that the project of an entry has by default.
pub(super) fn name(namespace: &str, known: &Known) -> String {
    let shared = known.platform.defaults.project.as_ref().and_then(|project| project.name.as_ref());
    shared.map_or_else(|| by_pattern(namespace, known), |name| name.to_string())
}

/// The name of a project of its own: the platform's pattern, as far as it only contains the namespace.
pub(super) fn by_pattern(namespace: &str, known: &Known) -> String {
    let pattern =
        known.platform.patterns.app_project.as_ref().map_or("{{ namespace }}", |pattern| &**pattern);
    pattern.replace("{{ namespace }}", namespace).replace("{{namespace}}", namespace)
}

/// `project` of the entry. What a shared project permits is written in the first entry that has it.
pub(super) fn permissions(scope: &Scope<'_, '_>) -> Item {
    let Some(own) = scope.project else { return Item::default() };
    let map = Map::new().with_some("name", own.name.map(Text::copied));
    let map = if own.is_first {
        map.with_filled("labels", texts(own.resource, "labels", |key| key != MANAGED_BY))
            .with_filled("clusterResources", cluster_resources(own.resource))
            .with_filled("namespaceResources", namespace_resources(scope, own.resource))
            .with_filled("destinations", destinations(scope, own.resource))
            .with_filled("sourceRepos", source_repos(scope, own.resource))
            .with_some("orphanedResources", orphaned_resources(scope, own.resource))
    } else {
        map
    };
    Item::new(map.with_filled("syncWindows", sync_windows(scope, &own)), [own.index])
}

/// The position of the entry's roles in a shared project: entries of a tier are in this order.
pub(super) fn position(scope: &Scope<'_, '_>) -> Option<usize> {
    let project = scope.project.filter(|project| project.is_shared)?;
    let ends = format!("-{}", scope.namespace);
    let mut roles = maps_at(&project.resource.value, &["spec", "roles"]);
    roles.position(|role| text_at(role, &["name"]).is_some_and(|name| name.ends_with(&ends)))
}

/// The windows that are about applications of this entry. Without a list of them, it is about all.
fn sync_windows(scope: &Scope<'_, '_>, own: &OwnProject<'_>) -> Vec<Map> {
    let listed = maps_at(&own.resource.value, &["spec", "syncWindows"]);
    let common = scope.known.platform.defaults.project.iter().flat_map(|project| &project.sync_windows);
    let common: Vec<_> = common.collect();
    let is_common = |window: &Map| {
        let is = |key: &str, own: &str| text_at(window, &[key]).unwrap_or_default() == own;
        common.iter().any(|common| {
            is("kind", common.kind.name())
                && is("schedule", &common.schedule)
                && is("duration", &common.duration)
        })
    };
    listed.filter(|window| !is_common(window)).filter_map(|window| of_window(window, scope, own)).collect()
}

fn of_window(window: &Map, scope: &Scope<'_, '_>, own: &OwnProject<'_>) -> Option<Map> {
    let names: Vec<_> = items_at(window, &["applications"]).iter().filter_map(text).collect();
    let is_all = names == ["*"];
    let applications = scope.applications.iter().map(|(_, application)| &application.name);
    let codes = applications.filter(|name| names.contains(&name.as_str()));
    let codes: Vec<_> = codes.map(|name| Text::from(code(name, scope))).collect();
    if codes.is_empty() && (!is_all || own.is_shared) {
        return None;
    }
    let kept = window.iter().filter(|(key, _)| key.as_str() != "applications");
    let kept: Map = kept.map(|(key, value)| (key.clone(), value.clone())).collect();
    Some(kept.with_filled("applications", codes))
}

fn orphaned_resources(scope: &Scope<'_, '_>, project: &Resource) -> Option<Map> {
    let written = map_at(map_at(&project.value, "spec")?, "orphanedResources")?;
    let common = scope.known.platform.defaults.project.as_ref();
    let common = common.and_then(|project| project.orphaned_resources.as_ref());
    let warns = is_true(written, &["warn"]);
    let ignored: Vec<_> = maps_at(written, &["ignore"]).cloned().collect();
    let is_known = |known: &OrphanedResource, written: &Map| {
        let is = |key, own: Option<&str>| text_at(written, &[key]).unwrap_or("") == own.unwrap_or("");
        is("group", known.group.as_deref())
            && is("kind", known.kind.as_deref())
            && is("name", known.name.as_deref())
    };
    let is_common = common.is_some_and(|common| {
        common.warn.unwrap_or(true) == warns
            && common.ignore.len() == ignored.len()
            && common.ignore.iter().all(|known| ignored.iter().any(|written| is_known(known, written)))
    });
    (!is_common).then(|| Map::new().with("warn", warns).with_filled("ignore", ignored))
}

fn cluster_resources(project: &Resource) -> Vec<Map> {
    maps_at(&project.value, &["spec", "clusterResourceWhitelist"]).cloned().collect()
}

/// The kinds that wharf denies and this project does not.
fn namespace_resources(scope: &Scope<'_, '_>, project: &Resource) -> Vec<Map> {
    let listed: BTreeSet<_> = maps_at(&project.value, &["spec", "namespaceResourceBlacklist"])
        .map(|item| (text_at(item, &["group"]).unwrap_or(""), text_at(item, &["kind"]).unwrap_or("")))
        .collect();
    let permitted = kinds::denied().into_iter();
    let permitted = permitted.filter(|kind| !listed.contains(&(kind.group.as_str(), kind.kind.as_str())));
    let permitted = permitted.map(|kind| Map::new().with("group", &kind.group).with("kind", &kind.kind));
    let permitted: Vec<_> = permitted.collect();
    let more: Vec<_> =
        templates::declared(scope).into_iter().filter(|kind| !permitted.contains(kind)).collect();
    permitted.into_iter().chain(more).collect()
}

fn destinations(scope: &Scope<'_, '_>, project: &Resource) -> Vec<Text> {
    let mut own: BTreeSet<&str> = targets(scope).collect();
    own.insert(scope.namespace);
    let all = maps_at(&project.value, &["spec", "destinations"]);
    let all = all.filter_map(|destination| text_at(destination, &["namespace"]));
    all.filter(|namespace| !own.contains(namespace)).map(Text::copied).collect()
}

fn targets<'c>(scope: &Scope<'_, 'c>) -> impl Iterator<Item = &'c str> {
    let applications = scope.applications.iter();
    applications
        .filter_map(|(_, application)| text_at(&application.value, &["spec", "destination", "namespace"]))
}

fn source_repos(scope: &Scope<'_, '_>, project: &Resource) -> Vec<Text> {
    let named = scope.applications.iter().flat_map(|(_, application)| sources(application));
    let named: BTreeSet<_> = named.filter_map(|source| text_at(source, &["repoURL"])).collect();
    let all = items_at(&project.value, &["spec", "sourceRepos"]).iter().filter_map(text);
    all.filter(|repository| !named.contains(repository)).map(Text::copied).collect()
}

/// The names of the `ClusterRoles` that `access` binds, with the roles.
const ROLES: [(&str, &str); 3] = [("view", "viewer"), ("edit", "editor"), ("admin", "admin")];

/// `access` of the entry: one item for each group of a RoleBinding that wharf would make.
pub(super) fn access(scope: &Scope<'_, '_>) -> Vec<Item> {
    let bindings = scope.objects.within(scope.namespace, "rbac.authorization.k8s.io", "RoleBinding");
    bindings.flat_map(|(index, binding)| groups(index, binding, scope.known)).collect()
}

fn groups(index: usize, binding: &Resource, known: &Known) -> Vec<Item> {
    let bound = text_at(&binding.value, &["roleRef", "name"]).unwrap_or_default();
    let role = ROLES.iter().find(|(cluster_role, role)| {
        *cluster_role == bound && binding.name.as_str() == format!("access-{role}")
    });
    let Some((_, role)) = role else { return Vec::new() };
    let prefix = known.platform.group_prefix.as_str();
    let subjects = maps_at(&binding.value, &["subjects"]).filter_map(|subject| text_at(subject, &["name"]));
    let item = |group: &str| {
        let map = Map::new().with("group", Text::copied(group)).with("role", *role);
        Item::new(map, [index])
    };
    subjects.filter_map(|name| name.strip_prefix(prefix)).map(item).collect()
}

/// The value of a key, if it is a mapping.
pub(super) fn map_at<'v>(map: &'v Map, key: &str) -> Option<&'v Map> {
    map.get(key).and_then(Value::map)
}
