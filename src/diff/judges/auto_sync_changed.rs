//! An application is synced automatically, or no longer.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        let (old, new) = (before.application.automated, after.application.automated);
        let code = &after.application.code;
        let (message, consequence) = match (old, new) {
            (Some(_), None) => (
                format!("the application `{code}` is no longer synced automatically"),
                "commits to its sources have no effect until somebody syncs it",
            ),
            (None, Some(automated)) => (
                format!("the application `{code}` is synced automatically"),
                if automated.prune {
                    "what differs from its sources is changed at once, and what they do not contain is \
                     deleted"
                } else {
                    "what differs from its sources is changed at once"
                },
            ),
            _ => continue,
        };
        report
            .add(
                &after.entry.namespace,
                Place::after(after.application.location.key("autoSync")),
                message,
                consequence,
            )
            .objects(comparison.of_application(Side::After, &after))
            .push();
    }
}
