//! Applications of the last tier that wait until certificates and similar objects are healthy.

use crate::diagnostics::{Sink, rules};
use crate::kubernetes::Object;
use crate::model::Model;

pub(super) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    let Some(last) = model.applications().find(|application| application.wave > model.platform.route_wave())
    else {
        return;
    };
    let gates: Vec<_> = objects
        .iter()
        .filter(|object| object.kind.facts().has_health && object.wave == model.platform.route_wave())
        .collect();
    let Some(first) = gates.first() else { return };
    let location = last.location.key("dependsOn").itself();
    let all = match gates.len() {
        1 => "is healthy".to_owned(),
        more => format!("and {} are healthy", crate::diagnostics::count(more - 1, "other")),
    };
    let message =
        format!("this application also waits until the {} `{}` {all}", first.kind.name(), first.name);
    let finding = rules::GATED_BY_HEALTH.at(location, message);
    let finding = finding.note(
        "they are in the first wave of the last tier, and Argo CD starts no later wave until all of them are \
         healthy",
    );
    findings.push(finding.help(
        "move the applications that it depends on to an earlier tier: then it is in the first wave itself",
    ));
}
