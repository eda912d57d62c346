//! Applications are synced in another order.

use crate::diagnostics::{FileId, Location, count};
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::diff::objects::Pair;
use crate::model::{Entry, Model};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    if comparison.before.model.platform.tiers != comparison.after.model.platform.tiers {
        return of_platform(comparison, report);
    }
    for (before, after) in comparison.kept_entries().filter(|(before, after)| before.tier != after.tier) {
        let (old, new) = (tier(comparison.before.model, before), tier(comparison.after.model, after));
        report
            .add(
                &after.namespace,
                Place::after(after.location.key("tier")),
                format!("the entry `{}` moves from the tier `{old}` to `{new}`", after.namespace),
                "Argo CD syncs its applications with those of the new tier",
            )
            .objects(moved(comparison, after))
            .push();
    }
    of_applications(comparison, report);
}

/// Applications whose wave changes within their tier.
fn of_applications(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        let (old, new) = (before.application.wave, after.application.wave);
        if old == new || before.entry.tier != after.entry.tier {
            continue;
        }
        report
            .add(
                &after.entry.namespace,
                Place::after(after.application.location.key("dependsOn")),
                format!("the application `{}` moves from wave {old} to {new}", after.application.code),
                "Argo CD syncs it in another order relative to its dependencies",
            )
            .objects(comparison.of_application(Side::After, &after))
            .push();
    }
}

fn of_platform(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let pairs = comparison.objects.pairs().iter().enumerate().filter(|(_, pair)| has_moved(pair));
    let moved: Vec<_> = pairs.map(|(index, _)| index).collect();
    report
        .add_global(
            Place::after(Location::root(FileId::PLATFORM).key("tiers")),
            format!("the tiers change: {} to another wave", moving(moved.len())),
            "Argo CD syncs them in another order",
        )
        .objects(moved)
        .push();
}

fn moving(number: usize) -> String {
    format!("{} {}", count(number, "object"), if number == 1 { "moves" } else { "move" })
}

fn moved(comparison: &Comparison<'_>, entry: &Entry) -> Vec<usize> {
    let pairs = comparison.objects.of_entry(entry.namespace.as_str());
    pairs.filter(|(_, pair)| has_moved(pair)).map(|(index, _)| index).collect()
}

fn has_moved(pair: &Pair<'_>) -> bool {
    matches!((pair.before, pair.after), (Some(before), Some(after)) if before.wave != after.wave)
}

fn tier<'m>(model: &'m Model, entry: &Entry) -> &'m str {
    model.platform.tiers.get(entry.tier).map_or("", |tier| tier.as_str())
}
