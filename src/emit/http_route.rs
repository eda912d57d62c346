//! Gateway API `HTTPRoutes`, attached to the Gateways of the sides that a route can be reached from.
//!
//! The API server fills in `group`, `kind` and `weight` of each reference. Argo CD compares lists as a whole,
//! so that a route without them would be permanently out of sync: they are written explicitly.

use super::external_dns::annotate;
use super::{AUTH_MIDDLEWARE, CRD_COMES_LATER, Routed};
use crate::catalog::PathMatch;
use crate::kubernetes::{Kind, Object};
use crate::model::Path;
use crate::platform::GatewayListener;
use crate::value::{Map, Text, Value};

pub(super) fn http_route(routed: &Routed<'_>, listeners: &[GatewayListener]) -> Object {
    let route = routed.route;
    let parents: Vec<_> =
        route.entry_points.iter().filter_map(|index| listeners.get(*index)).map(parent).collect();
    let spec = Map::new()
        .with("parentRefs", parents)
        .with("hostnames", route.hosts.clone())
        .with("rules", route.paths.iter().map(|path| rule(path, routed)).collect::<Vec<_>>());
    // In the namespace of the entry, even if the Service is elsewhere: its Gateways accept routes of the
    // entry.
    let object = routed
        .object(Kind::HttpRoute, route.name.clone())
        .within(&routed.entry.namespace)
        .sync_options(CRD_COMES_LATER)
        .spec(spec);
    annotate(object, routed, true)
}

fn parent(listener: &GatewayListener) -> Map {
    Map::new()
        .with("group", "gateway.networking.k8s.io")
        .with("kind", "Gateway")
        .with("name", &listener.name)
        .with("namespace", &listener.namespace)
        .with_some("sectionName", listener.section_name.as_ref())
        .with_some("port", listener.port.map(|port| port.0))
}

fn rule(path: &Path, routed: &Routed<'_>) -> Map {
    let (kind, text) = match &path.matching {
        None => ("PathPrefix", Text::constant("/")),
        Some((PathMatch::Prefix, path)) => ("PathPrefix", path.clone()),
        Some((PathMatch::Exact, path)) => ("Exact", path.clone()),
    };
    let matched = Map::new().with("path", Map::new().with("type", kind).with("value", text));
    let auth = path.protected.then_some(Text::constant(AUTH_MIDDLEWARE));
    let middlewares =
        auth.into_iter().chain(routed.route.middlewares.iter().map(|middleware| (&middleware.name).into()));
    Map::new()
        .with("matches", vec![matched])
        .with_filled("filters", middlewares.map(filter).collect::<Vec<_>>())
        .with("backendRefs", vec![backend(routed)])
}

/// The Gateway API has no filter for auth; Traefik accepts its Middlewares as filters (Traefik 3.7, Gateway
/// API).
fn filter(middleware: Text) -> Map {
    let reference =
        Map::new().with("group", "traefik.io").with("kind", "Middleware").with("name", middleware);
    Map::new().with("type", "ExtensionRef").with("extensionRef", reference)
}

fn backend(routed: &Routed<'_>) -> Map {
    let elsewhere = (*routed.namespace != routed.entry.namespace).then_some(routed.namespace);
    Map::new()
        .with("group", "")
        .with("kind", "Service")
        .with("name", &routed.route.service)
        .with_some("namespace", elsewhere)
        .with("port", routed.route.port)
        .with("weight", Value::Int(1))
}
