//! A source follows a branch or a range instead of a fixed version.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::manifests::is_fixed;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        let sources = before.application.sources.iter().zip(&after.application.sources);
        for (old, new) in sources.filter(|(old, new)| old.repository == new.repository) {
            if !is_fixed(&old.revision) || is_fixed(&new.revision) {
                continue;
            }
            report
                .add(
                    &after.entry.namespace,
                    Place::after(new.location.key("targetRevision")),
                    format!(
                        "the application `{}` follows `{}` instead of `{}`",
                        after.application.code, new.revision, old.revision
                    ),
                    "it changes with each new commit or release there, without a commit here",
                )
                .objects(comparison.of_application(Side::After, &after))
                .push();
        }
    }
}
