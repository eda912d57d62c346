//! A chart gets another major version.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::model::Source;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        let sources = before.application.sources.iter().zip(&after.application.sources);
        for (old, new) in sources.filter(|(old, new)| is_another_major(old, new)) {
            let chart = new.published_chart().unwrap_or_default();
            report
                .add(
                    &after.entry.namespace,
                    Place::after(new.location.key("targetRevision")),
                    format!("the chart `{chart}` goes from {} to {}", old.revision, new.revision),
                    "a new major version may need other values, and may replace or migrate what it deployed",
                )
                .objects(comparison.of_application(Side::After, &after))
                .push();
        }
    }
}

fn is_another_major(old: &Source, new: &Source) -> bool {
    let chart = old.published_chart();
    chart.is_some() && chart == new.published_chart() && {
        let (old, new) = (major(&old.revision), major(&new.revision));
        old.is_some() && new.is_some() && old != new
    }
}

/// The major version of a version or of a range of one.
fn major(revision: &str) -> Option<u64> {
    let digits = revision.trim_start_matches(['v', '^', '~', '=', ' ']);
    digits.split(['.', '-', '+']).next().and_then(|digits| digits.parse().ok())
}
