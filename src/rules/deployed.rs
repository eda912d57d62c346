//! The applications that deploy to each namespace.

use crate::derive::{Known, Services, known};
use crate::model::{Application, Entry, Model};
use crate::names::Namespace;
use crate::value::Index;

/// The applications of a catalog by the namespaces that they deploy to.
pub(super) struct Deployed<'m> {
    pub(super) model: &'m Model,
    /// The Services that they deploy, as far as the lock knows them.
    pub(super) services: Services<'m>,
    by_namespace: Index<&'m Namespace, Vec<&'m Application>>,
}

impl<'m> Deployed<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let mut by_namespace = Index::<_, Vec<_>>::with_capacity(model.entries.len());
        for application in model.applications() {
            if let Some(namespace) = &application.target_namespace {
                by_namespace.entry(namespace).push(application);
            }
        }
        Self { model, services: Services::new(model), by_namespace }
    }

    /// The applications that deploy to the namespace of an entry.
    pub(super) fn to(&self, entry: &Entry) -> &[&'m Application] {
        self.by_namespace.get::<Namespace>(&entry.namespace).map(Vec::as_slice).unwrap_or_default()
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
