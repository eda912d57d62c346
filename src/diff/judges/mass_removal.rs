//! Most of an entry, or of the catalog, goes.

use std::collections::BTreeSet;

use crate::diagnostics::{FileId, Location};
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::diff::objects::Pair;

/// Fewer objects are not a mass.
const MIN_OBJECTS: usize = 4;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    if !of_catalog(comparison, report) {
        of_entries(comparison, report);
    }
}

fn of_catalog(comparison: &Comparison<'_>, report: &mut Report<'_>) -> bool {
    let all = comparison.before.objects.len();
    let pairs = comparison.objects.pairs().iter().enumerate();
    let gone: Vec<_> = pairs.filter(|(_, pair)| is_gone(pair)).map(|(index, _)| index).collect();
    if comparison.removed_entries().count() < 2 || gone.len() < MIN_OBJECTS || gone.len() * 2 <= all {
        return false;
    }
    report
        .add_global(
            Place::after(Location::root(FileId::APPLICATIONS)),
            format!("most of the catalog goes: {} of {all} objects", gone.len()),
            "Argo CD deletes all of them in one sync: `allowEmpty: false` only prevents the deletion of \
             every object",
        )
        .objects(gone)
        .push();
    true
}

fn of_entries(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    // the objects of a host with another name come again
    let renamed = comparison.renamed_hosts.all().flat_map(|(_, host)| comparison.of_renamed_host(host));
    let renamed: BTreeSet<_> = renamed.collect();
    for (before, after) in comparison.kept_entries() {
        let pairs = comparison.objects.of_entry(before.namespace.as_str());
        let gone: Vec<_> = pairs
            .filter(|(index, pair)| is_gone(pair) && !pair.is_policy() && !renamed.contains(index))
            .collect();
        if gone.len() < MIN_OBJECTS {
            continue;
        }
        let of_entry = comparison.before.objects.iter().filter(|object| object.folder == before.namespace);
        let all = of_entry.filter(|object| !object.kind.facts().is_network_policy()).count();
        if gone.len() * 2 > all {
            report
                .add(
                    &before.namespace,
                    Place { side: Side::After, location: after.location.key("namespace") },
                    format!("most of the entry `{}` goes: {} of {all} objects", before.namespace, gone.len()),
                    "Argo CD deletes all of them in one sync",
                )
                .objects(gone.into_iter().map(|(index, _)| index))
                .push();
        }
    }
}

fn is_gone(pair: &Pair<'_>) -> bool {
    pair.after.is_none() && !pair.is_kept()
}
