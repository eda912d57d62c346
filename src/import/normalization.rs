//! The differences that the language makes on purpose, each with a name.

mod defaults;

use serde_json::{Map as Json, Value};

use super::entry::is_ours;
use super::values;
use crate::kubernetes::Resource;
use crate::model::SYNC_OPTIONS;
use crate::schemas::value_json;
use crate::value::Map;

/// A difference that the language makes on purpose.
pub(super) struct Normalization {
    /// Its name in the table.
    pub name: &'static str,
    apply: fn(&mut Value),
}

/// The name of the normalization for AppProjects that wharf did not render.
const PERMISSIONS: &str = "permissions of the project";

/// The name of the normalization for the order of syncs.
pub(super) const SYNC_WAVE_NAME: &str = "sync wave";

/// All of them, in the order in which they are tried.
pub(super) const ALL: [Normalization; 15] = [
    Normalization {
        name: SYNC_WAVE_NAME,
        apply: |value| remove_annotation(value, "argocd.argoproj.io/sync-wave"),
    },
    Normalization {
        name: "sync options of the object",
        apply: |value| remove_annotation(value, "argocd.argoproj.io/sync-options"),
    },
    Normalization { name: "label of wharf", apply: remove_label },
    Normalization { name: "Pod Security levels", apply: pod_security },
    Normalization { name: "finalizer", apply: finalizers },
    Normalization { name: "project", apply: |value| remove_at(value, &["spec", "project"]) },
    Normalization { name: "CreateNamespace", apply: create_namespace },
    Normalization { name: "sync options without effect", apply: ineffective_options },
    Normalization { name: "RespectIgnoreDifferences", apply: respected },
    Normalization { name: "values as an object", apply: values_object },
    Normalization { name: PERMISSIONS, apply: permissions },
    Normalization { name: "destination by name", apply: destination },
    Normalization { name: "API defaults", apply: defaults::remove },
    Normalization { name: "empty values", apply: empty_values },
    Normalization { name: "API version", apply: |value| remove_at(value, &["apiVersion"]) },
];

/// The names of the normalizations after which both are equal; otherwise the path of the first difference.
pub(super) fn equal_after(before: &Resource, after: &Resource) -> Result<Vec<&'static str>, String> {
    if before.value == after.value {
        return Ok(Vec::new());
    }
    let sides = [before, after].map(|resource| json(&resource.value));
    let is_possible = |one: &&Normalization| one.name != PERMISSIONS || !is_ours(before);
    let mut needed: Vec<_> = ALL.iter().filter(is_possible).collect();
    if let Some(path) = difference(&sides, &needed) {
        return Err(path);
    }
    for normalization in ALL.iter().filter(is_possible) {
        let without = needed.iter().copied().filter(|other| other.name != normalization.name);
        let without: Vec<_> = without.collect();
        if difference(&sides, &without).is_none() {
            needed = without;
        }
    }
    Ok(needed.into_iter().map(|normalization| normalization.name).collect())
}

/// The path of the first difference that is left after normalizations.
fn difference(sides: &[Value; 2], normalizations: &[&Normalization]) -> Option<String> {
    let [one, other] = sides.each_ref().map(|side| {
        let mut side = side.clone();
        for normalization in normalizations {
            (normalization.apply)(&mut side);
        }
        prune(&mut side);
        side
    });
    first_difference(&one, &other)
}

/// The path of the first difference.
fn first_difference(one: &Value, other: &Value) -> Option<String> {
    let (Some(map), Some(others)) = (one.as_object(), other.as_object()) else {
        return (one != other).then(String::new);
    };
    let below = map.keys().chain(others.keys()).find_map(|key| {
        let null = Value::Null;
        let (one, other) = (map.get(key).unwrap_or(&null), others.get(key).unwrap_or(&null));
        first_difference(one, other)
            .map(|path| if path.is_empty() { key.clone() } else { format!("{key}.{path}") })
    });
    below.or_else(|| (map.len() != others.len()).then(String::new))
}

/// A value as JSON, in which the order of keys has no meaning.
pub(super) fn json(map: &Map) -> Value {
    value_json(&map.clone().into())
}

/// Removes labels and annotations that are empty.
fn prune(value: &mut Value) {
    let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
}

fn remove_at(value: &mut Value, path: &[&str]) {
    let Some((last, parents)) = path.split_last() else { return };
    let parent = parents.iter().try_fold(value, |value, key| value.get_mut(*key));
    if let Some(map) = parent.and_then(Value::as_object_mut) {
        map.remove(*last);
    }
}

fn remove_annotation(value: &mut Value, name: &str) {
    remove_at(value, &["metadata", "annotations", name]);
}

fn remove_label(value: &mut Value) {
    remove_at(value, &["metadata", "labels", crate::kubernetes::MANAGED_BY]);
}

fn pod_security(value: &mut Value) {
    if let Some(labels) = value.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.retain(|key, _| !key.starts_with("pod-security.kubernetes.io/"));
    }
}

fn finalizers(value: &mut Value) {
    remove_at(value, &["metadata", "finalizers"]);
}

fn create_namespace(value: &mut Value) {
    let Some(policy) = value.pointer_mut("/spec/syncPolicy").and_then(Value::as_object_mut) else { return };
    if let Some(options) = policy.get_mut("syncOptions").and_then(Value::as_array_mut) {
        options
            .retain(|option| !option.as_str().is_some_and(|option| option.starts_with("CreateNamespace=")));
    }
}

/// Argo CD ignores sync options that it does not know, and those that state what holds without them.
fn ineffective_options(value: &mut Value) {
    let options = value.pointer_mut("/spec/syncPolicy/syncOptions").and_then(Value::as_array_mut);
    if let Some(options) = options {
        let is_known =
            |option: &str| option.starts_with("CreateNamespace=") || SYNC_OPTIONS.contains(&option);
        options.retain(|option| option.as_str().is_some_and(is_known));
    }
}

/// wharf adds the option where an application heals itself and ignores differences: without it, Argo CD
/// undoes what is ignored.
fn respected(value: &mut Value) {
    let options = value.pointer_mut("/spec/syncPolicy/syncOptions").and_then(Value::as_array_mut);
    if let Some(options) = options {
        options.retain(|option| option.as_str() != Some("RespectIgnoreDifferences=true"));
    }
}

/// Argo CD reads values of Helm as a text or as an object.
fn values_object(value: &mut Value) {
    if let Some(source) = value.pointer_mut("/spec/source") {
        values_of(source);
    }
    let sources = value.pointer_mut("/spec/sources").and_then(Value::as_array_mut);
    sources.into_iter().flatten().for_each(values_of);
}

fn values_of(source: &mut Value) {
    let Some(helm) = source.get_mut("helm").and_then(Value::as_object_mut) else { return };
    let parsed = helm.get("values").and_then(Value::as_str).and_then(values::parsed);
    if let Some(values) = parsed.filter(|_| !helm.contains_key("valuesObject")) {
        helm.remove("values");
        helm.insert("valuesObject".into(), json(&values));
    }
}

/// An AppProject that wharf did not render permits more than one that it renders: the least that its
/// applications need.
fn permissions(value: &mut Value) {
    if value.pointer("/kind").and_then(Value::as_str) == Some("AppProject") {
        remove_at(value, &["spec"]);
    }
}

fn destination(value: &mut Value) {
    let Some(destination) = value.pointer_mut("/spec/destination").and_then(Value::as_object_mut) else {
        return;
    };
    if destination.get("name").and_then(Value::as_str) == Some("in-cluster") {
        destination.remove("name");
        destination.insert("server".into(), "https://kubernetes.default.svc".into());
    }
}

/// Removes what has no value: Argo CD and the API server drop it themselves.
fn empty_values(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(empty_values);
            map.retain(|key, value| !is_empty(value) || key == "podSelector" || key == "namespaceSelector");
        }
        Value::Array(items) => items.iter_mut().for_each(empty_values),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => Json::is_empty(map),
        _ => false,
    }
}
