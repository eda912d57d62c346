//! Which kinds are cluster-scoped.

use super::{Lock, builtin};
use crate::kubernetes::{GroupKind, scope};
use crate::value::Index;

/// The scopes of the kinds that a catalog knows.
#[derive(Debug)]
pub struct Scopes<'l> {
    defined: Index<&'l GroupKind, bool>,
    /// Those of all kinds of the lock, which thousands of applications have in common.
    deployed: Index<&'l GroupKind, Option<bool>>,
}

impl<'l> Scopes<'l> {
    /// The scopes of the kinds that the applications of a lock define.
    pub fn new(lock: &'l Lock) -> Self {
        let definitions = lock.applications().flat_map(|(_, interface)| &interface.definitions);
        let mut defined = Index::with_capacity(0);
        for (kind, definition) in definitions {
            defined.replace(kind, definition.is_cluster_scoped);
        }
        let mut scopes = Self { defined, deployed: Index::with_capacity(0) };
        for kind in lock.applications().flat_map(|(_, interface)| interface.objects.keys()) {
            if scopes.deployed.get(kind).is_none() {
                scopes.deployed.replace(kind, scopes.look_up(kind));
            }
        }
        scopes
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
