//! A permission for a kind that is not denied.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::INEFFECTIVE_PERMISSION;
use crate::diagnostics::suggestion::{did_you_mean, either};
use crate::emit;
use crate::model::Model;

/// Argo CD compares kinds exactly: a misspelt kind permits nothing.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    for entry in &model.entries {
        for (index, wanted) in entry.project.namespace_resources.iter().enumerate() {
            if !emit::is_denied(&wanted.group, &wanted.kind) {
                let location = entry.location.key("project").key("namespaceResources").index(index);
                findings.push(unnecessary(&location, &wanted.group, &wanted.kind));
            }
        }
    }
}

fn unnecessary(location: &Location, group: &str, kind: &str) -> Finding {
    let (key, message, help) = if let Some(right) = emit::denied_group(kind) {
        (
            "group",
            format!("the platform does not deny the kind `{kind}` of the group `{group}`"),
            format!("write the group `{right}`"),
        )
    } else {
        let kinds = || format!("remove the line, or write one of {}", either(emit::denied_kinds()));
        (
            "kind",
            format!("the platform does not deny the kind `{kind}`"),
            did_you_mean(kind, emit::denied_kinds()).unwrap_or_else(kinds),
        )
    };
    let finding = INEFFECTIVE_PERMISSION.at(location.key(key), message);
    finding
        .note("Argo CD compares group and kind exactly, including case: the line would permit nothing")
        .help(help)
}
