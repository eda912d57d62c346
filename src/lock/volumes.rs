//! Volumes, and whether pruning deletes them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{maps_at, text, text_at};
use crate::value::Text;

/// What happens to a volume when its object is removed from the manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Pruning keeps it.
    Protected,
    /// Pruning deletes it.
    Unprotected,
    /// A StatefulSet creates and keeps it: it is not part of the manifests, so pruning keeps it.
    Template,
}

impl Protection {
    const ALL: [Self; 3] = [Self::Protected, Self::Unprotected, Self::Template];

    fn name(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Unprotected => "unprotected",
            Self::Template => "template",
        }
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Protection {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or(())
    }
}

/// All volumes: claims, and claim templates.
pub(super) fn volumes(rendered: &Rendered<'_>) -> BTreeMap<Text, Protection> {
    let mut volumes = BTreeMap::new();
    for resource in &rendered.resources {
        if resource.kind.is("", "PersistentVolumeClaim") {
            let protection = if is_kept(resource) { Protection::Protected } else { Protection::Unprotected };
            volumes.insert(rendered.title(resource), protection);
        }
        if resource.kind.is("apps", "StatefulSet") {
            let names = maps_at(&resource.value, &["spec", "volumeClaimTemplates"])
                .filter_map(|claim| text_at(claim, &["metadata", "name"]));
            let protection = of_templates(resource);
            volumes.extend(
                names.map(|name| (format!("{} {name}", rendered.title(resource)).into(), protection)),
            );
        }
    }
    volumes
}

/// What happens to the claims of a StatefulSet when it is removed. By default they stay (Kubernetes 1.32,
/// `persistentVolumeClaimRetentionPolicy`).
fn of_templates(stateful_set: &Resource) -> Protection {
    let policy = stateful_set.at(&["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"]);
    match policy.and_then(text) {
        Some("Delete") if is_kept(stateful_set) => Protection::Protected,
        Some("Delete") => Protection::Unprotected,
        _ => Protection::Template,
    }
}

/// Whether Argo CD keeps an object that is removed from the manifests (Argo CD 3.5, sync options; it supports
/// Helm's annotation).
fn is_kept(resource: &Resource) -> bool {
    let options = resource.annotation("argocd.argoproj.io/sync-options").unwrap_or_default();
    let keeps = |option: &str| matches!(option.trim(), "Prune=false" | "Prune=confirm");
    resource.annotation("helm.sh/resource-policy") == Some("keep") || options.split(',').any(keeps)
}
