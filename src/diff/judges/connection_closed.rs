//! A connection is closed.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::model::Policies;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for connection in &comparison.connections.closed {
        report
            .add(
                &connection.entry,
                Place::before(connection.location.clone()),
                format!("`{}` can no longer connect to `{}`", connection.from, connection.to),
                format!(
                    "`{}` loses {} of `{}`: its requests time out",
                    connection.from,
                    connection.ports(),
                    connection.to
                ),
            )
            .connection(connection.to_string())
            .objects(comparison.policies(connection))
            .push();
    }
    isolated(comparison, report);
}

/// Entries that had no policies and have some now.
fn isolated(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_entries() {
        let is_isolated = !matches!(after.policies, Policies::None);
        if !matches!(before.policies, Policies::None) || !is_isolated {
            continue;
        }
        let policies = comparison.objects.policies(after.namespace.as_str());
        report
            .add(
                &after.namespace,
                Place::after(after.location.key("networkPolicies").key("profile")),
                format!("the entry `{}` now has network policies", after.namespace),
                "whatever its profile and its edges do not allow times out",
            )
            .objects(policies)
            .push();
    }
}
