//! An entry goes that was not protected.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for entry in comparison.removed_entries().filter(|entry| !entry.protected) {
        if comparison.renames.entry(&entry.namespace).is_some() {
            continue;
        }
        let is_disabled = comparison.after.model.disabled.contains(&entry.namespace);
        let verb = if is_disabled { "disabled" } else { "removed" };
        report
            .add(
                &entry.namespace,
                Place::before(entry.location.key("namespace")),
                format!("the entry `{}` is {verb}, and was not protected", entry.namespace),
                "Argo CD deletes the Namespace and everything in it, its volumes included",
            )
            .stated("toggleable", Comparison::toggleable(Side::Before, entry))
            .objects(comparison.of_entry(&entry.namespace))
            .push();
    }
}
