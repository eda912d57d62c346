//! The entries: one for each namespace that somebody uses.

use std::collections::BTreeSet;

use super::draft::{EntryDraft, Item};
use super::facts::Known;
use super::learned::Learned;
use super::objects::Objects;
use super::owners::{OwnProject, Owners};
use super::policies::{Policies, Targets};
use super::{application, policies, project, routes, secrets, templates, tiers};
use crate::cluster::Cluster;
use crate::kubernetes::resource::{maps_at, text, text_at};
use crate::kubernetes::{MANAGED_BY, Resource, SYNC_OPTIONS, SYNC_WAVE};
use crate::value::{Map, Text, Value};

/// What the parts of an entry are read from.
pub(super) struct Scope<'s, 'c> {
    pub namespace: &'s str,
    pub known: &'s Known,
    pub learned: &'s Learned,
    pub objects: &'s Objects<'c>,
    /// What the policies of all namespaces allow.
    pub policies: &'s Policies<'c>,
    /// Whether the entry owns its namespace.
    pub owns_namespace: bool,
    /// The AppProject of the entry, if it was made for the catalog.
    pub project: Option<OwnProject<'c>>,
    /// The Applications of this entry.
    pub applications: &'s [(usize, &'c Resource)],
}

/// The entries, in the order of their tiers.
pub(super) fn entries(cluster: &Cluster, known: &Known, learned: &Learned) -> Vec<EntryDraft> {
    let objects = Objects::new(cluster, learned);
    let policies = Policies::new(&objects, &known.platform.network);
    let owners = Owners::new(&objects, known);
    let scope = |namespace| Scope {
        namespace,
        known,
        learned,
        objects: &objects,
        policies: &policies,
        owns_namespace: owners.owns(namespace),
        project: owners.project(namespace),
        applications: owners.applications(namespace),
    };
    let scopes: Vec<_> = owners.namespaces.iter().map(|namespace| scope(namespace)).collect();
    let tiers = tiers::of_entries(&scopes);
    let drafts = scopes.iter().zip(tiers).map(|(scope, tier)| {
        let order = (tier, !routes::lead_to_login(scope), project::position(scope));
        (order, entry(scope, tier))
    });
    let mut drafts: Vec<_> = drafts.collect();
    drafts.sort_by_key(|((tier, leads, position), _)| (tier.unwrap_or(usize::MAX), *leads, *position));
    let drafts: Vec<_> = drafts.into_iter().map(|(_, draft)| draft).collect();
    let absent = absent(&drafts, &owners.namespaces);
    drafts.into_iter().chain(absent).collect()
}

/// Entries that are not rendered, for namespaces that policies name and nobody uses.
fn absent(drafts: &[EntryDraft], namespaces: &BTreeSet<String>) -> Vec<EntryDraft> {
    let named = drafts.iter().flat_map(|draft| maps_at(&draft.policies.map, &["egress"]));
    let named: BTreeSet<_> = named.filter_map(|edge| text_at(edge, &["namespace"])).collect();
    let missing = named.into_iter().filter(|namespace| !namespaces.contains(*namespace));
    let draft = |namespace: &str| {
        let head = Map::new()
            .with("namespace", Text::copied(namespace))
            .with("toggleable", true)
            .with("enabled", false);
        let none = Map::new().with("profile", "none").with("reason", "imported: not in the cluster");
        EntryDraft { head: Item::new(head, []), policies: Item::new(none, []), ..EntryDraft::default() }
    };
    missing.map(draft).collect()
}

/// The sync wave of an object that wharf rendered.
pub(super) fn wave(resource: &Resource) -> Option<usize> {
    resource.at(&["metadata", "labels", MANAGED_BY]).and_then(text).filter(|tool| *tool == "wharf")?;
    resource.annotation(SYNC_WAVE)?.parse().ok()
}

fn entry(scope: &Scope<'_, '_>, tier: Option<usize>) -> EntryDraft {
    let mut targets = Targets::of(scope);
    let routes = routes::of_entry(scope, &mut targets);
    let streams = routes::streams(scope, &mut targets);
    let mut head = head(scope, tier);
    head.map = head.map.with_filled("exposure", routes.exposure);
    EntryDraft {
        head,
        policies: policies::of_entry(scope),
        project: project::permissions(scope),
        lists: vec![
            ("access", project::access(scope)),
            ("secrets", secrets::of_entry(scope)),
            ("applications", application::of_entry(scope)),
            ("templates", templates::of_entry(scope)),
            ("routes", routes.items),
            ("streams", streams),
        ],
    }
}

fn head(scope: &Scope<'_, '_>, tier: Option<usize>) -> Item {
    let namespace =
        scope.objects.of_kind("", "Namespace").find(|(_, found)| found.name.as_str() == scope.namespace);
    let own = scope.project.filter(|project| project.name.is_none());
    let description = own.and_then(|project| text_at(&project.resource.value, &["spec", "description"]));
    let tiers = &scope.known.platform.tiers;
    let tier = tier.and_then(|number| tiers.get(number)).filter(|tier| Some(*tier) != tiers.last());
    let map = Map::new()
        .with("namespace", Text::copied(scope.namespace))
        .with_some("ownsNamespace", (!scope.owns_namespace).then_some(false))
        .with_some("description", description.map(Text::copied))
        .with_some("tier", tier.cloned())
        .with_true("toggleable", is_toggleable(scope, namespace.map(|(_, resource)| resource)))
        .with_some("imagePullSecret", image_pull_secret(scope));
    let map = match namespace {
        Some((_, resource)) if scope.owns_namespace => with_namespace(map, resource, scope),
        None if scope.owns_namespace => with_level(map, None, scope),
        _ => map,
    };
    Item::new(map, namespace.map(|(index, _)| index))
}

/// `false` if the platform has a Secret for images and the namespace does not.
fn image_pull_secret(scope: &Scope<'_, '_>) -> Option<bool> {
    let pull = scope.known.platform.secrets.image_pull_secret.as_ref()?;
    let name = (scope.namespace, &*pull.name);
    let exists = scope.objects.named(name, "external-secrets.io", "ExternalSecret").is_some();
    (exists != scope.owns_namespace).then_some(exists)
}

/// Whether wharf rendered the entry without protecting it.
fn is_toggleable(scope: &Scope<'_, '_>, namespace: Option<&Resource>) -> bool {
    let project = scope.project.map(|project| project.resource);
    let application = scope.applications.first().map(|(_, application)| *application);
    let first = namespace.or(application).or(project);
    first.is_some_and(|object| {
        let kept = object.annotation(SYNC_OPTIONS).is_some_and(|options| options.contains("Prune=false"));
        is_ours(object) && !kept
    })
}

/// Whether wharf rendered an object.
pub(super) fn is_ours(object: &Resource) -> bool {
    object.at(&["metadata", "labels", MANAGED_BY]).and_then(text) == Some("wharf")
}

/// What the Namespace says.
fn with_namespace(map: Map, resource: &Resource, scope: &Scope<'_, '_>) -> Map {
    let enforced = resource.at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]).and_then(text);
    let own = |key: &str| {
        !key.starts_with("pod-security.kubernetes.io/")
            && key != MANAGED_BY
            && key != "kubernetes.io/metadata.name"
    };
    let is_annotation = |key: &str| !key.starts_with("argocd.argoproj.io/");
    with_level(map, enforced, scope)
        .with_filled("labels", texts(resource, "labels", own))
        .with_filled("annotations", texts(resource, "annotations", is_annotation))
}

/// The Pod Security level; a namespace without one enforces nothing.
fn with_level(map: Map, enforced: Option<&str>, scope: &Scope<'_, '_>) -> Map {
    let by_default = scope.known.platform.defaults.pod_security.unwrap_or_default().name();
    let level = Some(enforced.unwrap_or("privileged")).filter(|level| *level != by_default);
    map.with_some("podSecurity", level.map(Text::copied))
}

/// The labels or annotations of an object whose keys are wanted.
pub(super) fn texts(resource: &Resource, field: &str, wanted: impl Fn(&str) -> bool) -> Map {
    let map = resource.at(&["metadata", field]).and_then(Value::map);
    let pairs = map.into_iter().flat_map(Map::iter).filter(|(key, _)| wanted(key.as_str()));
    pairs.map(|(key, value)| (key.clone(), value.clone())).collect()
}
