//! The applications that deploy to each namespace.

use std::cell::RefCell;
use std::rc::Rc;

use super::contents::Contents;
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
    /// The objects that wharf renders beside theirs.
    pub(super) rendered: Rendered<'m>,
    /// The contents of the namespaces of entries that were asked for; none if they are not known.
    contents: RefCell<Index<&'m str, Option<Rc<Contents<'m>>>>>,
}

impl<'m> Deployed<'m> {
    pub(super) fn new(model: &'m Model, objects: &'m [Object]) -> Self {
        let (services, rendered) = (Services::new(model), Rendered::new(objects));
        Self { model, services, rendered, contents: RefCell::default() }
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
    pub(super) fn contents(&self, entry: &'m Entry) -> Option<Rc<Contents<'m>>> {
        let namespace = entry.namespace.as_str();
        if let Some(found) = self.contents.borrow().get(namespace) {
            return found.clone();
        }
        let contents = self.locked(entry).map(|known| Rc::new(Contents::new(known)));
        self.contents.borrow_mut().replace(namespace, contents.clone());
        contents
    }

    /// Whether everything in the namespace of an entry is known: all applications are locked, and no operator
    /// makes Services or pods there.
    pub(super) fn is_complete(&self, entry: &'m Entry) -> bool {
        self.contents(entry).is_some_and(|contents| contents.is_complete)
    }

    fn locked(&self, entry: &'m Entry) -> Option<Vec<Known<'m>>> {
        let own = entry.applications.iter().filter(|application| !application.targets(&entry.namespace));
        let all = self.to(&entry.namespace).chain(own);
        all.map(|application| locked(application, self.model)).collect()
    }
}
