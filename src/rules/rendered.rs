//! The objects that wharf renders beside what applications deploy.

use crate::kubernetes::{GroupKind, Object};
use crate::names::Namespace;
use crate::value::Index;

/// Kinds of objects that are, or become, the Secret of the same name.
const SECRETS: [&str; 3] = ["ExternalSecret", "SealedSecret", "Secret"];

/// Namespaces and names.
type Names<'m> = Index<(&'m str, &'m str), ()>;

/// The rendered objects.
pub(super) struct Rendered<'m> {
    by_kind: Vec<(&'m GroupKind, &'m [Object])>,
    secrets: Names<'m>,
    services: Names<'m>,
}

impl<'m> Rendered<'m> {
    /// `objects` in any order, which are fewer pieces if those of a kind are together.
    pub(super) fn new(objects: &'m [Object]) -> Self {
        let of_kinds = objects.chunk_by(|one, next| one.kind == next.kind && one.other == next.other);
        let by_kind = of_kinds.filter_map(|objects| Some((objects.first()?.group_kind(), objects)));
        let by_kind: Vec<_> = by_kind.collect();
        let secrets = names(&by_kind, |kind| SECRETS.contains(&kind.kind.as_str()));
        let services = names(&by_kind, |kind| kind.is("", "Service"));
        Self { by_kind, secrets, services }
    }

    /// The objects of each kind; a kind may occur more than once.
    pub(super) fn by_kind(&self) -> &[(&'m GroupKind, &'m [Object])] {
        &self.by_kind
    }

    /// Whether an object is, or becomes, a Secret of a namespace.
    pub(super) fn has_secret(&self, namespace: &Namespace, name: &str) -> bool {
        self.secrets.get(&(namespace.as_str(), name)).is_some()
    }

    /// Whether there is a Service in a namespace.
    pub(super) fn has_service(&self, namespace: &Namespace, name: &str) -> bool {
        self.services.get(&(namespace.as_str(), name)).is_some()
    }
}

fn names<'m>(by_kind: &[(&'m GroupKind, &'m [Object])], is_kind: impl Fn(&GroupKind) -> bool) -> Names<'m> {
    let mut names = Index::default();
    for object in by_kind.iter().filter(|(kind, _)| is_kind(kind)).flat_map(|(_, objects)| *objects) {
        if let Some(namespace) = &object.namespace {
            names.add_first((namespace.as_str(), object.name.as_str()), ());
        }
    }
    names
}
