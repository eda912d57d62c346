//! Applications of the last tier that wait for the health of certificates and the like.

use crate::finding::{self, Finding};
use crate::object::Object;
use crate::plan::Plan;
use crate::rules;

pub(super) fn check(plan: &Plan, objects: &[Object], findings: &mut Vec<Finding>) {
    let Some(last) = plan.applications().find(|application| application.wave > plan.platform.route_wave()) else { return };
    let gates: Vec<_> = objects.iter().filter(|object| object.kind.has_health() && object.wave == plan.platform.route_wave()).collect();
    let Some(first) = gates.first() else { return };
    let place = last.place.key("dependsOn").itself();
    let all = match gates.len() {
        1 => "is healthy".to_owned(),
        more => format!("and {} are healthy", finding::count(more - 1, "other")),
    };
    let message = format!("this application also waits until the {} `{}` {all}", first.kind.name(), first.name);
    let finding = rules::GATED_BY_HEALTH.at(place, message);
    let finding = finding.note("they are in the first wave of the last tier, and Argo CD starts no later wave while one of them is not");
    findings.push(finding.help("move what it depends on to an earlier tier: then it is in the first wave itself"));
}
