//! Labels and annotations that the API server would refuse.

use crate::document::Place;
use crate::finding::Finding;
use crate::format::is_dns_name;
use crate::object::{Kind, Object};
use crate::rules::BAD_LABEL;
use crate::value::Value;

/// Judges what users put on Namespaces and Applications.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for object in objects.iter().filter(|object| matches!(object.kind, Kind::Namespace | Kind::Application)) {
        let Some(origin) = object.origins.first() else { continue };
        for (map, name, noun) in [(&object.labels, "labels", "label"), (&object.annotations, "annotations", "annotation")] {
            for (key, value) in map.iter() {
                let good = is_key(key) && (noun == "annotation" || matches!(value, Value::Text(text) if is_value(text)));
                if !good {
                    let mut parent = origin.place.clone();
                    parent.steps.pop();
                    findings.push(refuse(parent.key(name).key(key.clone()), noun));
                }
            }
        }
    }
}

fn refuse(place: Place, noun: &str) -> Finding {
    let finding = BAD_LABEL.at(place, format!("Kubernetes allows no {noun} like this")).note("the API server would refuse the object");
    finding.help("a key is at most 63 letters, digits, dashes, dots and underscores behind an optional `domain/`, a label's value the same")
}

fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_dns_name) && !name.is_empty() && is_value(name)
}

/// Whether `text` may be the value of a label (Kubernetes, `IsValidLabelValue`).
fn is_value(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = bytes.first().zip(bytes.last()).is_none_or(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric());
    ends && bytes.len() <= 63 && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
