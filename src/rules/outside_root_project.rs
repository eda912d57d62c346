//! Objects that the general project of the root application does not permit.

use std::collections::BTreeSet;

use crate::bootstrap;
use crate::diagnostics::rules::OUTSIDE_ROOT_PROJECT;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::{GroupKind, Kind, Object};
use crate::model::Model;
use crate::names::Namespace;
use crate::platform::RootProject;

pub(super) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    if model.platform.argocd.root.project == RootProject::Exact {
        return;
    }
    let mut reported = BTreeSet::new();
    let refused = objects.iter().filter(|object| {
        object.namespace.is_none() && !bootstrap::permits_cluster_kind(object, &model.platform)
    });
    for object in refused.filter(|object| reported.insert(object.group_kind())) {
        findings.extend(refuse(object));
    }
    check_namespaces(model, objects, findings);
}

/// Reports the namespaces that the project denies. Another finding reports those that an entry owns.
fn check_namespaces(model: &Model, objects: &[Object], findings: &mut Sink) {
    let guests = model.entries.iter().filter(|entry| !entry.owns_namespace);
    let guests: BTreeSet<_> = guests.map(|entry| &entry.namespace).collect();
    if guests.is_empty() {
        return;
    }
    let mut namespaces = BTreeSet::new();
    for object in objects.iter().filter(|object| object.kind != Kind::NetworkPolicy) {
        let Some(namespace) = object.namespace.as_ref().filter(|_| guests.contains(&object.folder)) else {
            continue;
        };
        if !bootstrap::permits_namespace(namespace, &model.platform) && namespaces.insert(namespace) {
            findings.extend(refuse_namespace(object, namespace));
        }
    }
}

fn refuse_namespace(object: &Object, namespace: &Namespace) -> Option<Finding> {
    let location = object.origins.first()?.location.clone();
    let message = format!("the root project does not permit a {} in `{namespace}`", object.kind_name());
    let finding = OUTSIDE_ROOT_PROJECT.at(location, message).note(NOTHING_APPLIED);
    Some(finding.help(
        "leave it to the chart of an application, or write `argocd.root.project: exact` in platform.yml",
    ))
}

/// What the root application does with an object that its project does not permit.
const NOTHING_APPLIED: &str =
    "Argo CD checks all objects before it applies the first one: nothing of the commit would be applied";

fn refuse(object: &Object) -> Option<Finding> {
    let GroupKind { group, kind } = object.group_kind();
    let location = object.origins.first()?.location.clone();
    let finding = OUTSIDE_ROOT_PROJECT.at(location, format!("the root project does not permit a {kind}"));
    let finding = finding.note(NOTHING_APPLIED);
    let group = if group.is_empty() { "''" } else { group.as_str() };
    Some(finding.help(format!(
        "add `{{group: {group}, kind: {kind}}}` to `argocd.root.clusterResources` in platform.yml, and \
         apply `wharf bootstrap` before the commit is synced"
    )))
}
