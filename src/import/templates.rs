//! Objects that wharf rendered from templates: each becomes a template without variables.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Item;
use super::entry::{Scope, texts, wave};
use crate::cluster::Cluster;
use crate::kubernetes::kinds::{self, InTemplates};
use crate::kubernetes::resource::{maps_at, text, text_at};
use crate::kubernetes::{GroupKind, MANAGED_BY, Resource, SYNC_OPTIONS, SYNC_WAVE, yaml};
use crate::value::{Map, Value};

/// What the names of the templates begin with; the number of the object follows.
const PREFIX: &str = "imported-";

/// Whether an object may become a template: it was rendered by wharf, and nothing else of the catalog is it.
pub(super) fn is_possible(resource: &Resource) -> bool {
    let ours = resource.at(&["metadata", "labels", MANAGED_BY]).and_then(text) == Some("wharf");
    let facts = kinds::facts(&resource.kind.group, &resource.kind.kind);
    let refused = facts.is_some_and(|facts| matches!(facts.in_templates, InTemplates::Never(_)));
    ours && !refused && !resource.kind.is("", "Secret")
}

/// `templates` of the entry.
pub(super) fn of_entry(scope: &Scope<'_, '_>) -> Vec<Item> {
    let used = used(scope).filter(|index| application(*index, scope).is_none());
    used.map(|index| Item::new(Map::new().with("name", name(index)), [index])).collect()
}

/// `templates` of an application.
pub(super) fn of_application(owner: &Resource, scope: &Scope<'_, '_>) -> Vec<Map> {
    let is_owner = |index: &usize| application(*index, scope).is_some_and(|found| found.name == owner.name);
    used(scope).filter(is_owner).map(|index| Map::new().with("name", name(index))).collect()
}

/// The templates that the entry or its applications use.
fn used(scope: &Scope<'_, '_>) -> impl Iterator<Item = usize> {
    let learned = scope.learned.templates.iter().copied();
    learned.filter(|index| scope.objects.get(*index).is_some_and(|object| is_of_entry(object, scope)))
}

/// The application that a template belongs to: the first one of its wave.
fn application<'c>(index: usize, scope: &Scope<'_, 'c>) -> Option<&'c Resource> {
    scope.learned.of_applications.get(&index)?;
    let own = wave(scope.objects.get(index)?);
    let mut all = scope.applications.iter().map(|(_, application)| *application);
    all.find(|application| wave(application) == own)
}

/// The kinds of these objects that the entry has to permit, because templates may not render them by default.
pub(super) fn declared(scope: &Scope<'_, '_>) -> Vec<Map> {
    let objects =
        used(scope).filter_map(|index| scope.objects.get(index)).filter(|object| object.namespace.is_some());
    let kinds: BTreeSet<_> = objects.map(|object| &object.kind).filter(|kind| !is_allowed(kind)).collect();
    kinds.into_iter().map(|kind| Map::new().with("group", &kind.group).with("kind", &kind.kind)).collect()
}

fn is_allowed(kind: &GroupKind) -> bool {
    kinds::facts(&kind.group, &kind.kind).is_some_and(|facts| facts.in_templates == InTemplates::Allowed)
}

/// A cluster-scoped object belongs to the entry whose project permits it.
fn is_of_entry(object: &Resource, scope: &Scope<'_, '_>) -> bool {
    match &object.namespace {
        Some(namespace) => namespace.as_str() == scope.namespace,
        None => scope.project.is_some_and(|project| {
            maps_at(&project.resource.value, &["spec", "clusterResourceWhitelist"]).any(|permitted| {
                let named = text_at(permitted, &["name"]).is_none_or(|name| name == object.name.as_str());
                let is = |key, own: &str| text_at(permitted, &[key]).unwrap_or_default() == own;
                named && is("kind", &object.kind.kind) && is("group", &object.kind.group)
            })
        }),
    }
}

fn name(index: usize) -> String {
    format!("{PREFIX}{index}")
}

/// The files of the templates that an entry or an application uses, by their names.
pub(super) fn files(cluster: &Cluster, user: &Map) -> BTreeMap<String, String> {
    let names = maps_at(user, &["templates"]).filter_map(|used| text_at(used, &["name"]));
    let files = names.filter_map(|name| {
        let index: usize = name.strip_prefix(PREFIX)?.parse().ok()?;
        Some((name.to_owned(), template(cluster.resources().get(index)?)))
    });
    files.collect()
}

/// An object as the text of a template, in which nothing is evaluated.
fn template(object: &Resource) -> String {
    let own = |key: &str| key != MANAGED_BY && key != SYNC_WAVE && key != SYNC_OPTIONS;
    let metadata = Map::new()
        .with("name", object.name.clone())
        .with_filled("labels", texts(object, "labels", own))
        .with_filled("annotations", texts(object, "annotations", own));
    let pairs = object.value.iter().map(|(key, value)| {
        let value = if key.as_str() == "metadata" { Value::Map(metadata.clone()) } else { value.clone() };
        (key.clone(), value)
    });
    let mut text = String::new();
    yaml::write_value(&mut text, &Value::Map(pairs.collect()));
    let evaluated = ["{{", "{%", "{#"].iter().any(|start| text.contains(start));
    if evaluated { format!("{{% raw %}}\n{text}{{% endraw %}}\n") } else { text }
}
