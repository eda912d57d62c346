//! Cluster-scoped objects that the general project of the root application does not permit.

use std::collections::BTreeSet;

use crate::bootstrap;
use crate::diagnostics::rules::OUTSIDE_ROOT_PROJECT;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::{GroupKind, Object};
use crate::model::Model;
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
}

fn refuse(object: &Object) -> Option<Finding> {
    let GroupKind { group, kind } = object.group_kind();
    let location = object.origins.first()?.location.clone();
    let finding = OUTSIDE_ROOT_PROJECT.at(location, format!("the root project does not permit a {kind}"));
    let finding = finding.note(
        "Argo CD checks all objects before it applies the first one: nothing of the commit would be applied",
    );
    let group = if group.is_empty() { "''" } else { group.as_str() };
    Some(finding.help(format!(
        "add `{{group: {group}, kind: {kind}}}` to `argocd.root.clusterResources` in platform.yml, and \
         apply `wharf bootstrap` before the commit is synced"
    )))
}
