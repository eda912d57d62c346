//! A new host or path that everybody may use.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::hosts::{Guard, Regions, everybody, reason};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let is_new = |transition: &crate::diff::hosts::Transition<'_>| {
        transition.guards() == (Guard::Closed, Guard::Open) && !comparison.was_reachable(transition)
    };
    for regions in Regions::of(comparison, is_new) {
        let Some(answer) = regions.after() else { continue };
        report
            .add(
                &answer.entry.namespace,
                Place::after(answer.path.location.key("auth")),
                format!("{} is new and requires no auth", regions.name()),
                format!("{} may use it", everybody(&regions)),
            )
            .host(regions.host)
            .stated("reason", reason(&regions, comparison))
            .objects(regions.objects(comparison))
            .push();
    }
}
