//! The metadata of an object: a name, labels and annotations, and none that control another system.

use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::kubernetes::label;
use crate::kubernetes::{MANAGED_BY, SYNC_OPTIONS, SYNC_WAVE};
use crate::names::Namespace;
use crate::value::{Map, Value};

/// Other keys that control Argo CD: tracking by label, and the state that it compares with (Argo
/// CD 3.5).
const TRACKED: [&str; 2] = ["app.kubernetes.io/instance", "kubectl.kubernetes.io/last-applied-configuration"];

/// Checks the metadata of an object of the entry that owns `namespace`.
pub(super) fn check(
    metadata: &Map,
    namespace: &Namespace,
    clustered: bool,
    location: &Location,
    faults: &mut Sink,
) {
    for (key, value) in metadata.iter() {
        let at = location.key(key.clone());
        match key.as_str() {
            "name" => {}
            "labels" | "annotations" => check_texts(value, &at, key.as_str() == "labels", faults),
            "namespace" if clustered => {
                faults.push(
                    rules::TEMPLATE_OBJECT
                        .at(at, "this kind is cluster-scoped and has no namespace")
                        .help("remove the line"),
                );
            }
            "namespace" => {
                if !matches!(value, Value::Text(text) if text.as_str() == namespace.as_str()) {
                    let finding = rules::TEMPLATE_OBJECT
                        .at(at, format!("the object is not in the namespace `{namespace}`"));
                    let finding = finding.note(
                        "an entry owns one namespace, and removing the entry would \
                        remove the object from another",
                    );
                    faults.push(
                        finding.help(
                            "remove the line: objects of a template are in the namespace of their entry",
                        ),
                    );
                }
            }
            _ => {
                let finding = rules::TEMPLATE_OBJECT
                    .at(at.itself(), format!("templates cannot set `metadata.{}`", shorten(key)));
                faults.push(finding.help("a template sets `name`, `labels` and `annotations`"));
            }
        }
    }
}

/// Labels or annotations: strings by keys that the API server accepts, and none of those that wharf sets.
fn check_texts(value: &Value, location: &Location, labels: bool, faults: &mut Sink) {
    let Value::Map(map) = value else { return };
    for (key, value) in map.iter() {
        let at = location.key(key.clone());
        if [MANAGED_BY, SYNC_WAVE, SYNC_OPTIONS].contains(&key.as_str()) {
            let finding = rules::RESERVED_METADATA.at(at.itself(), format!("wharf sets `{key}` itself"));
            faults.push(finding.help("remove the line; the kind determines the order"));
        } else if is_order(key) {
            let finding =
                rules::RESERVED_METADATA.at(at.itself(), format!("`{}` controls Argo CD", shorten(key)));
            let finding = finding.note(
                "Argo CD could skip, keep or hide the object, run it as a hook, or \
                use it as a cluster or a repository",
            );
            faults.push(finding.help(
                "remove the line; the kind determines the order, and `toggleable` \
                whether Argo CD may delete the object",
            ));
        } else if !label::is_key(key) {
            faults.push(
                rules::INVALID_LABEL
                    .at(at.itself(), format!("`{}` cannot be a key here", shorten(key)))
                    .note("the API server would refuse the object"),
            );
        } else {
            match value {
                Value::Text(text) if !labels || label::is_value(text) => {}
                Value::Text(text) => {
                    let finding = rules::INVALID_LABEL
                        .at(at, format!("`{}` cannot be the value of a label", shorten(text)));
                    faults.push(finding.note("the API server would refuse the object"));
                }
                _ => {
                    let finding = rules::TEMPLATE_OBJECT.at(at, "this is not text");
                    faults.push(
                        finding
                            .note("the API server would refuse the object")
                            .help("write it in quotes, or `{{ … | string }}`"),
                    );
                }
            }
        }
    }
}

/// Whether Argo CD reads the key: its own, those of Helm's hooks, which it supports, and [`TRACKED`] (Argo CD
/// 3.5, `common.go`, `sync/common/types.go`, `sync/hook/helm`). One of them may exclude an object from the
/// comparison, run it as a hook, keep it permanently, give it to another Application or, as the label of a
/// Secret, make it a cluster or a repository.
fn is_order(key: &str) -> bool {
    let group = key.split_once('/').map_or("", |(group, _)| group);
    let within =
        |domain: &str| group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    within("argoproj.io") || within("helm.sh") || TRACKED.contains(&key)
}
