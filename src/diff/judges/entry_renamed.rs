//! An entry gets another namespace.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::connections::End;
use crate::names::Namespace;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.renames.entries() {
        let (old, new) = (&before.namespace, &after.namespace);
        let consequence = if before.protected {
            format!(
                "a namespace cannot be renamed: `{old}` stays with its volumes and its pods, which nothing \
                 manages any more, and others start in `{new}` without data"
            )
        } else {
            format!(
                "a namespace cannot be renamed: Argo CD deletes `{old}` and everything in it, its volumes \
                 included"
            )
        };
        report
            .add(
                new,
                Place::after(after.location.key("namespace")),
                format!("the entry `{old}` becomes `{new}`: delete and create"),
                consequence,
            )
            .help(format!("`wharf rename {old} {new}` lists the steps that keep the data"))
            .objects(comparison.of_entry(old))
            .objects(comparison.of_entry(new))
            .objects(policies_of_others(comparison, old))
            .push();
    }
}

/// The policies of other entries for connections of a renamed one.
fn policies_of_others(comparison: &Comparison<'_>, old: &Namespace) -> Vec<usize> {
    let names = |end: &End| matches!(end, End::Entry(namespace) if namespace == old);
    let renamed = comparison.connections.renamed.iter();
    let of_entry = renamed.filter(|(closed, _)| names(&closed.from) || names(&closed.to));
    of_entry
        .flat_map(|(closed, opened)| [comparison.policies(closed), comparison.policies(opened)].concat())
        .collect()
}
