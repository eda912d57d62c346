//! An application goes, and what it deployed with it.

use crate::catalog::Finalizer;
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::{Comparison, Owned};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for before in comparison.removed_applications() {
        if before.entry.protected || !deletes_objects(&before) {
            continue;
        }
        report
            .add(
                &before.entry.namespace,
                Place::before(before.application.location.key("applicationCode")),
                format!("the application `{}` is removed, and was not protected", before.application.code),
                "Argo CD deletes everything that it deployed, its volumes included",
            )
            .stated("toggleable", Comparison::toggleable(Side::Before, before.entry))
            .objects(comparison.of_application(Side::Before, &before))
            .push();
    }
}

/// Whether deleting the Application deletes its objects.
fn deletes_objects(owned: &Owned<'_>) -> bool {
    owned.application.finalizer != Finalizer::None
        && !owned.application.options.iter().any(|option| option.as_str() == "Delete=false")
}
