//! The applications that deploy to each namespace.

use std::collections::BTreeMap;

use crate::derive::{Known, known};
use crate::model::{Application, Entry, Model};
use crate::names::Namespace;

/// The applications of a catalog by the namespaces that they deploy to.
pub(super) struct Deployed<'m> {
    pub(super) model: &'m Model,
    by_namespace: BTreeMap<&'m Namespace, Vec<&'m Application>>,
}

impl<'m> Deployed<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut by_namespace = BTreeMap::<_, Vec<_>>::new();
        for application in model.applications() {
            if let Some(namespace) = &application.target_namespace {
                by_namespace.entry(namespace).or_default().push(application);
            }
        }
        Self { model, by_namespace }
    }

    /// The applications that deploy to the namespace of an entry.
    pub(super) fn to(&self, entry: &Entry) -> &[&'m Application] {
        self.by_namespace.get(&entry.namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is deployed to the namespace of an entry, if the lock knows all of it, and all of what the entry
    /// deploys elsewhere.
    pub(super) fn locked(&self, entry: &'m Entry) -> Option<Vec<Known<'m>>> {
        let mut found = Vec::new();
        let own = entry.applications.iter().filter(|application| !application.targets(&entry.namespace));
        for application in self.to(entry).iter().copied().chain(own) {
            let known = known(application, self.model);
            if known.is_empty() || !known.iter().all(|known| known.basis.is_lock()) {
                return None;
            }
            found.extend(known);
        }
        Some(found)
    }
}
