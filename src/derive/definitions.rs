//! Which application defines a custom kind.

use std::collections::BTreeMap;

use super::{Basis, Known, known};
use crate::kubernetes::{GroupKind, groups};
use crate::model::{Application, Model};

/// An application that brings the definition of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'m> {
    /// The application.
    pub application: &'m Application,
    /// Where that is known from.
    pub basis: Basis<'m>,
}

/// The kinds that the applications of a catalog define.
#[derive(Debug, Default)]
pub struct Definitions<'m> {
    providers: BTreeMap<&'m GroupKind, Provider<'m>>,
}

impl<'m> Definitions<'m> {
    /// The kinds that the applications of a model define, without those of Argo CD, which exist before it
    /// applies anything. Of several that define the same kind, the one that is synced first counts.
    pub fn new(model: &'m Model) -> Self {
        let mut providers = BTreeMap::<_, Provider<'m>>::new();
        for application in model.applications() {
            for Known { interface, basis } in known(application, model) {
                for kind in interface.definitions.keys().filter(|kind| !is_argo_cd(kind)) {
                    let new = Provider { application, basis };
                    let first = providers.entry(kind).or_insert(new);
                    if application.wave < first.application.wave {
                        *first = new;
                    }
                }
            }
        }
        Self { providers }
    }

    /// Whether no application is known to define a kind.
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    /// The application that defines a kind.
    pub fn provider(&self, kind: &GroupKind) -> Option<Provider<'m>> {
        self.providers.get(kind).copied()
    }
}

fn is_argo_cd(kind: &GroupKind) -> bool {
    groups::provider(&kind.group) == Some(groups::Provider::ArgoCd)
}
