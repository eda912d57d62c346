//! The applications that deploy to each namespace.

use super::rendered::Rendered;
use crate::catalog::Egress;
use crate::derive::{Known, Services, locked};
use crate::kubernetes::Object;
use crate::model::{Application, Entry, Model};
use crate::names::Namespace;

/// The applications of a catalog by the namespaces that they deploy to.
pub(super) struct Deployed<'m> {
    pub(super) model: &'m Model,
    /// The Services that they deploy, as far as the lock knows them.
    pub(super) services: Services<'m>,
    /// The objects that wharf renders beside theirs.
    pub(super) rendered: Rendered<'m>,
}

impl<'m> Deployed<'m> {
    pub(super) fn new(model: &'m Model, objects: &'m [Object]) -> Self {
        Self { model, services: Services::new(model), rendered: Rendered::new(objects) }
    }

    /// The applications whose target is a namespace.
    pub(super) fn to(&self, namespace: &Namespace) -> impl Iterator<Item = &'m Application> {
        let deployers = self.services.deployers(namespace.as_str()).iter().copied();
        deployers.filter(move |application| application.targets(namespace))
    }

    /// The entry that a line leads to, if it names one.
    pub(super) fn callee(&self, line: &Egress) -> Option<&'m Entry> {
        self.model.entry(&Namespace::new(line.namespace.as_ref()?))
    }

    /// What is deployed to the namespace of an entry, if the lock knows all of it, and all of what the entry
    /// deploys elsewhere.
    pub(super) fn locked(&self, entry: &'m Entry) -> Option<Vec<Known<'m>>> {
        let own = entry.applications.iter().filter(|application| !application.targets(&entry.namespace));
        let all = self.to(&entry.namespace).chain(own);
        all.map(|application| locked(application, self.model)).collect()
    }
}
