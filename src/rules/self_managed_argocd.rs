//! An Argo CD that could delete itself, or that cannot apply itself.

use crate::bootstrap;
use crate::catalog::Finalizer;
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::SELF_MANAGED_ARGOCD;
use crate::model::{Application, Model, Version};
use crate::value::Value;

/// The first version of Argo CD whose custom resource definitions are too large for the annotation of a
/// client-side apply (Argo CD 3.3, upgrading).
const NEEDS_SERVER_SIDE_APPLY: Version = Version(3, 3, 0);

pub(super) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let Some(own) = model.own_argo_cd() else { return };
    let large = model.platform.argocd.version.is_some_and(|version| version >= NEEDS_SERVER_SIDE_APPLY);
    findings.extend(bootstrap::taken_away(model).iter().map(|(key, value)| taken_away(own, key, value)));
    findings.extend(
        [prune(own), finalizer(own), large.then(|| server_side_apply(own)).flatten()].into_iter().flatten(),
    );
}

fn prune(own: &Application) -> Option<Finding> {
    own.automated.filter(|automated| automated.prune)?;
    let said = own.written.sync.as_ref().is_some_and(|sync| sync.prune.is_some());
    let location = if said { own.location.key("sync").key("prune") } else { own.location.key("autoSync") };
    let finding = SELF_MANAGED_ARGOCD.at(location, "Argo CD may prune parts of itself");
    let finding = finding.note("a chart that renders less than before would delete the controller, or the definitions of all Applications with them");
    Some(finding.help("write `sync: {prune: false}`, and delete by hand what an upgrade leaves behind"))
}

fn finalizer(own: &Application) -> Option<Finding> {
    if own.written.finalizer == Some(Finalizer::None) {
        return None;
    }
    let location =
        own.location.key(if own.written.finalizer.is_some() { "finalizer" } else { "applicationCode" });
    let finding = SELF_MANAGED_ARGOCD.at(location, "Argo CD goes with this Application");
    let finding =
        finding.note("whoever deletes it deletes the controller that would finish the deletion: half of Argo CD stays, and nothing is synced");
    Some(finding.help("write `finalizer: none`"))
}

fn taken_away(own: &Application, key: &str, value: &Value) -> Finding {
    let finding = SELF_MANAGED_ARGOCD
        .at(own.location.key("applicationCode"), format!("Argo CD takes `{key}` away from itself"));
    let finding = finding.note(
        "the catalog relies on it, and the values of this application have it no more than the chart has",
    );
    finding.help(match value {
        Value::Text(text) if !text.contains('\n') => format!("add `{key}: {text}` to `configs.cm` of its `helm.values`"),
        _ => "add it to `configs.cm` of its `helm.values`; the page of the rule `waves-without-health` shows the lines".to_owned(),
    })
}

fn server_side_apply(own: &Application) -> Option<Finding> {
    if own.options.iter().any(|option| option.as_str() == "ServerSideApply=true") {
        return None;
    }
    let finding = SELF_MANAGED_ARGOCD
        .at(options_location(own), "Argo CD cannot apply its own custom resource definitions like this");
    let finding = finding.note("since 3.3 they are larger than the annotation in which a client-side apply keeps them: every sync fails");
    Some(finding.help("add `ServerSideApply=true` to `sync.options`"))
}

fn options_location(own: &Application) -> Location {
    let options = own.written.sync.as_ref().is_some_and(|sync| !sync.options.is_empty());
    if options { own.location.key("sync").key("options") } else { own.location.key("applicationCode") }
}
