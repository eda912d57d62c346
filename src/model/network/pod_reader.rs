//! Labels of pods as users write them.

use std::collections::BTreeMap;

use super::pod_labels::PodLabels;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::kubernetes::label::{is_key, is_value};

/// Labels of a file; `None` if nothing is written.
pub(super) type Written = Option<Box<BTreeMap<String, String>>>;

/// The pods with the labels at `location`; all of them if nothing is written.
pub(in crate::model) fn read_pods(location: &Location, written: &Written, findings: &mut Sink) -> PodLabels {
    let Some(labels) = written else { return PodLabels::default() };
    if labels.is_empty() {
        let finding = rules::POD_LABELS
            .at(location.clone().itself(), "this selects pods by their labels, and contains none");
        let finding = finding.note("an empty selector selects all pods");
        findings.push(finding.help("add a label, or remove the line if all pods are meant"));
    }
    for (key, value) in labels.as_ref() {
        check(&location.key(key.clone()), key, value, findings);
    }
    PodLabels::from(labels.as_ref())
}

fn check(location: &Location, key: &str, value: &str, findings: &mut Sink) {
    let note = "no pod can have such a label, and the API server would reject the policy";
    if !is_key(key) {
        let finding = rules::POD_LABELS
            .at(location.clone().itself(), format!("`{}` is not the key of a label", shorten(key)));
        let help =
            "use at most 63 letters, digits, dashes, dots and underscores, after an optional `domain/`";
        findings.push(finding.note(note).help(help));
    }
    if !is_value(value) {
        let finding = rules::POD_LABELS
            .at(location.clone(), format!("`{}` is not the value of a label", shorten(value)));
        let help = "use at most 63 letters, digits, dashes, dots and underscores";
        findings.push(finding.note(note).help(help));
    }
}
