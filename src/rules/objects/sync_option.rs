//! Sync options of Applications and objects that Argo CD does not know, or that have no effect.

use crate::cluster::{Application, Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::{INEFFECTIVE_SYNC_OPTION, UNKNOWN_SYNC_OPTION};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::SYNC_OPTIONS;
use crate::kubernetes::resource::at;
use crate::model;
use crate::value::Value;

/// The options beside those of the catalog.
const MORE: [&str; 2] = ["CreateNamespace=true", "Force=true"];

/// The options whose opposite is the default, and may be written (Argo CD 3.6: no-ops).
const FLAGS: [&str; 10] = [
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "CreateNamespace",
    "FailOnSharedResource",
    "Force",
    "PruneLast",
    "Replace",
    "RespectIgnoreDifferences",
    "SkipDryRunOnMissingResource",
    "Validate",
];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let of_applications = survey.applications.iter().flat_map(of_application);
    let mut findings: Vec<_> = of_applications.collect();
    for (resource, facts) in survey.clusters.iter().flat_map(Deployed::resources) {
        let location = resource.location.key("metadata").key("annotations").key(SYNC_OPTIONS);
        let location = if facts.is_rendered { resource.location.clone() } else { location };
        let options = resource.annotation(SYNC_OPTIONS).unwrap_or_default().split(',');
        let unknown = options.map(str::trim).filter(|option| !option.is_empty() && is_unknown(option));
        findings.extend(unknown.map(|option| unknown_option(option, location.clone())));
    }
    findings
}

fn of_application(application: &Application) -> Vec<Finding> {
    let location = |index| application.location(&["syncPolicy", "syncOptions"]).index(index);
    let mut findings = Vec::new();
    for (index, option) in application.sync_options().filter(|(_, option)| !has_placeholder(option)) {
        if option == "Prune=true" && application.is_automated() && !application.prunes() {
            findings.push(no_pruning(location(index)));
        } else if is_unknown(option) {
            findings.push(unknown_option(option, location(index)));
        }
    }
    findings.extend(unused_metadata(application));
    findings
}

/// Labels and annotations of a namespace that Argo CD does not create (Argo CD 3.5).
fn unused_metadata(application: &Application) -> Option<Finding> {
    let path = ["syncPolicy", "managedNamespaceMetadata"];
    let metadata = at(application.spec()?, &path).and_then(Value::map)?;
    if metadata.is_empty() || application.is_patched || application.has_option("CreateNamespace=true") {
        return None;
    }
    let location = application.location(&path).itself();
    let message = "`managedNamespaceMetadata` has no effect without `CreateNamespace=true`";
    let finding = INEFFECTIVE_SYNC_OPTION.at(location, message);
    let note = "the namespace does not get these labels and annotations, such as its level of Pod Security";
    Some(finding.note(note).help("add the sync option `CreateNamespace=true`, or a Namespace with them"))
}

fn is_unknown(option: &str) -> bool {
    let is_opposite = option.split_once('=').is_some_and(|(key, value)| {
        FLAGS.contains(&key) && matches!(value, "true" | "false")
            || matches!(key, "Prune" | "Delete") && value == "true"
    });
    !is_opposite && !model::SYNC_OPTIONS.contains(&option) && !MORE.contains(&option)
}

fn unknown_option(option: &str, location: Location) -> Finding {
    let finding =
        UNKNOWN_SYNC_OPTION.at(location, format!("Argo CD has no sync option `{}`", shorten(option)));
    finding
        .note("Argo CD compares options as whole strings and ignores those that it does not know")
        .help_some(did_you_mean(option, model::SYNC_OPTIONS.into_iter().chain(MORE)))
}

fn no_pruning(location: Location) -> Finding {
    let finding = INEFFECTIVE_SYNC_OPTION.at(location, "the sync option `Prune=true` has no effect");
    finding
        .note(
            "nothing is pruned: what is removed from the repository stays, and the Application is OutOfSync",
        )
        .help("write `syncPolicy.automated.prune: true`")
}
