//! Argo CD may delete objects of an application that it kept before.

use crate::catalog::Finalizer;
use crate::diagnostics::Location;
use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::{Comparison, Owned};
use crate::model::{Application, Automated};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_applications() {
        for (location, what, consequence) in enabled(before.application, &after) {
            report
                .add(
                    &after.entry.namespace,
                    Place::after(location),
                    format!("the application `{}` {what}", after.application.code),
                    consequence,
                )
                .objects(comparison.of_application(Side::After, &after))
                .push();
        }
    }
}

/// What Argo CD may delete now: the line, the reason, and when it does.
fn enabled(before: &Application, after: &Owned<'_>) -> Vec<(Location, String, &'static str)> {
    let (location, application) = (&after.application.location, after.application);
    let mut found = Vec::new();
    let keeps = |application: &Application| application.finalizer == Finalizer::None;
    if keeps(before) && !keeps(application) {
        found.push((
            location.key("finalizer"),
            "no longer has `finalizer: none`".into(),
            "removing it now deletes everything that it deployed",
        ));
    }
    let sync = location.key("sync");
    if newly(before, application, |automated| automated.prune) {
        found.push((
            sync.key("prune"),
            "prunes".into(),
            "what is no longer in its source is deleted from the cluster, volumes included",
        ));
    }
    if newly(before, application, |automated| automated.allow_empty) {
        found.push((
            sync.key("allowEmpty"),
            "allows an empty source".into(),
            "a source that renders nothing by mistake deletes everything that it deployed",
        ));
    }
    let lost = before.options.iter().filter(|option| is_protection(option));
    for option in lost.filter(|option| !application.options.contains(option)) {
        found.push((
            sync.key("options"),
            format!("no longer has the sync option `{option}`"),
            "Argo CD may delete its objects without asking",
        ));
    }
    found
}

/// Whether an automated sync does something that it did not before.
fn newly(before: &Application, after: &Application, does: fn(&Automated) -> bool) -> bool {
    before.automated.is_some_and(|automated| !does(&automated))
        && after.automated.is_some_and(|automated| does(&automated))
}

fn is_protection(option: &str) -> bool {
    matches!(option, "Prune=false" | "Prune=confirm" | "Delete=false" | "Delete=confirm")
}
