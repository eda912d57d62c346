//! An AppProject permits more than before.

use std::collections::BTreeSet;

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::kubernetes::resource::{maps_at, text_at};
use crate::kubernetes::{Kind, Object};
use crate::model::Entry;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    // an application that moves to another namespace is a change of its own
    let moved = comparison.moved_applications();
    let moves: BTreeSet<_> =
        moved.map(|(_, after, [_, new])| (&after.entry.namespace, namespace(new.as_str()))).collect();
    for (index, pair) in comparison.objects.pairs().iter().enumerate() {
        let (Some(before), Some(after)) = (pair.before, pair.after) else { continue };
        let Some(entry) = comparison.after.model.entry(&after.folder) else { continue };
        let mut permitted = permitted(before, after, comparison.before.model.entry(&after.folder), entry);
        permitted.retain(|what| !moves.contains(&(&after.folder, what.clone())));
        if after.kind != Kind::AppProject || permitted.is_empty() {
            continue;
        }
        report
            .add(
                &after.folder,
                Place::after(entry.location.key("project")),
                format!("the project `{}` permits more: {}", after.name, listed(&permitted)),
                "whoever may write to the sources of its applications may deploy that as well",
            )
            .objects([index])
            .push();
    }
}

/// What the new project permits and the old one did not.
fn permitted(before: &Object, after: &Object, old: Option<&Entry>, new: &Entry) -> Vec<String> {
    let (allow, deny) = ("clusterResourceWhitelist", "namespaceResourceBlacklist");
    let cluster = minus(&kinds(after, allow), &kinds(before, allow));
    let denied = minus(&kinds(before, deny), &kinds(after, deny));
    let namespaces = minus(&destinations(after), &destinations(before));
    let named = |entry: &Entry| entry.project.source_repos.iter().map(|url| url.to_string()).collect();
    let sources = minus(&named(new), &old.map(named).unwrap_or_default());
    let from = |url: String| format!("the source `{url}`");
    let kind = |kind: String| format!("`{kind}`");
    cluster
        .into_iter()
        .chain(denied)
        .map(kind)
        .chain(namespaces.iter().map(|name| namespace(name)))
        .chain(sources.into_iter().map(from))
        .collect()
}

/// How many of them are listed before the others are counted.
const MAX_LISTED: usize = 4;

fn listed(permitted: &[String]) -> String {
    let shown = permitted.iter().take(MAX_LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match permitted.len().saturating_sub(MAX_LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn namespace(name: &str) -> String {
    format!("the namespace `{name}`")
}

fn minus(new: &BTreeSet<String>, old: &BTreeSet<String>) -> Vec<String> {
    new.difference(old).cloned().collect()
}

fn kinds(project: &Object, key: &str) -> BTreeSet<String> {
    let name = |item| {
        let part = |key| text_at(item, &[key]).unwrap_or_default();
        let name = text_at(item, &["name"]).map(|name| format!(" {name}")).unwrap_or_default();
        format!("{}/{}{name}", part("group"), part("kind")).trim_start_matches('/').to_owned()
    };
    maps_at(project.body.content(), &["spec", key]).map(name).collect()
}

fn destinations(project: &Object) -> BTreeSet<String> {
    let listed = maps_at(project.body.content(), &["spec", "destinations"]);
    listed.filter_map(|item| text_at(item, &["namespace"])).map(str::to_owned).collect()
}
