//! Fewer people may access a host that stays.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::hosts::{Guard, Regions, Transition};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let [_, after] = &comparison.hosts;
    let is_hidden = |transition: &Transition<'_>| {
        transition.guards().1 == Guard::Closed && !after.of(transition.host).is_empty()
    };
    for regions in Regions::of(comparison, is_hidden) {
        let Some(answer) = regions.before() else { continue };
        let sides = if regions.is_external() { "the internet" } else { "your LAN" };
        report
            .add(
                &answer.entry.namespace,
                Place::before(answer.route.location.key("host")),
                format!("{} can no longer be reached from {sides}", regions.name()),
                "requests from there are answered with 404",
            )
            .host(regions.host)
            .objects(regions.objects(comparison))
            .push();
    }
    for regions in Regions::of(comparison, |transition| transition.guards() == (Guard::Open, Guard::Auth)) {
        let Some(answer) = regions.after() else { continue };
        report
            .add(
                &answer.entry.namespace,
                Place::after(answer.route.location.key("host")),
                format!("{} now requires auth", regions.name()),
                "apps and devices that call it without a browser cannot log in",
            )
            .host(regions.host)
            .objects(regions.objects(comparison))
            .push();
    }
}
