//! Labels and annotations that the API server would reject.

use std::collections::BTreeMap;

use crate::diagnostics::rules::INVALID_LABEL;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Location, Sink};
use crate::kubernetes::label::{is_key, is_value};
use crate::kubernetes::{Kind, Object};
use crate::model::{Metadata, Model};
use crate::value::{Key, Map, Value};

/// Checks what users set on Namespaces, Applications and the objects of routes.
pub(crate) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    for object in objects.iter().filter(|object| matches!(object.kind, Kind::Namespace | Kind::Application)) {
        let Some(origin) = object.origins.first() else { continue };
        let (labels, annotations) = (users(&object.metadata().labels), users(&object.metadata().annotations));
        check_pairs(|| origin.location.parent(), labels, annotations, object.kind.name(), findings);
    }
    let mut of_routes = |location: &Location, metadata: &Metadata| {
        let (labels, annotations) = (pairs(&metadata.labels), pairs(&metadata.annotations));
        check_pairs(|| location.clone(), labels, annotations, "route", findings);
    };
    of_routes(&Location::root(FileId::PLATFORM).key("routing"), &model.platform.routing.metadata);
    for route in model.entries.iter().flat_map(|entry| &entry.routes) {
        of_routes(&route.location, &route.metadata);
    }
}

/// Checks the labels and annotations below `parent`, of an object of this kind.
fn check_pairs<'p>(
    parent: impl Fn() -> Location,
    labels: impl Iterator<Item = (Key, &'p str)>,
    annotations: impl Iterator<Item = (Key, &'p str)>,
    kind: &str,
    findings: &mut Sink,
) {
    for (key, value) in labels {
        let location = parent().key("labels").key(key.clone());
        check_key(&location, &key, kind, findings);
        if !is_value(value) {
            let finding =
                INVALID_LABEL.at(location, format!("`{}` is not a valid value of a label", shorten(value)));
            let help = "use at most 63 letters, digits, dashes, dots and underscores, or an annotation, \
                        whose value may be any text";
            findings.push(finding.note(refused(kind)).help(help));
        }
    }
    for (key, _) in annotations {
        check_key(&parent().key("annotations").key(key.clone()), &key, kind, findings);
    }
}

fn pairs(map: &BTreeMap<String, String>) -> impl Iterator<Item = (Key, &str)> {
    map.iter().map(|(key, value)| (Key::user(key.as_str()), value.as_str()))
}

/// The pairs that the user has set.
fn users(map: &Map) -> impl Iterator<Item = (Key, &str)> {
    map.iter().filter(|(key, _)| key.is_user()).filter_map(|(key, value)| match value {
        Value::Text(text) => Some((key.clone(), text.as_str())),
        _ => None,
    })
}

fn check_key(location: &Location, key: &str, kind: &str, findings: &mut Sink) {
    if !is_key(key) {
        let finding =
            INVALID_LABEL.at(location.clone().itself(), format!("`{}` is not a valid key", shorten(key)));
        let help =
            "use at most 63 letters, digits, dashes, dots and underscores, after an optional `domain/`";
        findings.push(finding.note(refused(kind)).help(help));
    }
}

fn refused(kind: &str) -> String {
    format!("the API server would reject the {kind}")
}
