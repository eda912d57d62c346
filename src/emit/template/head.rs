//! The head of an object: its kind and its name.

use std::sync::Arc;

use super::file_name;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::{is_dns_label, is_dns_name};
use crate::kubernetes::{GroupKind, Kind, OtherKind, group};
use crate::value::{Map, Text, Value};

pub(super) fn text_of(
    map: &Map,
    key: &'static str,
    location: &Location,
    good: fn(&str) -> bool,
    form: &str,
    faults: &mut Sink,
) -> Option<Text> {
    let value = map.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value);
    let (at, message) = match value {
        Some(Value::Text(text)) if good(text) => return Some(text.clone()),
        Some(Value::Text(text)) => (location.key(key), format!("`{}` is not a valid `{key}`", shorten(text))),
        Some(_) => (location.key(key), format!("`{key}` is not text")),
        None => (location.clone(), format!("the object has no `{key}`")),
    };
    faults.push(
        rules::TEMPLATE_OBJECT.at(at, message).note("the API server would refuse the object").help(form),
    );
    None
}

pub(super) fn map_of(map: &Map, key: &'static str, location: &Location, faults: &mut Sink) -> Map {
    match map.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value) {
        Some(Value::Map(map)) => map.clone(),
        Some(_) => {
            faults.push(
                rules::TEMPLATE_OBJECT
                    .at(location.key(key), format!("`{key}` is not a mapping"))
                    .note("the API server would refuse the object"),
            );
            Map::new()
        }
        None => Map::new(),
    }
}

/// The kind as one that wharf renders too, or as another one.
pub(super) fn kind_of(api_version: &Text, kind: &Text) -> (Kind, Option<Arc<OtherKind>>) {
    let ours = Kind::ALL
        .into_iter()
        .find(|known| (known.api_version(), known.name()) == (api_version.as_str(), kind.as_str()));
    match ours {
        Some(kind) => (kind, None),
        None => (
            Kind::Other,
            Some(Arc::new(OtherKind {
                api_version: api_version.clone(),
                kind: GroupKind::new(group(api_version).to_owned(), kind.clone()),
                file: file_name::of(kind),
            })),
        ),
    }
}

pub(super) fn is_api_version(text: &str) -> bool {
    let (group, version) =
        text.split_once('/').map_or((None, text), |(group, version)| (Some(group), version));
    group.is_none_or(is_dns_name) && version.starts_with('v') && is_dns_label(version)
}
