//! Objects of applications that the AppProject does not permit, because the platform owns their kind.

use crate::derive::Known;
use crate::derive::permissions::{is_derived, is_listed, is_owned};
use crate::diagnostics::rules::UNPERMITTED_KIND;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::{GroupKind, kinds};
use crate::lock;
use crate::lock::objects::ObjectName;
use crate::manifests::matches_glob;
use crate::model::{Application, ArgoCd, Entry, Model};
use crate::value::SortedSet;

/// Only the lock says what an application really deploys; the built-in facts have all optional parts of a
/// chart.
pub(super) fn check(
    entry: &Entry,
    application: &Application,
    known: Known<'_>,
    model: &Model,
    findings: &mut Sink,
) {
    for (kind, names) in &known.interface.objects {
        let is_cluster_scoped = model.scopes.is_cluster_scoped(kind) == Some(true);
        let refused = if is_cluster_scoped {
            is_refused_in_cluster(entry, model, known, (kind, names))
        } else {
            kinds::is_denied(kind) && is_refused_in_namespace(entry, kind)
        };
        if refused {
            let by_name = model.platform.argocd.older_than(ArgoCd::RESOURCE_NAMES).is_none();
            findings.push(refuse(application, kind, names, is_cluster_scoped, by_name));
        }
    }
}

/// Whether no line of the entry permits a denied kind.
fn is_refused_in_namespace(entry: &Entry, kind: &GroupKind) -> bool {
    let listed = &entry.project.namespace_resources;
    !is_derived(kind)
        && !listed.iter().any(|listed| *listed.group == *kind.group && *listed.kind == *kind.kind)
}

/// Whether an object is permitted by no line although lines of the entry decide for its kind.
fn is_refused_in_cluster(
    entry: &Entry,
    model: &Model,
    known: Known<'_>,
    (kind, names): (&GroupKind, &SortedSet<ObjectName>),
) -> bool {
    let by_name = || model.platform.argocd.reaches(ArgoCd::RESOURCE_NAMES) && known.basis.is_pinned();
    let decided = is_owned(kind) || is_listed(entry, kind) && (names.is_empty() || !by_name());
    let lines = || {
        let listed = entry.project.cluster_resources.iter();
        listed.filter(|listed| *listed.group == *kind.group && *listed.kind == *kind.kind)
    };
    let permits = |name: &ObjectName| {
        lines().any(|line| line.name.as_deref().is_none_or(|pattern| matches_glob(pattern, &name.name)))
    };
    decided && if names.is_empty() { lines().next().is_none() } else { !names.iter().all(permits) }
}

fn refuse(
    application: &Application,
    kind: &GroupKind,
    names: &SortedSet<ObjectName>,
    is_cluster_scoped: bool,
    by_name: bool,
) -> Finding {
    let finding = UNPERMITTED_KIND.at(
        application.location.key("applicationCode"),
        format!(
            "the AppProject does not permit the {} of `{}`",
            kind.kind,
            shorten(application.code.as_str())
        ),
    );
    let locked = lock::location(&application.code).key("objects").key(kind.to_string());
    let group = if kind.group.is_empty() { "''" } else { &kind.group };
    let (key, name) = match names.first() {
        Some(only) if by_name && is_cluster_scoped && names.len() == 1 => {
            ("clusterResources", format!(", name: {}", shorten(&only.name)))
        }
        _ if is_cluster_scoped => ("clusterResources", String::new()),
        _ => ("namespaceResources", String::new()),
    };
    finding
        .with_secondary_label(locked.itself(), "locked here")
        .note(if is_cluster_scoped {
            "Argo CD would refuse the sync: the lines of the entry decide which of these objects there may be"
        } else {
            "Argo CD would refuse the sync: the platform owns the objects of this kind"
        })
        .help(format!(
            "switch it off in the values of the chart, or add `{{group: {group}, kind: {}{name}}}` to \
             `project.{key}` of the entry",
            kind.kind
        ))
}
