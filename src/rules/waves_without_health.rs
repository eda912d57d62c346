//! An order of applications that nothing enforces.

use crate::document::Place;
use crate::finding::Finding;
use crate::plan::Plan;
use crate::rules;

pub(super) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    if plan.platform.argocd.application_health || !plan.has_order() {
        return;
    }
    let finding = rules::WAVES_WITHOUT_HEALTH.at(asked(plan), "nothing waits for this order");
    let finding = finding.note("without a health check for Applications, Argo CD starts all waves one right after the other");
    findings
        .push(finding.help("install the health check that `wharf bootstrap` prints, then write `argocd.applicationHealth: true` in platform.yml"));
}

/// The first line that asks for an order.
fn asked(plan: &Plan) -> Place {
    let depends = plan.applications().filter(|application| !application.written.depends_on.is_empty());
    let depends = depends.map(|application| application.place.key("dependsOn").itself());
    let tiers = plan.entries.iter().filter(|entry| entry.tier + 1 < plan.platform.tiers.len() && !entry.applications.is_empty());
    let tiers = tiers.map(|entry| entry.place.key("tier"));
    depends.chain(tiers).min().unwrap_or_default()
}
