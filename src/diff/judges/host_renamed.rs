//! A host gets another name.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (old, (before, after, new)) in comparison.renamed_hosts() {
        report
            .add(
                &after.entry.namespace,
                Place::after(after.route.location.key("host")),
                format!("the host `{old}` becomes `{new}`"),
                format!(
                    "links to `{old}` break; DNS records and the redirect addresses of logins have to follow"
                ),
            )
            .host(new)
            .objects(comparison.requested(Side::Before, &before.entry.namespace, &before.route.location))
            .objects(comparison.requested(Side::After, &after.entry.namespace, &after.route.location))
            .push();
    }
}
