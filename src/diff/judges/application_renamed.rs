//! An application gets another name.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::{Comparison, Owned};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.renames.applications() {
        renamed(comparison, report, &before, &after)
            .help(format!(
                "`wharf rename --application {} {}` lists the steps that keep the data",
                before.application.code, after.application.code
            ))
            .push();
    }
    for (before, after) in comparison.kept_applications() {
        if before.application.name != after.application.name {
            renamed(comparison, report, &before, &after)
                .help("`patterns.application` of platform.yml decides the names of Applications")
                .push();
        }
    }
}

fn renamed<'r>(
    comparison: &Comparison<'_>,
    report: &'r mut Report<'_>,
    before: &Owned<'_>,
    after: &Owned<'_>,
) -> crate::diff::change::Draft<'r> {
    let (old, new) = (&before.application.name, &after.application.name);
    let consequence = if before.entry.protected {
        format!("Argo CD keeps the Application `{old}`, and `{old}` and `{new}` both manage the same objects")
    } else {
        format!(
            "Argo CD deletes everything that `{old}` deployed, its volumes included, and `{new}` starts \
             without it"
        )
    };
    report
        .add(
            &after.entry.namespace,
            Place::after(after.application.location.key("applicationCode")),
            format!("the Application `{old}` becomes `{new}`: delete and create"),
            consequence,
        )
        .objects(comparison.of_application(Side::Before, before))
        .objects(comparison.of_application(Side::After, after))
}
