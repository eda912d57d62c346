//! What the API server and operators fill in, and wharf writes explicitly: both sides are compared without.

use serde_json::Value;

/// Values that mean the same as none, by the key and the kind of the object.
const DEFAULTS: [(&str, &str, &str); 15] = [
    ("HTTPRoute", "group", "gateway.networking.k8s.io"),
    ("HTTPRoute", "group", ""),
    ("HTTPRoute", "kind", "Gateway"),
    ("HTTPRoute", "kind", "Service"),
    ("HTTPRoute", "weight", "1"),
    ("IngressRoute", "kind", "Rule"),
    ("ExternalSecret", "creationPolicy", "Owner"),
    ("ExternalSecret", "deletionPolicy", "Retain"),
    ("ExternalSecret", "conversionStrategy", "Default"),
    ("ExternalSecret", "decodingStrategy", "None"),
    ("ExternalSecret", "metadataPolicy", "None"),
    ("ExternalSecret", "nullBytePolicy", "Ignore"),
    ("ExternalSecret", "engineVersion", "v2"),
    ("ExternalSecret", "mergePolicy", "Replace"),
    ("ExternalSecret", "refreshInterval", "1h"),
];

/// Removes defaults from the `spec` of an object.
pub(super) fn remove(value: &mut Value) {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = value.pointer("/metadata/name").cloned();
    let namespace = value.pointer("/metadata/namespace").cloned();
    let Some(spec) = value.get_mut("spec") else { return };
    without(spec, &kind);
    match kind.as_str() {
        "HTTPRoute" => of_route(spec, namespace.as_ref()),
        "ExternalSecret" => of_secret(spec, name.as_ref()),
        _ => {}
    }
}

fn without(value: &mut Value, kind: &str) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| !DEFAULTS.iter().any(|default| is(default, kind, key, value)));
            map.values_mut().for_each(|value| without(value, kind));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without(item, kind)),
        _ => {}
    }
}

fn is((of, name, default): &(&str, &str, &str), kind: &str, key: &str, value: &Value) -> bool {
    let is_default = match value {
        Value::String(text) => text == default,
        Value::Number(number) => default.parse().ok().as_ref() == Some(number),
        _ => false,
    };
    kind == *of && key == *name && is_default
}

/// A route attaches to Gateways in any order, and a rule without matches takes every path (Gateway API 1.6).
fn of_route(spec: &mut Value, namespace: Option<&Value>) {
    if let Some(parents) = spec.get_mut("parentRefs").and_then(Value::as_array_mut) {
        for parent in parents.iter_mut().filter_map(Value::as_object_mut) {
            if parent.get("namespace") == namespace {
                parent.remove("namespace");
            }
        }
        parents.sort_by_key(ToString::to_string);
    }
    let rules = spec.get_mut("rules").and_then(Value::as_array_mut);
    for rule in rules.into_iter().flatten().filter_map(Value::as_object_mut) {
        let everything = serde_json::json!([{"path": {"type": "PathPrefix", "value": "/"}}]);
        if rule.get("matches") == Some(&everything) {
            rule.remove("matches");
        }
    }
}

/// The Secret has the name of its ExternalSecret (External Secrets 2.9, `target.name`).
fn of_secret(spec: &mut Value, name: Option<&Value>) {
    let Some(target) = spec.get_mut("target").and_then(Value::as_object_mut) else { return };
    if target.get("name") == name {
        target.remove("name");
    }
    if target.is_empty() {
        spec.as_object_mut().map(|spec| spec.remove("target"));
    }
}
