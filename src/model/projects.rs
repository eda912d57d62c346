//! What entries say about their `AppProjects`.

use std::collections::BTreeMap;

use super::version::UnsupportedVersion;
use crate::catalog::{Application, Project, SyncWindow};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::reversed_range;

/// Checks a project, without the applications that its windows name; `names` is an Argo CD that does not
/// support names of cluster resources.
pub(super) fn check(
    project: &Project,
    location: &Location,
    names: Option<UnsupportedVersion>,
    findings: &mut Sink,
) {
    if let Some(unsupported) = names {
        let resources = project.cluster_resources.iter().enumerate();
        for (index, _) in resources.filter(|(_, resource)| resource.name.is_some()) {
            let location = location.key("clusterResources").index(index).key("name");
            findings.push(unsupported.refuse(location.itself(), "the `name` of a cluster resource"));
        }
    }
    let location = location.key("syncWindows");
    findings.extend(twice(&project.sync_windows, &location));
    let windows = project.sync_windows.iter().enumerate();
    findings.extend(windows.filter_map(|(index, window)| never(window, &location.index(index))));
}

/// Checks the applications that the windows of an entry name.
pub(super) fn check_windows(
    project: &Project,
    applications: &[Application],
    location: &Location,
    findings: &mut Sink,
) {
    for (index, window) in project.sync_windows.iter().enumerate() {
        let location = location.key("syncWindows").index(index).key("applications");
        for (index, name) in window.applications.iter().enumerate() {
            if !applications.iter().any(|application| application.application_code == *name) {
                findings.push(unknown(name, applications, location.index(index)));
            }
        }
    }
}

/// Windows for all entries cannot name the applications of one.
pub(super) fn check_shared_windows(project: &Project, location: &Location, findings: &mut Sink) {
    for (index, window) in project.sync_windows.iter().enumerate() {
        if !window.applications.is_empty() {
            let location = location.key("syncWindows").index(index).key("applications");
            let finding =
                rules::SYNC_WINDOW.at(location.itself(), "a window of all projects cannot list applications");
            findings.push(
                finding
                    .note("the AppProjects of other entries do not have these applications")
                    .help("move the window to `project.syncWindows` of the entry, or remove the line"),
            );
        }
    }
}

fn unknown(name: &str, applications: &[Application], location: Location) -> Finding {
    let finding =
        rules::SYNC_WINDOW.at(location, format!("the entry has no application `{}`", shorten(name)));
    let finding = finding.note("the window would apply to nothing, and Argo CD would not report it");
    finding.help_some(did_you_mean(name, applications.iter().map(|known| &*known.application_code)))
}

/// Argo CD refuses a project with two such windows (3.5, `ValidateProject`), but only if it is created
/// through its API.
fn twice(windows: &[SyncWindow], location: &Location) -> Option<Finding> {
    let mut first = BTreeMap::new();
    let (index, known) = windows.iter().enumerate().find_map(|(index, window)| {
        let identity = (window.kind, &*window.schedule, &*window.duration);
        first.insert(identity, index).map(|known| (index, known))
    })?;
    let finding = rules::SYNC_WINDOW
        .at(location.index(index), "there is a window with this kind, schedule and duration already");
    let finding = finding.with_secondary_label(location.index(known), "first listed here");
    Some(
        finding
            .note("Argo CD identifies windows by these three, and cannot edit a project that has two of them")
            .help("merge them into one with the applications of both"),
    )
}

/// A window that Argo CD cannot open.
fn never(window: &SyncWindow, location: &Location) -> Option<Finding> {
    let (location, message) = if let Some(range) = reversed_range(&window.schedule) {
        (location.key("schedule"), format!("the range `{range}` ends before it begins"))
    } else if !window.duration.contains(|char| matches!(char, '1'..='9')) {
        (location.key("duration"), "a window without a duration never opens".to_owned())
    } else {
        return None;
    };
    let finding = rules::SYNC_WINDOW.at(location, message);
    Some(finding.note("Argo CD would report the error at each sync, and not sync any application"))
}
