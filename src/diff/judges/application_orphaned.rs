//! An application goes, and what it deployed runs on.

use crate::catalog::Finalizer;
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for before in comparison.removed_applications() {
        let keeps = before.application.finalizer == Finalizer::None;
        if before.entry.protected || !keeps {
            continue;
        }
        report
            .add(
                &before.entry.namespace,
                Place::before(before.application.location.key("finalizer")),
                format!("the application `{}` is removed, but its objects stay", before.application.code),
                "with `finalizer: none`, everything that it deployed runs on without an Application that \
                 manages it",
            )
            .objects(comparison.of_application(Side::Before, &before))
            .push();
    }
}
