//! What the AppProject of an entry has to permit, because its applications deploy it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Known, Reason, known};
use crate::kubernetes::GroupKind;
use crate::lock::objects::ObjectName;
use crate::model::{ArgoCd, Entry, Model};
use crate::value::{SortedSet, Text};

/// Cluster-scoped kinds that the platform owns: an application may only manage them if its entry lists them.
const OWNED: [(&str, &str); 8] = [
    ("", "Namespace"),
    ("cilium.io", "CiliumClusterwideNetworkPolicy"),
    ("crd.projectcalico.org", "GlobalNetworkPolicy"),
    ("policy.networking.k8s.io", "AdminNetworkPolicy"),
    ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    ("policy.networking.k8s.io", "ClusterNetworkPolicy"),
    ("projectcalico.org", "GlobalNetworkPolicy"),
    ("projectcalico.org", "StagedGlobalNetworkPolicy"),
];

/// Denied kinds that charts bring for their own pods. Their effect is limited to a namespace that the
/// AppProject permits.
const DERIVED: [(&str, &str); 2] =
    [("rbac.authorization.k8s.io", "Role"), ("rbac.authorization.k8s.io", "RoleBinding")];

/// A cluster-scoped resource that is permitted: its kind, and its name as a pattern, unless any name is.
pub type Resource<'m> = (&'m GroupKind, Option<Text>);

/// What is permitted besides what the entry lists, with the first object that needs it.
#[derive(Debug, Default)]
pub struct Permissions<'m> {
    /// Cluster-scoped resources.
    pub cluster: BTreeMap<Resource<'m>, Reason<'m>>,
    /// Kinds that are denied otherwise.
    pub namespaced: BTreeMap<&'m GroupKind, Reason<'m>>,
}

impl<'m> Permissions<'m> {
    /// What the applications of an entry need.
    pub fn new(entry: &'m Entry, model: &'m Model) -> Self {
        let mut permissions = Self::default();
        for known in entry.applications.iter().flat_map(|application| known(application, model)) {
            for (kind, names) in &known.interface.objects {
                if model.scopes.is_cluster_scoped(kind) == Some(true) {
                    permissions.permit_cluster(entry, model, known, (kind, names));
                } else if is_derived(kind) {
                    let reason = Reason { basis: known.basis, kind, name: names.first() };
                    permissions.namespaced.entry(kind).or_insert(reason);
                }
            }
        }
        permissions.narrow();
        permissions
    }

    fn permit_cluster(
        &mut self,
        entry: &Entry,
        model: &Model,
        known: Known<'m>,
        (kind, names): (&'m GroupKind, &'m SortedSet<ObjectName>),
    ) {
        let by_name = model.platform.argocd.reaches(ArgoCd::RESOURCE_NAMES)
            && !names.is_empty()
            && known.basis.is_pinned();
        if is_owned(kind) || !by_name && is_listed(entry, kind) {
            return;
        }
        let reason = |name| Reason { basis: known.basis, kind, name };
        if by_name {
            for name in names {
                self.cluster.entry((kind, Some(pattern(&name.name)))).or_insert(reason(Some(name)));
            }
        } else {
            self.cluster.entry((kind, None)).or_insert(reason(names.first()));
        }
    }

    /// Removes names of kinds of which every name is permitted.
    fn narrow(&mut self) {
        let wide: BTreeSet<_> =
            self.cluster.keys().filter(|(_, name)| name.is_none()).map(|(kind, _)| *kind).collect();
        self.cluster.retain(|(kind, name), _| name.is_none() || !wide.contains(kind));
    }
}

/// Whether the platform owns a cluster-scoped kind.
pub fn is_owned(kind: &GroupKind) -> bool {
    OWNED.contains(&(&*kind.group, &*kind.kind))
}

/// Whether a denied kind is permitted as soon as an application deploys it.
pub fn is_derived(kind: &GroupKind) -> bool {
    DERIVED.contains(&(&*kind.group, &*kind.kind))
}

/// Whether the entry itself lists the permitted objects of a kind, which has precedence over a guess by kind.
pub fn is_listed(entry: &Entry, kind: &GroupKind) -> bool {
    let listed = &entry.project.cluster_resources;
    listed.iter().any(|listed| *listed.group == *kind.group && *listed.kind == *kind.kind)
}

/// A name as a pattern that matches it. Names of roles may contain characters that are wildcards to Argo CD
/// (3.5, `filepath.Match`): each becomes `?`, so that a ClusterRole `*` does not permit all.
fn pattern(name: &Text) -> Text {
    if name.contains(is_wildcard) { name.replace(is_wildcard, "?").into() } else { name.clone() }
}

fn is_wildcard(char: char) -> bool {
    matches!(char, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!')
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_wildcard_in_a_name_permits_one_character() {
        assert_eq!(pattern(&"*".into()).as_str(), "?");
        assert_eq!(pattern(&"system:web".into()).as_str(), "system:web");
    }
}
