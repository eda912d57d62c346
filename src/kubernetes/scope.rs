//! Which kinds of Kubernetes itself are cluster-scoped (Kubernetes 1.36); a custom kind is what its
//! definition says.

use super::groups::is_builtin;
use super::kinds::{Scope, facts};
use super::resource::GroupKind;

/// Whether a kind of Kubernetes itself is cluster-scoped; nothing for a custom kind.
pub fn is_cluster_scoped(kind: &GroupKind) -> Option<bool> {
    let scope = || facts(&kind.group, &kind.kind).map(|facts| facts.scope);
    is_builtin(kind).then(|| scope() == Some(Scope::Cluster))
}
