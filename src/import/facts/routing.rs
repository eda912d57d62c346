//! How routes are rendered, as the routes show it.

use std::collections::{BTreeMap, BTreeSet};

use super::most;
use crate::cluster::Cluster;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// `routing` of the platform: of the kind that most routes have; empty if there are none.
pub(super) fn inferred(cluster: &Cluster) -> Map {
    let kinds =
        [("IngressRoute", traefik(cluster)), ("Ingress", ingress(cluster)), ("HTTPRoute", gateway(cluster))];
    let count =
        |kind: &str| cluster.resources().iter().filter(|route| route.kind.kind.as_str() == kind).count();
    let used = kinds.into_iter().rev().filter(|(_, map)| !map.is_empty());
    let routing = used.max_by_key(|(kind, _)| count(kind)).map(|(_, map)| map);
    routing.map_or_else(Map::new, |routing| Map::new().with("routing", routing))
}

fn traefik(cluster: &Cluster) -> Map {
    let mut points = BTreeMap::<&str, bool>::new();
    for route in routes(cluster, "IngressRoute") {
        let tls = route.at(&["spec", "tls"]).is_some();
        for point in items_at(&route.value, &["spec", "entryPoints"]).iter().filter_map(text) {
            *points.entry(point).or_default() |= tls || point.contains("secure") || point.contains("https");
        }
    }
    let point = |(name, tls): (&str, bool)| {
        let port: i64 = if tls { 443 } else { 80 };
        Map::new()
            .with("name", Text::copied(name))
            .with("exposure", exposure(name))
            .with("port", port)
            .with("tls", tls)
    };
    let points: Vec<_> = points.into_iter().map(point).collect();
    if points.is_empty() {
        Map::new()
    } else {
        Map::new().with("kind", "traefik").with("entryPoints", points)
    }
}

fn ingress(cluster: &Cluster) -> Map {
    let classes = routes(cluster, "Ingress").filter_map(|route| {
        let field = route.at(&["spec", "ingressClassName"]).and_then(text);
        field.or_else(|| route.annotation("kubernetes.io/ingress.class"))
    });
    let Some(class) = most(classes) else { return Map::new() };
    let controller = if class.contains("nginx") { "nginx" } else { "traefik" };
    let facts = Map::new().with("className", Text::copied(class)).with("controller", controller);
    Map::new().with("kind", "ingress").with("ingress", facts)
}

/// A listener: the name and the namespace of the Gateway, and the name of the listener.
type Listener<'c> = (&'c str, &'c str, Option<&'c str>);

/// The Gateways that routes are attached to: for each side the listeners that most of its routes have. They
/// accept routes of all namespaces, as these routes show.
fn gateway(cluster: &Cluster) -> Map {
    let all: Vec<_> = routes(cluster, "HTTPRoute").map(listeners).collect();
    let of_side = |side: &'static str| {
        let own = all.iter().map(|listeners| {
            listeners.iter().filter(|listener| exposure(listener.0) == side).copied().collect::<BTreeSet<_>>()
        });
        most(own.filter(|listeners| !listeners.is_empty())).unwrap_or_default()
    };
    let listener = |(name, namespace, section): Listener<'_>| {
        Map::new()
            .with("name", Text::copied(name))
            .with("namespace", Text::copied(namespace))
            .with("exposure", exposure(name))
            .with_some("sectionName", section.map(Text::copied))
            .with("allowedRoutes", "all")
    };
    let listeners: Vec<_> = ["internal", "external"].into_iter().flat_map(of_side).map(listener).collect();
    if listeners.is_empty() {
        return Map::new();
    }
    let facts = Map::new().with("gateways", listeners.into_iter().map(Value::Map).collect::<Vec<_>>());
    Map::new().with("kind", "gateway").with("gateway", facts)
}

/// The listeners that a route is attached to.
fn listeners(route: &Resource) -> BTreeSet<Listener<'_>> {
    let own = route.namespace.as_deref().unwrap_or_default();
    let parents = maps_at(&route.value, &["spec", "parentRefs"]);
    let listener = |parent| {
        let namespace = text_at(parent, &["namespace"]).unwrap_or(own);
        Some((text_at(parent, &["name"])?, namespace, text_at(parent, &["sectionName"])))
    };
    parents.filter_map(listener).collect()
}

fn routes<'c>(cluster: &'c Cluster, kind: &'static str) -> impl Iterator<Item = &'c Resource> {
    cluster.resources().iter().filter(move |route| route.kind.kind.as_str() == kind)
}

/// The side that a name says; the LAN if it says none.
fn exposure(name: &str) -> &'static str {
    let is_public =
        ["external", "public", "tunnel", "cloudflare", "internet"].iter().any(|word| name.contains(word));
    if is_public { "external" } else { "internal" }
}
