//! A peer of network policies is at fewer addresses than before.

use crate::cluster::Direction;
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for moved in comparison.moved_peers.iter().filter(|moved| !moved.addresses.lost.is_empty()) {
        let consequence = match moved.direction {
            Direction::Egress => {
                format!("requests of the pods of {} to these addresses time out", moved.entries())
            }
            Direction::Ingress => {
                format!("requests from these addresses to the pods of {} time out", moved.entries())
            }
        };
        report
            .add_global(
                Place::after(moved.location()),
                format!("the peer `{}` is no longer at {}", moved.name(), moved.addresses.lost),
                consequence,
            )
            .objects(moved.policies.iter().copied())
            .push();
    }
}
