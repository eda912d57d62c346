//! A host of the LAN becomes reachable from the internet.

use crate::catalog::Exposure;
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::hosts::{Guard, Regions, Transition};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let is_exposed = |transition: &Transition<'_>| {
        transition.side == Exposure::External
            && transition.guards().0 == Guard::Closed
            && transition.guards().1 != Guard::Closed
            && comparison.was_reachable(transition)
    };
    for regions in Regions::of(comparison, is_exposed) {
        let Some(answer) = regions.after() else { continue };
        let consequence = if regions.opens() {
            "everybody on the internet may use it"
        } else {
            "only the platform's auth keeps strangers out"
        };
        report
            .add(
                &answer.entry.namespace,
                Place::after(answer.route.location.key("exposure")),
                format!("{} becomes reachable from the internet", regions.name()),
                consequence,
            )
            .host(regions.host)
            .objects(regions.objects(comparison))
            .push();
    }
}
