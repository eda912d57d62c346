//! What stays in the cluster when a protected entry is removed: what its running pods need to go on, and to
//! start again on another node.
//!
//! Argo CD goes by the annotation of the object in the cluster, and cannot tell a removed entry from a
//! removed line of an entry that is still there. So only what does no harm when it stays is kept. Not kept is
//! whatever opens something: the policies beside `default-deny`, the `RoleBindings` of people, routes. A line
//! that closes one of them has to close it.

use super::CRD_COMES_LATER;
use crate::kubernetes::{Object, group};
use crate::model::Entry;

/// Argo CD's options for objects that stay when their entry is removed.
pub(super) const KEPT: &str = "Prune=false";

/// The same for objects whose custom resource definition comes from an application of the catalog.
const KEPT_AND_CRD_COMES_LATER: &str = "Prune=false,SkipDryRunOnMissingResource=true";

/// Kinds of templates without which a pod cannot start: those that it mounts or runs as, and those whose
/// controller deletes the Secret that it made together with them (External Secrets 2.9, Sealed Secrets 0.36,
/// sops-secrets-operator 0.21: owner references).
const NEEDED_BY_PODS: [(&str, &str); 7] = [
    ("", "ConfigMap"),
    ("", "PersistentVolumeClaim"),
    ("", "Secret"),
    ("", "ServiceAccount"),
    ("bitnami.com", "SealedSecret"),
    ("external-secrets.io", "ExternalSecret"),
    ("isindir.github.com", "SopsSecret"),
];

/// Keeps an object if its entry is protected.
pub(super) fn keep(object: Object, entry: &Entry) -> Object {
    let options = match object.sync_options {
        "" if entry.protected => KEPT,
        CRD_COMES_LATER if entry.protected => KEPT_AND_CRD_COMES_LATER,
        options => options,
    };
    object.sync_options(options)
}

/// Keeps an object of a template if its entry is protected and its pods need it.
pub(super) fn keep_if_needed(object: Object, entry: &Entry) -> Object {
    let is_needed = NEEDED_BY_PODS.contains(&(group(object.api_version()), object.kind_name()));
    if is_needed { keep(object, entry) } else { object }
}
