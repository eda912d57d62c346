//! A host or a path no longer requires auth.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::hosts::{Guard, Regions, everybody, reason};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for regions in Regions::of(comparison, |transition| transition.guards() == (Guard::Auth, Guard::Open)) {
        let Some(answer) = regions.after() else { continue };
        report
            .add(
                &answer.entry.namespace,
                Place::after(answer.path.location.key("auth")),
                format!("{} no longer requires auth", regions.name()),
                format!("{} may use it", everybody(&regions)),
            )
            .host(regions.host)
            .stated("reason", reason(&regions, comparison))
            .objects(regions.objects(comparison))
            .push();
    }
}
