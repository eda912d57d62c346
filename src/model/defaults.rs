//! The defaults of the platform, in entries and applications that do not set them.

use super::delivery::sync;
use super::{ArgoCd, Platform, projects};
use crate::catalog::{Application, Project, Sync};
use crate::diagnostics::{FileId, Location, Sink};
use crate::format::NonEmptyString;

/// Checks the defaults where they are written, so that no finding is repeated for each application.
pub(super) fn check(platform: &Platform, findings: &mut Sink) {
    let location = Location::root(FileId::PLATFORM).key("defaults");
    if let Some(sync) = platform.defaults.application.as_ref().and_then(|written| written.sync.as_ref()) {
        sync::check_options(sync, &location.key("application").key("sync"), platform, findings);
    }
    if let Some(project) = &platform.defaults.project {
        let location = location.key("project");
        let names = platform.argocd.older_than(ArgoCd::RESOURCE_NAMES);
        projects::check(project, &location, names, findings);
        projects::check_shared_windows(project, &location, findings);
    }
}

/// Fills in what an application does not set. A default of automated syncs changes nothing about an
/// application that is synced manually.
pub(super) fn fill(written: &mut Application, platform: &Platform) {
    let Some(defaults) = &platform.defaults.application else { return };
    written.auto_sync = written.auto_sync.or(defaults.auto_sync);
    written.service_account = written.service_account.or(defaults.service_account);
    written.finalizer = written.finalizer.or(defaults.finalizer);
    written.revision_history_limit = written.revision_history_limit.or(defaults.revision_history_limit);
    if let Some(defaults) = &defaults.sync {
        let own = written.sync.take();
        let merged = own.map_or_else(|| defaults.clone(), |own| merged(*own, defaults));
        written.sync = Some(Box::new(merged));
    }
}

fn merged(mut own: Sync, defaults: &Sync) -> Sync {
    own.prune = own.prune.or(defaults.prune);
    own.self_heal = own.self_heal.or(defaults.self_heal);
    own.allow_empty = own.allow_empty.or(defaults.allow_empty);
    own.retry = own.retry.or_else(|| defaults.retry.clone());
    own.options = options(&own.options, &defaults.options);
    own
}

/// The default options, without those that the application lists with a value of its own.
fn options(own: &[NonEmptyString], defaults: &[NonEmptyString]) -> Vec<NonEmptyString> {
    let key = |option: &NonEmptyString| option.split('=').next().unwrap_or_default().to_owned();
    let is_set = |option: &&NonEmptyString| own.iter().any(|own| key(own) == key(option));
    defaults.iter().filter(|option| !is_set(option)).chain(own).cloned().collect()
}

/// The project of an entry, with what all projects have in addition.
pub(super) fn project(written: Option<Project>, platform: &Platform) -> Project {
    let mut project = written.unwrap_or_default();
    let Some(defaults) = &platform.defaults.project else { return project };
    project.name = project.name.or_else(|| defaults.name.clone());
    for (key, value) in &defaults.labels {
        project.labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    project.cluster_resources.extend_from_slice(&defaults.cluster_resources);
    project.namespace_resources.extend_from_slice(&defaults.namespace_resources);
    project.destinations.extend_from_slice(&defaults.destinations);
    project.source_repos.extend_from_slice(&defaults.source_repos);
    project.sync_windows.extend_from_slice(&defaults.sync_windows);
    project.orphaned_resources = project.orphaned_resources.or_else(|| defaults.orphaned_resources.clone());
    project
}
