//! The object that allows an HTTPRoute to lead to a Service of another namespace.

use super::line;
use crate::kubernetes::{Kind, Object};
use crate::model::{Entry, Model};
use crate::names::Namespace;
use crate::value::Map;

/// Allows the routes of an entry to lead to the auth service; without it, the Gateway answers 500 (Gateway
/// API 1.6, `ReferenceGrant`). It is in the namespace of the service, so that only the owner of that
/// namespace can create it.
pub(super) fn of_callbacks(entry: &Entry, model: &Model) -> Option<Object> {
    let callback = model.platform.routing.auth.callback()?;
    let namespace = Namespace::new(&callback.namespace);
    let first = entry.callbacks.first().filter(|_| namespace != entry.namespace)?;
    let from = Map::new()
        .with("group", "gateway.networking.k8s.io")
        .with("kind", "HTTPRoute")
        .with("namespace", &entry.namespace);
    let to = Map::new().with("group", "").with("kind", "Service").with("name", &callback.service);
    let origins = line(first.location.key("host"));
    let name = format!("routes-of-{}", entry.namespace);
    // After the applications that may contain its custom resource definition, before the routes.
    let object =
        Object::new(Kind::ReferenceGrant, name, model.platform.route_wave(), &entry.namespace, &origins)
            .within(&namespace);
    Some(
        object
            .sync_options(super::CRD_COMES_LATER)
            .spec(Map::new().with("from", vec![from]).with("to", vec![to])),
    )
}
