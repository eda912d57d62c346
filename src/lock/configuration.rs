//! Secrets and ConfigMaps: Secrets that an application creates, and those that its pods need and it does not
//! create. Names and keys, never values.

use std::collections::{BTreeMap, BTreeSet};

use super::created_secrets::created_secrets;
use super::extract::Rendered;
use crate::kubernetes::Resource;
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{at, is_true, items_at, maps_at, text, text_at};
use crate::value::{Map, SortedSet, Text, Value};

/// A Secret or ConfigMap that pods need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Need {
    /// The required keys; all if empty.
    pub keys: SortedSet<Text>,
    /// Whether the pods start without it.
    pub optional: bool,
    /// The workloads.
    pub by: SortedSet<Text>,
}

/// The Secrets that an application creates in its namespace: its own, those that controllers create from
/// other objects, and those of its programs. Without keys if they are not known.
pub(super) fn secrets(rendered: &Rendered<'_>) -> BTreeMap<Text, SortedSet<Text>> {
    let made = own(rendered).flat_map(made_secrets);
    let mut secrets: BTreeMap<Text, _> = made.map(|(name, keys)| (name.into(), keys)).collect();
    for name in created(rendered) {
        secrets.entry(name.to_owned().into()).or_default();
    }
    secrets
}

/// The Secrets that programs of the application create at run time.
fn created<'r>(rendered: &'r Rendered<'_>) -> BTreeSet<&'r str> {
    let references = rendered.workloads.iter().flat_map(references);
    let needed = references.filter(|reference| reference.kind == "Secret").map(|reference| reference.name);
    created_secrets(rendered, &needed.collect())
}

fn own<'r>(rendered: &'r Rendered<'_>) -> impl Iterator<Item = &'r Resource> {
    rendered
        .resources
        .iter()
        .copied()
        .filter(|resource| rendered.other_namespace(resource.namespace.as_deref()).is_none())
}

fn made_secrets(resource: &Resource) -> Vec<(String, SortedSet<Text>)> {
    let secret =
        |name: Option<&str>| name.map(|name| (name.to_owned(), SortedSet::default())).into_iter().collect();
    let own = resource.name.as_str();
    match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("", "Secret") => vec![(own.to_owned(), keys(resource, &["data", "stringData"]))],
        ("external-secrets.io", "ExternalSecret") => {
            let name = text_at(&resource.value, &["spec", "target", "name"]).unwrap_or(own);
            vec![(name.to_owned(), external_keys(resource))]
        }
        ("bitnami.com", "SealedSecret") => {
            secret(text_at(&resource.value, &["spec", "template", "metadata", "name"]).or(Some(own)))
        }
        ("cert-manager.io", "Certificate") => secret(text_at(&resource.value, &["spec", "secretName"])),
        ("isindir.github.com", "SopsSecret") => {
            let names = maps_at(&resource.value, &["spec", "secretTemplates"])
                .filter_map(|template| text_at(template, &["name"]));
            names.map(|name| (name.to_owned(), SortedSet::default())).collect()
        }
        // CloudNativePG 1.30, `Cluster.GetApplicationSecretName` and similar functions.
        ("postgresql.cnpg.io", "Cluster") => ["app", "ca", "replication", "server", "superuser"]
            .map(|suffix| (format!("{own}-{suffix}"), SortedSet::default()))
            .into(),
        _ => Vec::new(),
    }
}

fn keys(resource: &Resource, fields: &[&str]) -> SortedSet<Text> {
    let maps = fields.iter().filter_map(|field| resource.at(&[field])?.map());
    maps.flat_map(Map::iter).map(|(key, _)| key.into()).collect()
}

/// The keys of the Secret of an ExternalSecret, if it lists each of them.
fn external_keys(resource: &Resource) -> SortedSet<Text> {
    if resource.at(&["spec", "dataFrom"]).is_some() || resource.at(&["spec", "target", "template"]).is_some()
    {
        return SortedSet::default();
    }
    let listed = maps_at(&resource.value, &["spec", "data"]).filter_map(|item| text_at(item, &["secretKey"]));
    listed.map(|key| key.to_owned().into()).collect()
}

/// The objects that the pods need and the application does not create. Several references to an object are
/// merged: it is optional only if all of them are.
pub(super) fn needs(rendered: &Rendered<'_>) -> BTreeMap<Text, Need> {
    let mut needs: BTreeMap<Text, Need> = BTreeMap::new();
    let found = rendered
        .workloads
        .iter()
        .flat_map(|workload| references(workload).into_iter().map(move |reference| (workload, reference)));
    let (optional, required): (Vec<_>, Vec<_>) = found.partition(|(_, reference)| reference.optional);
    for (workload, Reference { kind, name, keys, optional }) in required.into_iter().chain(optional) {
        let title = Text::from(format!("{kind}/{name}"));
        let need = needs.entry(title).or_insert_with(|| Need { optional, ..Need::default() });
        // An optional key is not required of a required object.
        if need.optional == optional {
            need.keys.extend(keys.into_iter().map(|key| key.to_owned().into()));
            need.by.insert(rendered.title(workload.resource));
        }
    }
    let made = secrets(rendered);
    needs.retain(|title, need| !is_met(title, need, rendered, &made));
    needs
}

/// Whether an application creates an object that its pods need.
fn is_met(title: &str, need: &Need, rendered: &Rendered<'_>, made: &BTreeMap<Text, SortedSet<Text>>) -> bool {
    let has = |keys: &SortedSet<Text>, all_known: bool| {
        need.optional || (!all_known && keys.is_empty()) || need.keys.is_subset(keys)
    };
    match title.split_once('/') {
        Some(("Secret", name)) => made.get(name).is_some_and(|keys| has(keys, false)),
        Some((_, name)) => {
            let made = own(rendered)
                .find(|resource| resource.kind.is("", "ConfigMap") && resource.name.as_str() == name);
            made.is_some_and(|resource| has(&keys(resource, &["data", "binaryData"]), true))
        }
        None => false,
    }
}

/// A reference of a pod to a Secret or a ConfigMap.
struct Reference<'r> {
    kind: &'static str,
    name: &'r str,
    keys: Vec<&'r str>,
    optional: bool,
}

fn references<'r>(workload: &Workload<'r>) -> Vec<Reference<'r>> {
    let mut found = Vec::new();
    for container in workload.containers() {
        for variable in maps_at(container, &["env"]) {
            found.extend(reference("Secret", at(variable, &["valueFrom", "secretKeyRef"]), "name"));
            found.extend(reference("ConfigMap", at(variable, &["valueFrom", "configMapKeyRef"]), "name"));
        }
        for all in maps_at(container, &["envFrom"]) {
            found.extend(reference("Secret", all.get("secretRef"), "name"));
            found.extend(reference("ConfigMap", all.get("configMapRef"), "name"));
        }
    }
    for volume in maps_at(workload.spec, &["volumes"]) {
        found.extend(reference("Secret", volume.get("secret"), "secretName"));
        found.extend(reference("ConfigMap", volume.get("configMap"), "name"));
        for source in maps_at(volume, &["projected", "sources"]) {
            found.extend(reference("Secret", source.get("secret"), "name"));
            found.extend(reference("ConfigMap", source.get("configMap"), "name"));
        }
    }
    // Without it the kubelet still tries to pull.
    let pull = maps_at(workload.spec, &["imagePullSecrets"]).filter_map(|secret| text_at(secret, &["name"]));
    found.extend(pull.map(|name| Reference { kind: "Secret", name, keys: Vec::new(), optional: true }));
    found
}

fn reference<'r>(kind: &'static str, value: Option<&'r Value>, name: &str) -> Option<Reference<'r>> {
    let map = value?.map()?;
    let name = text_at(map, &[name])?;
    let items = items_at(map, &["items"]).iter().filter_map(|item| text(item.map()?.get("key")?));
    let keys = text_at(map, &["key"]).into_iter().chain(items).collect();
    Some(Reference { kind, name, keys, optional: is_true(map, &["optional"]) })
}
