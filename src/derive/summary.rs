//! Everything that is derived for an entry, as `wharf explain` shows it.

use super::Permissions;
use crate::lock::Scopes;
use crate::model::{Entry, Model};

/// Something that is derived: where it is rendered, what it is, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Derived {
    /// The object that it is a part of: `AppProject sys-cert-manager`.
    pub object: String,
    /// What it says.
    pub what: String,
    /// The reason.
    pub reason: String,
}

/// What is derived for an entry.
pub fn summary(entry: &Entry, model: &Model) -> Vec<Derived> {
    let scopes = Scopes::new(&model.lock);
    permissions(entry, model, &scopes)
}

fn permissions(entry: &Entry, model: &Model, scopes: &Scopes<'_>) -> Vec<Derived> {
    let permissions = Permissions::new(entry, model, scopes);
    let cluster = permissions.cluster.iter().map(|((kind, name), reason)| {
        let what =
            name.as_ref().map_or_else(|| kind.kind.to_string(), |name| format!("{}/{name}", kind.kind));
        (what, reason)
    });
    let namespaced = permissions.namespaced.iter().map(|(kind, reason)| (kind.kind.to_string(), reason));
    let derived = cluster.chain(namespaced).map(|(what, reason)| Derived {
        object: format!("AppProject {}", entry.project_name),
        what: format!("permits {what}"),
        reason: reason.to_string(),
    });
    derived.collect()
}
