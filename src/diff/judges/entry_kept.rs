//! A protected entry goes: its Namespace and its applications stay in the cluster.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for entry in comparison.removed_entries().filter(|entry| entry.protected) {
        if comparison.renames.entry(&entry.namespace).is_some() {
            continue;
        }
        report
            .add(
                &entry.namespace,
                Place::before(entry.location.key("namespace")),
                format!("the entry `{}` is removed, but stays in the cluster", entry.namespace),
                "its Namespace, volumes and Applications stay, its routes and connections go, and the root \
                 Application stays OutOfSync until somebody deletes the rest",
            )
            .objects(comparison.of_entry(&entry.namespace))
            .push();
    }
}
