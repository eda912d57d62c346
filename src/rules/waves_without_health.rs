//! An order of applications that is not enforced.

use crate::diagnostics::{Location, Sink, rules};
use crate::model::Model;

pub(super) fn check(model: &Model, findings: &mut Sink) {
    if model.platform.argocd.application_health || !model.has_order() {
        return;
    }
    let finding = rules::WAVES_WITHOUT_HEALTH.at(first_ordered(model), "this order is not enforced");
    let finding = finding
        .note("without a health check for Applications, Argo CD starts all waves one right after the other");
    findings.push(finding.help(
        "install the health check that `wharf bootstrap` prints, then write `argocd.applicationHealth: true` \
         in platform.yml",
    ));
}

/// The first line that requests an order.
fn first_ordered(model: &Model) -> Location {
    let depends = model.applications().filter(|application| !application.depends_on.is_empty());
    let depends = depends.map(|application| application.location.key("dependsOn").itself());
    let tiers = model
        .entries
        .iter()
        .filter(|entry| entry.tier + 1 < model.platform.tiers.len() && !entry.applications.is_empty());
    let tiers = tiers.map(|entry| entry.location.key("tier"));
    depends.chain(tiers).min().unwrap_or_default()
}
