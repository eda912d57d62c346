//! Which kinds are cluster-scoped.

use super::{Lock, builtin};
use crate::kubernetes::{GroupKind, scope};
use crate::value::Index;

/// The scopes of the kinds that a catalog knows.
#[derive(Debug, Default)]
pub struct Scopes {
    defined: Index<GroupKind, bool>,
    /// Those of all kinds of the lock, which thousands of applications have in common.
    deployed: Index<GroupKind, Option<bool>>,
}

impl Scopes {
    /// The scopes of the kinds that the applications of a lock define and deploy.
    pub fn new(lock: &Lock) -> Self {
        let mut scopes = Self::default();
        for (kind, definition) in lock.applications().flat_map(|(_, interface)| &interface.definitions) {
            scopes.defined.replace(kind.clone(), definition.is_cluster_scoped);
        }
        for kind in lock.applications().flat_map(|(_, interface)| interface.objects.keys()) {
            if !scopes.is_deployed(kind) {
                scopes.deployed.replace(kind.clone(), scopes.look_up(kind));
            }
        }
        scopes
    }

    /// Whether an application of the lock deploys objects of a kind.
    pub fn is_deployed(&self, kind: &GroupKind) -> bool {
        self.deployed.get(kind).is_some()
    }

    /// Whether a kind is cluster-scoped, as Kubernetes itself, the applications of this catalog or the
    /// built-in facts say; nothing if none of them knows the kind.
    pub fn is_cluster_scoped(&self, kind: &GroupKind) -> Option<bool> {
        self.deployed.get(kind).copied().unwrap_or_else(|| self.look_up(kind))
    }

    fn look_up(&self, kind: &GroupKind) -> Option<bool> {
        let builtin = || builtin::charts().find_map(|chart| chart.interface.definitions.get(kind));
        scope::is_cluster_scoped(kind)
            .or_else(|| self.defined.get(kind).copied())
            .or_else(|| builtin().map(|definition| definition.is_cluster_scoped))
    }
}
