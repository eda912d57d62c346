//! The Secrets that cert-manager creates for objects, by their own text.

use super::object::Object;
use crate::value::{Map, Value};

/// The annotations of an Ingress for which cert-manager issues its certificates (cert-manager 1.21,
/// ingress-shim).
pub const ISSUER_ANNOTATIONS: [&str; 2] = ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer"];

/// Each Secret that cert-manager creates for one of `objects`, with that object.
pub fn certificate_secrets(objects: &[Object]) -> impl Iterator<Item = (&Object, &str)> {
    objects.iter().flat_map(|object| secrets(object).into_iter().map(move |secret| (object, secret)))
}

fn secrets(object: &Object) -> Vec<&str> {
    let spec = || object.body.content().get("spec").and_then(Value::map);
    match (object.group_kind().group.as_str(), object.kind_name()) {
        ("cert-manager.io", "Certificate") => {
            spec().and_then(|spec| text(spec, "secretName")).into_iter().collect()
        }
        ("networking.k8s.io", "Ingress") if has_issuer(object) => {
            match spec().and_then(|spec| spec.get("tls")).map(Value::get) {
                Some(Value::List(blocks)) => {
                    blocks.iter().filter_map(|block| text(block.map()?, "secretName")).collect()
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn has_issuer(object: &Object) -> bool {
    ISSUER_ANNOTATIONS.iter().any(|key| object.metadata().annotations.get(key).is_some())
}

fn text<'m>(map: &'m Map, key: &str) -> Option<&'m str> {
    match map.get(key).map(Value::get) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}
