//! An application that is synced by hand, while later waves wait for it.

use crate::finding::Finding;
use crate::plan::{Application, Plan};
use crate::rules;

pub(super) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    if !plan.platform.argocd.application_health {
        return;
    }
    let Some(last) = plan.applications().max_by_key(|application| application.wave) else { return };
    let routed = plan.entries.iter().any(|entry| !entry.routes.is_empty());
    let end = if routed { last.wave.max(plan.platform.route_wave()) } else { last.wave };
    for application in plan.applications().filter(|application| application.automated.is_none() && application.wave < end) {
        let later = plan.applications().find(|later| later.wave > application.wave);
        findings.push(gated(application, later));
    }
}

fn gated(application: &Application, later: Option<&Application>) -> Finding {
    let place = application.place.key(if application.written.auto_sync.is_some() { "autoSync" } else { "applicationCode" });
    let finding = rules::GATED_WAVE.at(place, "this application is synced by hand, and later waves wait for it");
    let finding = match later {
        Some(later) => finding.and(later.place.key("applicationCode"), "this one among others"),
        None => finding,
    };
    let finding = finding.note("until somebody presses the button Argo CD starts nothing of the later waves, and takes up no newer commit");
    finding.help("add `autoSync: true`, or move it behind everything that waits: an entry of the last tier that nothing else depends on")
}
