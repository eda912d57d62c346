//! What stays in the cluster when a protected entry is removed: what its running pods need to go on, and to
//! start again on another node.
//!
//! Argo CD uses the annotation of the object in the cluster, and cannot tell a removed entry from a
//! removed line of an entry that is still there. So only what does no harm when it stays is kept. Not kept is
//! whatever opens something: the policies beside `default-deny`, the `RoleBindings` of people, routes. A line
//! that closes one of them has to close it.

use super::CRD_COMES_LATER;
use crate::kubernetes::kinds::facts;
use crate::kubernetes::{GroupKind, Object};
use crate::model::Entry;

/// Argo CD's options for objects that stay when their entry is removed.
pub(super) const KEPT: &str = "Prune=false";

/// The same for objects whose custom resource definition comes from an application of the catalog.
const KEPT_AND_CRD_COMES_LATER: &str = "Prune=false,SkipDryRunOnMissingResource=true";

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
    let GroupKind { group, kind } = object.group_kind();
    let is_needed = facts(group, kind).is_some_and(|facts| facts.is_needed_by_pods);
    if is_needed { keep(object, entry) } else { object }
}
