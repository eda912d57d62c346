//! Which kinds are cluster-scoped.

use std::collections::BTreeMap;

use super::{Lock, builtin};
use crate::kubernetes::{GroupKind, scope};

/// The scopes of the kinds that a catalog knows.
#[derive(Debug, Default)]
pub struct Scopes<'l> {
    defined: BTreeMap<&'l GroupKind, bool>,
}

impl<'l> Scopes<'l> {
    /// The scopes of the kinds that the applications of a lock define.
    pub fn new(lock: &'l Lock) -> Self {
        let definitions = lock.applications().flat_map(|(_, interface)| &interface.definitions);
        Self { defined: definitions.map(|(kind, defined)| (kind, defined.is_cluster_scoped)).collect() }
    }

    /// Whether a kind is cluster-scoped, as Kubernetes itself, the applications of this catalog or the
    /// built-in facts say; nothing if none of them knows the kind.
    pub fn is_cluster_scoped(&self, kind: &GroupKind) -> Option<bool> {
        let builtin = || builtin::charts().find_map(|chart| chart.interface.definitions.get(kind));
        scope::is_cluster_scoped(kind)
            .or_else(|| self.defined.get(kind).copied())
            .or_else(|| builtin().map(|definition| definition.is_cluster_scoped))
    }
}
