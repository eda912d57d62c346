//! A protected object goes from an entry that stays: it stays in the cluster.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (index, pair) in comparison.objects.pairs().iter().enumerate().filter(|(_, pair)| pair.is_kept()) {
        // of policies, only `default-deny` is kept: another judge explains it
        let Some(object) = pair.before.filter(|_| !pair.is_policy()) else { continue };
        if comparison.after.model.entry(&object.folder).is_none() || comparison.is_renamed(object) {
            continue;
        }
        let location = object.origins.first().map(|origin| origin.location.clone()).unwrap_or_default();
        report
            .add(
                &object.folder,
                Place::before(location),
                format!("the {} `{}` is removed, but stays in the cluster", object.kind_name(), object.name),
                "the entry is protected: the object is no longer updated, and the root Application stays \
                 OutOfSync until somebody deletes it",
            )
            .objects([index])
            .push();
    }
}
