//! A peer of network policies is at more addresses than before.

use crate::cluster::Direction;
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for moved in comparison.moved_peers.iter().filter(|moved| !moved.addresses.gained.is_empty()) {
        let consequence = match moved.direction {
            Direction::Egress => format!("the pods of {} may connect to them", moved.entries()),
            Direction::Ingress => format!("they may connect to the pods of {}", moved.entries()),
        };
        report
            .add_global(
                Place::after(moved.location()),
                format!("the peer `{}` is also at {}", moved.name(), moved.addresses.gained),
                consequence,
            )
            .objects(moved.policies.iter().copied())
            .push();
    }
}
