//! Volumes that, according to the lock, an automated sync deletes as soon as the manifests no longer contain
//! them.

use crate::derive::Known;
use crate::diagnostics::rules::UNPROTECTED_VOLUME;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink, count};
use crate::lock::location;
use crate::lock::volumes::Protection;
use crate::model::{Application, Line};
use crate::value::Text;

/// Sync options of an Application that protect all of its objects.
const PROTECTING: [&str; 2] = ["Prune=false", "Prune=confirm"];

/// Only the lock says which volumes there are: the built-in facts have all optional parts of a chart.
pub(super) fn check(application: &Application, known: Known<'_>, findings: &mut Sink) {
    let volumes = known.interface.volumes.iter();
    let mut unprotected =
        volumes.filter(|(_, protection)| **protection == Protection::Unprotected).map(|(title, _)| title);
    if let Some(first) = unprotected.next().filter(|_| prunes(application)) {
        findings.push(warn(application, first, unprotected.count()));
    }
}

fn prunes(application: &Application) -> bool {
    application.automated.is_some_and(|automated| automated.prune)
        && !application.options.iter().any(|option| PROTECTING.contains(&option.as_str()))
}

fn warn(application: &Application, first: &Text, others: usize) -> Finding {
    let key = if application.lines.contains(&Line::Prune) {
        application.location.key("sync").key("prune")
    } else {
        application.location.key("autoSync")
    };
    let more = if others == 0 { String::new() } else { format!(" and {}", count(others, "other")) };
    let locked = location(&application.code).key("volumes").key(first.clone());
    UNPROTECTED_VOLUME
        .at(key, format!("pruning deletes the data of `{}`{more}", shorten(first)))
        .with_secondary_label(locked.itself(), "locked here")
        .note(
            "a changed name, or a value such as `persistence.enabled: false`, removes the claim from the \
             manifests, and its data is lost unless the volume has the reclaim policy `Retain`",
        )
        .help(
            "add the annotation `argocd.argoproj.io/sync-options: Prune=false,Delete=false` to the claim, in \
             the manifests or by a value of the chart such as `persistence.annotations`, or write \
             `sync: {prune: false}`",
        )
}
