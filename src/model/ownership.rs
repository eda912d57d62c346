//! Whether an entry may own its namespace, and what it cannot have if it does not.

use super::reserved_namespaces::{RESERVED_NAMESPACES, is_system_namespace};
use crate::catalog::Entry as Written;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::names::Namespace;
use crate::platform::RootProject;

/// Whether the entry owns its namespace.
pub(super) fn owns(written: &Written) -> bool {
    written.owns_namespace.unwrap_or(true)
}

/// Checks an entry; `argocd` is the namespace of Argo CD.
pub(super) fn check(
    written: &Written,
    location: &Location,
    (argocd, root): (&Namespace, RootProject),
    findings: &mut Sink,
) {
    if owns(written) {
        findings.extend(reserved(written, location).or_else(|| system(written, location, root)));
    } else {
        findings.extend(restricted(written, location));
        findings.extend(settings(written).map(|key| without_effect(key, location)));
    }
    if *written.namespace == *argocd.as_str() && written.toggleable == Some(true) {
        let finding = rules::RESERVED_NAMESPACE
            .at(location.key("toggleable"), "the namespace of Argo CD cannot be toggleable");
        findings.push(finding.note("removing the entry would delete Argo CD and every Application"));
    }
}

fn reserved(written: &Written, location: &Location) -> Option<Finding> {
    let name = &*written.namespace;
    RESERVED_NAMESPACES.contains(&name).then_some(())?;
    let finding = rules::RESERVED_NAMESPACE
        .at(location.key("namespace"), format!("the namespace `{name}` belongs to the cluster itself"));
    let finding = finding.note(
        "a default-deny policy would cut the cluster off from its DNS, and a Pod Security level would keep \
         system pods from starting",
    );
    Some(finding.help(
        "use your own namespace, to which an application can add this one with `targetNamespace`, or write \
         `ownsNamespace: false` and `networkPolicies: {profile: none, reason: …}`",
    ))
}

fn system(written: &Written, location: &Location, root: RootProject) -> Option<Finding> {
    let is_general = root == RootProject::General;
    (is_system_namespace(&written.namespace) && is_general).then_some(())?;
    let finding = rules::RESERVED_NAMESPACE.at(
        location.key("namespace"),
        format!("the root project does not permit `{}`", shorten(&written.namespace)),
    );
    let finding = finding
        .note("Kubernetes reserves the prefix `kube-` for itself; Argo CD would apply nothing of the commit");
    Some(finding.help("choose a name without `kube-`, or write `argocd.root.project: exact` in platform.yml"))
}

/// Policies select all pods of a namespace, also those that the entry does not know.
fn restricted(written: &Written, location: &Location) -> Option<Finding> {
    let profile = &*written.network_policies.profile;
    (profile != "none").then_some(())?;
    let finding = rules::UNOWNED_NAMESPACE.at(
        location.key("networkPolicies").key("profile"),
        format!("the profile `{}` would restrict a namespace that the entry does not own", shorten(profile)),
    );
    let finding = finding.note(
        "policies select all pods of a namespace: those that are not in the catalog would lose connections \
         that they need",
    );
    Some(finding.help("write `networkPolicies: {profile: none, reason: …}`"))
}

/// The keys that only a Namespace of the entry could have.
fn settings(written: &Written) -> impl Iterator<Item = &'static str> {
    let keys = [
        ("podSecurity", written.pod_security.is_some()),
        ("labels", !written.labels.is_empty()),
        ("annotations", !written.annotations.is_empty()),
    ];
    keys.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key)
}

fn without_effect(key: &str, location: &Location) -> Finding {
    let finding = rules::UNOWNED_NAMESPACE.at(
        location.key(key.to_owned()).itself(),
        format!("`{key}` has no effect with `ownsNamespace: false`"),
    );
    finding.note("the Namespace is not rendered").help("remove the line, or `ownsNamespace`")
}
