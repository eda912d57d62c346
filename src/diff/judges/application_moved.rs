//! An application deploys to another namespace.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::{Comparison, Owned};
use crate::names::Namespace;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after, [old, new]) in comparison.moved_applications() {
        report
            .add(
                &after.entry.namespace,
                Place::after(location(&after)),
                format!("the application `{}` moves from `{old}` to `{new}`", after.application.code),
                consequence(&after, &old),
            )
            .help("volumes do not move with it: copy their contents, or leave it where it is")
            .objects(comparison.of_application(Side::Before, &before))
            .objects(comparison.of_application(Side::After, &after))
            .objects(comparison.projects(&after.entry.namespace))
            .push();
    }
}

fn location(after: &Owned<'_>) -> crate::diagnostics::Location {
    let key =
        if after.application.targets(&after.entry.namespace) { "applicationCode" } else { "targetNamespace" };
    after.application.location.key(key)
}

/// What Argo CD does with the old objects. It drops live objects that the project does not permit from the
/// comparison, so that they are neither deleted nor shown (Argo CD 3.6, `controller/state.go`).
fn consequence(after: &Owned<'_>, old: &Namespace) -> String {
    let prunes = after.application.automated.is_some_and(|automated| automated.prune);
    match (permits(after, old), prunes) {
        (true, true) => format!("Argo CD deletes its objects in `{old}`, its volumes included"),
        (true, false) => {
            format!("its objects in `{old}` stay until somebody prunes them, its volumes included")
        }
        (false, _) => format!(
            "its project no longer permits `{old}`: Argo CD neither deletes nor manages its objects there, \
             and both run"
        ),
    }
}

/// Whether the project of the application permits a namespace.
fn permits(after: &Owned<'_>, namespace: &Namespace) -> bool {
    let entry = after.entry;
    entry.namespace == *namespace
        || entry.applications.iter().any(|application| application.targets(namespace))
        || entry.project.destinations.iter().any(|listed| **listed == *namespace.as_str())
}
