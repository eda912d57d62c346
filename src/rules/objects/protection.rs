//! Namespaces and volumes that a removed line, or a removed Application, deletes.

use crate::cluster::{Application, Provenance, Survey};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::{PRUNE_WITHOUT_DELETE, UNPROTECTED_NAMESPACE, UNPROTECTED_VOLUME};
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::resource::text;
use crate::kubernetes::{Resource, SYNC_OPTIONS};

/// The annotation of Helm with which Argo CD keeps an object as well (Argo CD 3.5, `HasOption` of
/// `helm.sh/resource-policy`).
const RESOURCE_POLICY: &str = "helm.sh/resource-policy";

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        for (resource, facts) in deployed.resources().filter(|(resource, _)| holds_data(resource)) {
            if let Some(application) = survey.application(facts) {
                findings.extend(judge(resource, facts, application));
            }
        }
    }
    findings
}

/// The namespaces that the API server does not delete.
const PERMANENT: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// Whether data is lost with the object.
fn holds_data(resource: &Resource) -> bool {
    resource.kind.is("", "Namespace") && !PERMANENT.contains(&resource.name.as_str())
        || resource.kind.is("", "PersistentVolumeClaim")
}

fn judge(resource: &Resource, facts: Provenance, application: &Application) -> Option<Finding> {
    let options = options(resource, application);
    let has = |name: &str| {
        options.iter().any(|option| {
            option
                .split_once('=')
                .is_some_and(|(key, value)| key == name && matches!(value, "false" | "confirm"))
        })
    };
    match (has("Prune"), has("Delete")) {
        (true, false) => Some(only_pruning(resource, facts)),
        (false, _) if application.prunes() && !application.is_patched => Some(unprotected(resource, facts)),
        _ => None,
    }
}

/// The sync options of an object and of its Application.
fn options(resource: &Resource, application: &Application) -> Vec<String> {
    let own = resource.annotation(SYNC_OPTIONS).unwrap_or_default();
    let keeps = resource.annotation(RESOURCE_POLICY) == Some("keep");
    let kept = if keeps { "Prune=false,Delete=false" } else { "" };
    let own = own.split(',').chain(kept.split(',')).map(|option| option.trim().to_owned());
    own.chain(application.sync_options().map(|(_, option)| option.to_owned())).collect()
}

fn unprotected(resource: &Resource, facts: Provenance) -> Finding {
    let message = format!(
        "Argo CD deletes the {} `{}` when its manifest is removed, renamed or moved",
        resource.kind.kind,
        shorten(&resource.name)
    );
    let metadata = resource.location.key("metadata");
    let location = if facts.is_rendered { resource.location.clone() } else { metadata.key("name") };
    let finding = if resource.kind.is("", "Namespace") {
        let finding = UNPROTECTED_NAMESPACE.at(location, message);
        finding.note("everything in the namespace would be deleted with it, volumes included")
    } else {
        let finding = UNPROTECTED_VOLUME.at(location, message);
        finding.note("the volume and its data would be deleted with it, unless its class retains them")
    };
    finding.help(format!("add the annotation `{SYNC_OPTIONS}: Prune=false,Delete=false`"))
}

fn only_pruning(resource: &Resource, facts: Provenance) -> Finding {
    let metadata = resource.location.key("metadata");
    let has_annotations = resource.at(&["metadata", "annotations", SYNC_OPTIONS]).and_then(text).is_some();
    let location = match (facts.is_rendered, has_annotations) {
        (true, _) => resource.location.clone(),
        (false, true) => metadata.key("annotations").key(SYNC_OPTIONS),
        (false, false) => metadata.key("name"),
    };
    let message = format!(
        "the {} `{}` is kept only as long as its Application exists",
        resource.kind.kind,
        shorten(&resource.name)
    );
    let finding = PRUNE_WITHOUT_DELETE.at(location, message);
    finding
        .note("when the Application is removed, its finalizer deletes the object anyway")
        .help(format!("write `{SYNC_OPTIONS}: Prune=false,Delete=false`"))
}
