//! A host moves from one entry to another.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::hosts::{Regions, Transition};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let moves = |transition: &Transition<'_>| match (&transition.before, &transition.after) {
        (Some(before), Some(after)) => {
            !comparison.renames.is_same_entry(&before.entry.namespace, &after.entry.namespace)
        }
        _ => false,
    };
    for regions in Regions::of(comparison, moves) {
        let (Some(before), Some(after)) = (regions.before(), regions.after()) else { continue };
        let (old, new) = (&before.entry.namespace, &after.entry.namespace);
        report
            .add(
                new,
                Place::after(after.route.location.key("host")),
                format!("{} moves from `{old}` to `{new}`", regions.name()),
                "Argo CD creates the new route before it prunes the old one: for a moment both answer",
            )
            .host(regions.host)
            .objects(regions.objects(comparison))
            .push();
    }
}
