//! A permission for a kind that nobody denies.

use crate::document::Place;
use crate::finding::Finding;
use crate::generate;
use crate::plan::Plan;
use crate::rules::PERMISSION_WITHOUT_EFFECT;
use crate::suggestion::{did_you_mean, either};

/// Argo CD compares kinds exactly: a misspelt one permits nothing.
pub(crate) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for entry in &plan.entries {
        for (index, wanted) in entry.project.namespace_resources.iter().enumerate() {
            if !generate::is_denied(&wanted.group, &wanted.kind) {
                let place = entry.place.key("project").key("namespaceResources").index(index);
                findings.push(useless(&place, &wanted.group, &wanted.kind));
            }
        }
    }
}

fn useless(place: &Place, group: &str, kind: &str) -> Finding {
    let (key, message, help) = if let Some(right) = generate::denied_group(kind) {
        ("group", format!("the platform does not deny the kind `{kind}` of the group `{group}`"), format!("write the group `{right}`"))
    } else {
        let kinds = || format!("remove the line, or write one of {}", either(generate::denied_kinds()));
        ("kind", format!("the platform does not deny the kind `{kind}`"), did_you_mean(kind, generate::denied_kinds()).unwrap_or_else(kinds))
    };
    let finding = PERMISSION_WITHOUT_EFFECT.at(place.key(key), message);
    finding.note("Argo CD compares group and kind exactly, upper and lower case included: the line would permit nothing").help(help)
}
