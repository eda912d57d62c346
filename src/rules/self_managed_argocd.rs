//! An Argo CD that could delete itself, or that cannot update itself.

use crate::bootstrap;
use crate::catalog::Finalizer;
use crate::diagnostics::rules::SELF_MANAGED_ARGOCD;
use crate::diagnostics::{Finding, Location, Sink};
use crate::model::{Application, Line, Model, Version};
use crate::value::Value;

/// The first version of Argo CD whose custom resource definitions are too large for the annotation of a
/// client-side apply (Argo CD 3.3, upgrading).
const NEEDS_SERVER_SIDE_APPLY: Version = Version(3, 3, 0);

pub(super) fn check(model: &Model, findings: &mut Sink) {
    let Some(own) = model.own_argo_cd() else { return };
    let needs_server_side =
        model.platform.argocd.version.is_some_and(|version| version >= NEEDS_SERVER_SIDE_APPLY);
    findings.extend(bootstrap::taken_away(model).iter().map(|(key, value)| taken_away(own, key, value)));
    findings.extend(
        [prune(own), finalizer(own), needs_server_side.then(|| server_side_apply(own)).flatten()]
            .into_iter()
            .flatten(),
    );
}

fn prune(own: &Application) -> Option<Finding> {
    own.automated.filter(|automated| automated.prune)?;
    let location = if own.lines.contains(&Line::Prune) {
        own.location.key("sync").key("prune")
    } else {
        own.location.key("autoSync")
    };
    let finding = SELF_MANAGED_ARGOCD.at(location, "Argo CD may prune parts of itself");
    let finding = finding.note(
        "a chart that renders less than before would delete the controller, or the definitions of all \
         Applications with it",
    );
    Some(finding.help("write `sync: {prune: false}`, and delete manually what an upgrade leaves behind"))
}

fn finalizer(own: &Application) -> Option<Finding> {
    if own.finalizer == Finalizer::None {
        return None;
    }
    let location =
        own.location.key(if own.lines.contains(&Line::Finalizer) { "finalizer" } else { "applicationCode" });
    let finding = SELF_MANAGED_ARGOCD.at(location, "deleting this Application deletes Argo CD");
    let finding = finding.note(
        "the controller that performs the deletion would be deleted: half of Argo CD would remain, and \
         nothing would be synced",
    );
    Some(finding.help("write `finalizer: none`"))
}

fn taken_away(own: &Application, key: &str, value: &Value) -> Finding {
    let finding = SELF_MANAGED_ARGOCD
        .at(own.location.key("applicationCode"), format!("this Application removes `{key}` from Argo CD"));
    let finding = finding
        .note("the catalog relies on it, and neither the values of this application nor the chart sets it");
    finding.help(match value {
        Value::Text(text) if !text.contains('\n') => {
            format!("add `{key}: {text}` to `configs.cm` of its `helm.values`")
        }
        _ => "add it to `configs.cm` of its `helm.values`, with the lines on the page of the rule \
              `waves-without-health`"
            .to_owned(),
    })
}

fn server_side_apply(own: &Application) -> Option<Finding> {
    if own.options.iter().any(|option| option.as_str() == "ServerSideApply=true") {
        return None;
    }
    let finding = SELF_MANAGED_ARGOCD.at(
        options_location(own),
        "Argo CD cannot apply its own custom resource definitions with these options",
    );
    let finding = finding.note(
        "since 3.3 they are larger than the annotation that a client-side apply stores them in: every sync \
         would fail",
    );
    Some(finding.help("add `ServerSideApply=true` to `sync.options`"))
}

fn options_location(own: &Application) -> Location {
    if own.lines.contains(&Line::Options) {
        own.location.key("sync").key("options")
    } else {
        own.location.key("applicationCode")
    }
}
