//! Labels and annotations that the API server would reject.

use crate::diagnostics::rules::INVALID_LABEL;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink};
use crate::kubernetes::label::{is_key, is_value};
use crate::kubernetes::{Kind, Object};
use crate::value::{Key, Map, Value};

/// Checks what users set on Namespaces and Applications.
pub(crate) fn check(objects: &[Object], findings: &mut Sink) {
    for object in objects.iter().filter(|object| matches!(object.kind, Kind::Namespace | Kind::Application)) {
        let Some(origin) = object.origins.first() else { continue };
        let parent = origin.location.parent();
        for (key, value) in users(&object.labels) {
            let location = parent.key("labels").key(key.clone());
            check_key(&location, key, object.kind, findings);
            if !is_value(value) {
                let finding = INVALID_LABEL
                    .at(location, format!("`{}` is not a valid value of a label", shorten(value)));
                let help = "use at most 63 letters, digits, dashes, dots and underscores, or an annotation, \
                            whose value may be any text";
                findings.push(finding.note(refused(object.kind)).help(help));
            }
        }
        for (key, _) in users(&object.annotations) {
            check_key(&parent.key("annotations").key(key.clone()), key, object.kind, findings);
        }
    }
}

/// The pairs that the user has set.
fn users(map: &Map) -> impl Iterator<Item = (&Key, &str)> {
    map.iter().filter(|(key, _)| key.is_user()).filter_map(|(key, value)| match value {
        Value::Text(text) => Some((key, text.as_str())),
        _ => None,
    })
}

fn check_key(location: &Location, key: &str, kind: Kind, findings: &mut Sink) {
    if !is_key(key) {
        let finding =
            INVALID_LABEL.at(location.clone().itself(), format!("`{}` is not a valid key", shorten(key)));
        let help =
            "use at most 63 letters, digits, dashes, dots and underscores, after an optional `domain/`";
        findings.push(finding.note(refused(kind)).help(help));
    }
}

fn refused(kind: Kind) -> String {
    format!("the API server would reject the {}", kind.name())
}
