//! An application that is synced manually, while later waves wait for it.

use crate::diagnostics::{Finding, Sink, rules};
use crate::model::{Application, Line, Model};

pub(super) fn check(model: &Model, findings: &mut Sink) {
    if !model.platform.argocd.application_health {
        return;
    }
    let Some(last) = model.applications().max_by_key(|application| application.wave) else { return };
    let routed = model.entries.iter().any(|entry| !entry.routes.is_empty());
    let end = if routed { last.wave.max(model.platform.route_wave()) } else { last.wave };
    for application in
        model.applications().filter(|application| application.automated.is_none() && application.wave < end)
    {
        let later = model.applications().find(|later| later.wave > application.wave);
        findings.push(gated(application, later));
    }
}

fn gated(application: &Application, later: Option<&Application>) -> Finding {
    let location = application.location.key(if application.lines.contains(&Line::AutoSync) {
        "autoSync"
    } else {
        "applicationCode"
    });
    let finding =
        rules::GATED_WAVE.at(location, "this application is synced manually, and later waves wait for it");
    let finding = match later {
        Some(later) => finding
            .with_secondary_label(later.location.key("applicationCode"), "this application, for example"),
        None => finding,
    };
    let finding = finding
        .note("until it is synced, Argo CD starts none of the later waves, and applies no newer commit");
    finding.help(
        "add `autoSync: true`, or move it after everything that waits: to an entry of the last tier that \
         nothing depends on",
    )
}
