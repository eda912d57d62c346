//! A group gets a role, or a stronger one.

use std::collections::BTreeMap;

use crate::catalog::AccessRole;
use crate::diagnostics::Location;
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::kubernetes::Kind;
use crate::model::Entry;
use crate::value::Text;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let renamed = comparison.renames.entries().map(|(before, after)| (Some(before), after));
    let kept = comparison.kept_entries().map(|(before, after)| (Some(before), after));
    let is_new =
        |entry: &&Entry| !comparison.renames.entries().any(|(_, after)| after.namespace == entry.namespace);
    let added = comparison.added_entries().filter(is_new).map(|entry| (None, entry));
    for (before, after) in kept.chain(renamed).chain(added) {
        let old = before.map(roles).unwrap_or_default();
        for (group, (role, location)) in roles(after) {
            if old.get(group).is_some_and(|(known, _)| *known >= role) {
                continue;
            }
            report
                .add(
                    &after.namespace,
                    Place { side: Side::After, location: location.clone() },
                    format!("the group `{group}` gets the role `{}` in `{}`", role.name(), after.namespace),
                    consequence(role),
                )
                .objects(bindings(comparison, after))
                .push();
        }
    }
}

/// The role of each group, with its line.
pub(super) fn roles(entry: &Entry) -> BTreeMap<&Text, (AccessRole, &Location)> {
    let groups = entry.access.iter().flat_map(|access| {
        access.groups.iter().map(move |(group, location)| (group, (access.role, location)))
    });
    groups.collect()
}

fn consequence(role: AccessRole) -> &'static str {
    match role {
        AccessRole::Viewer => "its members may view everything in the namespace except the values of Secrets",
        AccessRole::Editor => "its members may change what runs in the namespace and read its Secrets",
        AccessRole::Admin => "its members may change everything in the namespace and give access to others",
    }
}

/// The objects of an entry that give people access.
pub(super) fn bindings(comparison: &Comparison<'_>, entry: &Entry) -> Vec<usize> {
    let pairs = comparison.objects.of_entry(entry.namespace.as_str());
    let is_binding = |kind: Kind| matches!(kind, Kind::RoleBinding | Kind::AppProject);
    pairs
        .filter(|(_, pair)| pair.either().is_some_and(|object| is_binding(object.kind)))
        .map(|(index, _)| index)
        .collect()
}
