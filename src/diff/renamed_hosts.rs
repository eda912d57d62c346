//! Hosts that get another name: the route of the same Service answers for them.

use std::collections::BTreeMap;

use super::hosts::{Answer, Hosts};
use super::renames::Renames;
use crate::names::Host;

/// A host that gets another name.
#[derive(Clone, Copy, Debug)]
pub(super) struct RenamedHost<'c> {
    /// The path that answered for the old name.
    pub(super) before: Answer<'c>,
    /// The path that answers for the new name.
    pub(super) after: Answer<'c>,
    /// The new name.
    pub(super) new: &'c Host,
}

/// The hosts that get another name.
#[derive(Debug, Default)]
pub(super) struct RenamedHosts<'c> {
    by_old: BTreeMap<&'c Host, RenamedHost<'c>>,
    old_by_new: BTreeMap<&'c Host, &'c Host>,
}

impl<'c> RenamedHosts<'c> {
    /// Pairs hosts that no route answers for any more with those that none answered for, in order.
    pub(super) fn new([before, after]: &[Hosts<'c>; 2], renames: &Renames<'c>) -> Self {
        let mut added: Vec<_> = after.names().filter(|host| before.of(host).is_empty()).collect();
        let mut found = Self::default();
        for old in before.names().filter(|host| after.of(host).is_empty()) {
            let Some(&answer) = before.of(old).first() else { continue };
            let heir = |new: &Host| {
                after.of(new).iter().copied().find(|other| is_same_service(&answer, other, renames))
            };
            let position = added.iter().position(|new| heir(new).is_some());
            let Some(new) = position.map(|position| added.remove(position)) else { continue };
            if let Some(after) = heir(new) {
                found.by_old.insert(old, RenamedHost { before: answer, after, new });
                found.old_by_new.insert(new, old);
            }
        }
        found
    }

    /// All of them with their old names, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'c Host, &RenamedHost<'c>)> {
        self.by_old.iter().map(|(old, renamed)| (*old, renamed))
    }

    /// Whether a host of the old catalog gets another name.
    pub(super) fn has(&self, old: &Host) -> bool {
        self.by_old.contains_key(old)
    }

    /// The old name of a host; its name if it keeps it.
    pub(super) fn old_name<'h>(&self, host: &'h Host) -> &'h Host
    where
        'c: 'h,
    {
        self.old_by_new.get(host).copied().unwrap_or(host)
    }
}

/// Whether both routes lead to the same Service. Traefik's own services are not told apart.
fn is_same_service(before: &Answer<'_>, after: &Answer<'_>, renames: &Renames<'_>) -> bool {
    let (old, new) = (&before.route.backend, &after.route.backend);
    renames.is_same_entry(&before.entry.namespace, &after.entry.namespace)
        && !old.is_internal()
        && (&old.service, &old.port) == (&new.service, &new.port)
}
