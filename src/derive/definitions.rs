//! Which application defines a custom kind.

use super::{Basis, Known, known};
use crate::kubernetes::{GroupKind, groups};
use crate::model::{Application, Model};
use crate::value::Index;

/// An application that brings the definition of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'m> {
    /// The application.
    pub application: &'m Application,
    /// Where that is known from.
    pub basis: Basis<'m>,
}

/// The kinds that the applications of a catalog define.
#[derive(Debug)]
pub struct Definitions<'m> {
    providers: Index<&'m GroupKind, Provider<'m>>,
    is_empty: bool,
}

impl<'m> Definitions<'m> {
    /// The kinds that the applications of a model define, without those of Argo CD, which exist before it
    /// applies anything. Of several that define the same kind, the one that is synced first counts.
    pub fn new(model: &'m Model) -> Self {
        let mut definitions = Self { providers: Index::with_capacity(0), is_empty: true };
        for application in model.applications() {
            for Known { interface, basis } in known(application, model) {
                for kind in interface.definitions.keys().filter(|kind| !is_argo_cd(kind)) {
                    definitions.add(kind, Provider { application, basis });
                }
            }
        }
        definitions
    }

    fn add(&mut self, kind: &'m GroupKind, new: Provider<'m>) {
        self.is_empty = false;
        let first = self.providers.add_first(kind, new);
        if first.is_some_and(|first| new.application.wave < first.application.wave) {
            self.providers.replace(kind, new);
        }
    }

    /// Whether no application is known to define a kind.
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// The application that defines a kind.
    pub fn provider(&self, kind: &GroupKind) -> Option<Provider<'m>> {
        self.providers.get(kind).copied()
    }
}

fn is_argo_cd(kind: &GroupKind) -> bool {
    groups::provider(&kind.group) == Some(groups::Provider::ArgoCd)
}
