//! A host goes.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for host in comparison.removed_hosts() {
        let [before, _] = &comparison.hosts;
        let Some(answer) = before.of(host).first() else { continue };
        let location = answer.route.location.key("host");
        let entry = &answer.entry.namespace;
        report
            .add(
                entry,
                Place::before(location),
                format!("the host `{host}` is removed"),
                "links to it answer 404 or no longer resolve, and logins that redirect to it fail",
            )
            .host(host)
            .objects(comparison.requested(Side::Before, entry, &answer.route.location))
            .push();
    }
}
