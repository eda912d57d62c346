//! The manual steps after the first day.

use super::super::root_project::system_namespaces;
use super::Step;
use crate::model::{ArgoCd, Model};
use crate::names::Namespace;
use crate::platform::RootProject;

/// When the root application and its project have to be applied again.
pub(super) fn step(model: &Model) -> Step {
    match model.platform.argocd.root.project {
        RootProject::General => general(model),
        RootProject::Exact => exact(model),
    }
}

fn general(model: &Model) -> Step {
    let name = &model.platform.argocd.root.project_name;
    Step::new(
        "Apply both again when platform.yml changes their content: repository, argocd, or a namespace \
         kube-* that it names.",
        format!(
            "The project {name} does not depend on the entries: adding, changing and removing them \
            needs no manual step."
        ),
    )
    .lines(weaknesses(model))
}

/// What the project permits although it should not.
fn weaknesses(model: &Model) -> Vec<String> {
    let argocd = &model.platform.argocd;
    let mut weaknesses = Vec::new();
    if let Some(unsupported) = argocd.older_than(ArgoCd::DENIED_DESTINATIONS) {
        weaknesses.push(format!(
            "Argo CD {} cannot deny namespaces, {} can: the project permits objects in kube-*",
            unsupported.is, unsupported.needed
        ));
    }
    if !argocd.reaches(ArgoCd::RESOURCE_NAMES) {
        let is = argocd.version.map_or("platform.yml names no version of Argo CD".into(), |version| {
            format!("Argo CD is {version}")
        });
        let needed = ArgoCd::RESOURCE_NAMES;
        weaknesses.push(format!(
            "{is}, and only {needed} and newer can deny Namespaces by name: the project \
            permits the Namespaces kube-*"
        ));
    }
    let needed = system_namespaces(&model.platform);
    if !needed.is_empty() {
        let needed = needed.iter().map(Namespace::as_str).collect::<Vec<_>>().join(", ");
        weaknesses.push(format!(
            "platform.yml needs objects in {needed}: the project permits every namespaced kind there"
        ));
    }
    weaknesses
}

fn exact(model: &Model) -> Step {
    let argocd = &model.platform.argocd;
    let retries = if argocd.reaches(ArgoCd::RETRY_REFRESH) {
        "applied too late: Argo CD tries the sync again, at the latest after 5 minutes"
    } else {
        "applied too late: Argo CD tries a commit 6 times within 310 s and never again; apply both, then \
         press Sync"
    };
    Step::new(
        "When an entry or a kind of object is added, apply both before Argo CD syncs the commit. When one \
         is removed, apply them after Argo CD has pruned it.",
        format!(
            "The project {} permits exactly what is rendered now. Argo CD applies nothing of a commit with \
             any other object, and silently ignores objects that the project no longer permits: they stay, \
             are not OutOfSync, and have no owner.",
            argocd.root.project_name
        ),
    )
    .line(super::APPLY)
    .line(retries)
}
