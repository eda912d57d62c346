//! Applications of the last tier that wait until certificates and similar objects are healthy.

use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Sink, rules};
use crate::kubernetes::Object;
use crate::model::{Application, Entry, Model};
use crate::names::ApplicationCode;

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
    findings.push(finding.help(advice(last, model)));
}

/// What to do about an application that waits. The tier is that of an entry, so an application can be moved
/// only with its entry, or out of it.
fn advice(waiting: &Application, model: &Model) -> String {
    let needed = waiting.depends_on.iter().map(ApplicationCode::as_str);
    let of = |code: &str| {
        let has = |entry: &&Entry| entry.applications.iter().any(|other| other.code.as_str() == code);
        model.entries.iter().find(has)
    };
    let own = of(waiting.code.as_str()).map(|entry| &entry.namespace);
    let last = model.platform.tiers.len().saturating_sub(1);
    let held = needed.filter_map(|code| of(code).map(|entry| (code, entry)));
    let Some((code, entry)) = held.max_by_key(|(_, entry)| entry.tier) else { return ACCEPT.into() };
    if last == 0 {
        return format!("add a tier to `tiers` in platform.yml for what others depend on, or {ACCEPT}");
    }
    if Some(&entry.namespace) == own {
        return format!(
            "move `{}` to an entry of its own in an earlier tier, or remove `dependsOn` if this application \
             retries by itself, or {ACCEPT}",
            shorten(code)
        );
    }
    format!(
        "move the entry `{}` to an earlier tier: then this application is in the first wave itself",
        entry.namespace
    )
}

/// How to accept the finding.
const ACCEPT: &str = "accept it with `# wharf: allow gated-by-health: reason` at this line";
