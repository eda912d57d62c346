//! An entry loses its protection.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::objects::Pair;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_entries() {
        if !before.protected || after.protected {
            continue;
        }
        let place = Place::after(after.location.key("toggleable"));
        let pairs = comparison.objects.of_entry(after.namespace.as_str());
        report
            .add(
                &after.namespace,
                place.clone(),
                format!("the entry `{}` is no longer protected", after.namespace),
                "once this is synced, a commit that removes or renames the entry deletes the Namespace and \
                 its volumes",
            )
            .stated("toggleable", Some(place))
            .objects(pairs.filter(|(_, pair)| was_kept(pair)).map(|(index, _)| index))
            .push();
    }
}

fn was_kept(pair: &Pair<'_>) -> bool {
    let keeps = |options: &str| options.split(',').any(|option| option == "Prune=false");
    match (pair.before, pair.after) {
        (Some(before), Some(after)) => keeps(before.sync_options) && !keeps(after.sync_options),
        _ => false,
    }
}
