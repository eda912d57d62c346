//! The defaults of the platform, in entries and applications that do not set them.

use std::borrow::Cow;

use super::delivery::sync;
use super::{ArgoCd, Platform, projects, within};
use crate::catalog::{Application, Project, Route, Sync};
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::format::NonEmptyString;
use crate::platform::ApplicationDefaults;

/// Checks the defaults where they are written, so that no finding is repeated for each application.
pub(super) fn check(platform: &Platform, findings: &mut Sink) {
    let location = Location::root(FileId::PLATFORM).key("defaults");
    if let Some(application) = &platform.defaults.application {
        check_application(application, &location.key("application"), platform, findings);
    }
    if let Some(project) = &platform.defaults.project {
        let location = location.key("project");
        let names = platform.argocd.older_than(ArgoCd::RESOURCE_NAMES);
        projects::check(project, &location, names, findings);
        projects::check_shared_windows(project, &location, findings);
    }
}

fn check_application(
    defaults: &ApplicationDefaults,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    if let Some(sync) = &defaults.sync {
        sync::check_options(sync, &location.key("sync"), platform, findings);
    }
    if defaults.path.as_deref().is_some_and(|path| within("", path).is_none()) {
        let finding =
            rules::APPLICATION_SOURCE.at(location.key("path"), "this path leads out of the repository");
        findings.push(finding.help("write a folder relative to the root of the repository"));
    }
}

/// Fills in what an application does not set. A default of automated syncs changes nothing about an
/// application that is synced manually.
pub(super) fn fill(written: &mut Application, platform: &Platform) {
    let Some(defaults) = &platform.defaults.application else { return };
    if has_no_source(written) {
        written.path = defaults.path.clone().filter(|path| within("", path).is_some());
    }
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

fn has_no_source(written: &Application) -> bool {
    let has_keys = written.path.is_some() || written.repo_url.is_some() || written.chart.is_some();
    !has_keys && written.sources.is_empty()
}

/// Fills in the port of a route to a Service that sets none. Services of Traefik itself have no port.
pub(super) fn route<'r>(written: &'r Route, platform: &Platform) -> Cow<'r, Route> {
    let port = platform.defaults.route_port.as_ref();
    let is_portless = written.service.as_ref().is_none_or(|service| service.contains('@'));
    match port.filter(|_| written.port.is_none() && !is_portless) {
        Some(port) => Cow::Owned(Route { port: Some(port.clone()), ..written.clone() }),
        None => Cow::Borrowed(written),
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
