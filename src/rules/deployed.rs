//! The applications that deploy to each namespace.

use super::rendered::Rendered;
use crate::catalog::Egress;
use crate::derive::{Known, Services, locked};
use crate::kubernetes::Object;
use crate::model::{Application, Entry, Model};
use crate::names::Namespace;
use crate::value::Index;

/// The applications of a catalog by the namespaces that they deploy to.
pub(super) struct Deployed<'m> {
    pub(super) model: &'m Model,
    /// The Services that they deploy, as far as the lock knows them.
    pub(super) services: Services<'m>,
    by_namespace: Index<&'m str, Vec<&'m Application>>,
    /// The objects that wharf renders beside theirs.
    pub(super) rendered: Rendered<'m>,
}

impl<'m> Deployed<'m> {
    pub(super) fn new(model: &'m Model, objects: &'m [Object]) -> Self {
        let mut by_namespace = Index::<_, Vec<_>>::with_capacity(model.entries.len());
        for application in model.applications() {
            by_namespace.entry(application.namespace_of(None)).push(application);
        }
        Self { model, services: Services::new(model), by_namespace, rendered: Rendered::new(objects) }
    }

    /// The applications that deploy to a namespace.
    pub(super) fn to(&self, namespace: &str) -> &[&'m Application] {
        self.by_namespace.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// The entry that a line leads to, if it names one.
    pub(super) fn callee(&self, line: &Egress) -> Option<&'m Entry> {
        self.model.entry(&Namespace::new(line.namespace.as_ref()?))
    }

    /// What is deployed to the namespace of an entry, if the lock knows all of it, and all of what the entry
    /// deploys elsewhere.
    pub(super) fn locked(&self, entry: &'m Entry) -> Option<Vec<Known<'m>>> {
        let own = entry.applications.iter().filter(|application| !application.targets(&entry.namespace));
        let all = self.to(entry.namespace.as_str()).iter().copied().chain(own);
        all.map(|application| locked(application, self.model)).collect()
    }
}
