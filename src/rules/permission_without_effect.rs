//! A permission for a kind that nobody denies.

use crate::finding::Finding;
use crate::generate;
use crate::plan::Plan;
use crate::rules::PERMISSION_WITHOUT_EFFECT;
use crate::suggestion::{did_you_mean, either, shorten};

/// Argo CD compares kinds exactly: a misspelt one permits nothing.
pub(crate) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for entry in &plan.entries {
        for (index, wanted) in entry.project.namespace_resources.iter().enumerate() {
            if !generate::is_denied(&wanted.group, &wanted.kind) {
                let place = entry.place.key("project").key("namespaceResources").index(index);
                let message = format!("applications may own the kind `{}` of the group `{}` anyway", shorten(&wanted.kind), shorten(&wanted.group));
                let help = did_you_mean(&wanted.kind, generate::denied_kinds());
                let kinds = || format!("the kinds that are denied are {}", either(generate::denied_kinds()));
                findings.push(PERMISSION_WITHOUT_EFFECT.at(place, message).help(help.unwrap_or_else(kinds)));
            }
        }
    }
}
