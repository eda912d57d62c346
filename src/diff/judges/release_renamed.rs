//! The release of a chart gets another name.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::model::SourceType;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        if before.application.name != after.application.name {
            continue;
        }
        let sources = before.application.sources.iter().zip(&after.application.sources);
        for (old, new) in sources {
            let names = (before.application.release(old), after.application.release(new));
            let are_charts = [old, new].iter().all(|source| source.source_type() == SourceType::Helm);
            if !are_charts || names.0 == names.1 {
                continue;
            }
            let prunes = after.application.automated.is_some_and(|automated| automated.prune);
            report
                .add(
                    &after.entry.namespace,
                    Place::after(new.location.key("helm").key("releaseName")),
                    format!(
                        "the release `{}` of `{}` becomes `{}`",
                        names.0, after.application.code, names.1
                    ),
                    consequence(prunes),
                )
                .help(format!("write `releaseName: {}` to keep the names", names.0))
                .objects(comparison.of_application(Side::After, &after))
                .push();
        }
    }
}

fn consequence(prunes: bool) -> &'static str {
    if prunes {
        "charts name their objects after the release: Argo CD deletes the old ones, their volumes included, \
         and creates others"
    } else {
        "charts name their objects after the release: new ones are created beside the old ones, without \
         their data"
    }
}
