//! Labels and annotations that the API server would refuse.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::INVALID_LABEL;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::label::{is_key, is_value};
use crate::kubernetes::{Kind, Object};
use crate::value::{Map, Text, Value};

/// Judges what users put on Namespaces and Applications.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for object in objects.iter().filter(|object| matches!(object.kind, Kind::Namespace | Kind::Application)) {
        let Some(origin) = object.origins.first() else { continue };
        let parent = origin.location.parent();
        for (key, value) in users(&object.labels) {
            let location = parent.key("labels").key(key.clone());
            judge_key(&location, key, object.kind, findings);
            if !is_value(value) {
                let finding = INVALID_LABEL
                    .at(location, format!("`{}` cannot be the value of a label", shorten(value)));
                let help = "a value is at most 63 letters, digits, dashes, dots and underscores; an annotation may say anything";
                findings.push(finding.note(refused(object.kind)).help(help));
            }
        }
        for (key, _) in users(&object.annotations) {
            judge_key(&parent.key("annotations").key(key.clone()), key, object.kind, findings);
        }
    }
}

/// The pairs that a user wrote.
fn users(map: &Map) -> impl Iterator<Item = (&Text, &str)> {
    map.iter().filter_map(|(key, value)| match (key, value) {
        (Text::Shared(_), Value::Text(text)) => Some((key, text.as_str())),
        _ => None,
    })
}

fn judge_key(location: &Location, key: &str, kind: Kind, findings: &mut Vec<Finding>) {
    if !is_key(key) {
        let finding =
            INVALID_LABEL.at(location.clone().itself(), format!("`{}` cannot be a key here", shorten(key)));
        let help =
            "a key is at most 63 letters, digits, dashes, dots and underscores, behind an optional `domain/`";
        findings.push(finding.note(refused(kind)).help(help));
    }
}

fn refused(kind: Kind) -> String {
    format!("the API server would refuse the {}", kind.name())
}
