//! When the applications of a project are synced, and what it reports, in its AppProject.

use std::collections::BTreeSet;

use crate::catalog::{OrphanedResource, SyncWindow};
use crate::model::Entry;
use crate::value::{Map, Text};

/// The windows of all entries. Those that differ only in their applications are one: Argo CD identifies a
/// window by its kind, schedule and duration (3.5, `ValidateProject`), which also refuses one without
/// applications.
pub(super) fn windows(members: &[&Entry]) -> Vec<Map> {
    let mut merged: Vec<(&SyncWindow, BTreeSet<Text>)> = Vec::new();
    for entry in members {
        for window in &entry.project.sync_windows {
            let applications = applications(window, entry);
            match merged.iter_mut().find(|(known, _)| is_same(known, window)) {
                Some((_, known)) => known.extend(applications),
                None => merged.push((window, applications.into_iter().collect())),
            }
        }
    }
    merged.retain(|(_, applications)| !applications.is_empty());
    merged.into_iter().map(|(written, applications)| window(written, applications)).collect()
}

fn is_same(one: &SyncWindow, other: &SyncWindow) -> bool {
    SyncWindow { applications: Vec::new(), ..one.clone() }
        == SyncWindow { applications: Vec::new(), ..other.clone() }
}

fn window(written: &SyncWindow, applications: BTreeSet<Text>) -> Map {
    Map::new()
        .with("kind", written.kind.name())
        .with("schedule", &written.schedule)
        .with("duration", &written.duration)
        .with("applications", applications.into_iter().collect::<Vec<_>>())
        .with_true("manualSync", written.manual_sync.unwrap_or(false))
        .with_some("timeZone", written.time_zone.as_ref())
}

/// The names of the applications in Argo CD. All of a project is `*`, which in a project of several entries
/// would be more than those of one.
fn applications(written: &SyncWindow, entry: &Entry) -> Vec<Text> {
    if written.applications.is_empty() && !entry.shares_project {
        return vec!["*".into()];
    }
    let is_listed = |code: &str| {
        written.applications.is_empty() || written.applications.iter().any(|listed| &**listed == code)
    };
    let listed = entry.applications.iter().filter(|application| is_listed(application.code.as_str()));
    listed.map(|application| application.name.to_text()).collect()
}

/// What is reported: an application is warned if any of the entries asks for it.
pub(super) fn orphaned_resources(members: &[&Entry]) -> Option<Map> {
    let all = || members.iter().filter_map(|entry| entry.project.orphaned_resources.as_ref());
    all().next()?;
    let warns = all().any(|resources| resources.warn.unwrap_or(true));
    let ignored: BTreeSet<_> = all().flat_map(|resources| &resources.ignore).collect();
    let ignored: Vec<_> = ignored.into_iter().map(ignored_resource).collect();
    Some(Map::new().with("warn", warns).with_filled("ignore", ignored))
}

fn ignored_resource(resource: &OrphanedResource) -> Map {
    Map::new()
        .with_some("group", resource.group.as_ref().filter(|group| !group.is_empty()))
        .with_some("kind", resource.kind.as_ref())
        .with_some("name", resource.name.as_ref())
}
