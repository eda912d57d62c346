//! Values of Traefik's Helm chart without which the routes would not answer (chart `traefik` 41, Traefik
//! 3.7).

use crate::catalog::Exposure;
use crate::kubernetes::{Kind, Object};
use crate::model::{Class, Model, Renderer, Routing};
use crate::platform::{EntryPoint, EntryPointProtocol};
use crate::value::{Key, Map, Text};

/// The default entry points of the chart, each with the port of its Service and whether it terminates TLS.
const OF_CHART: [(&str, u16, bool); 2] = [("web", 80, false), ("websecure", 443, true)];

/// Lower ports are privileged, and the chart's Traefik does not run as root.
const FIRST_FREE_PORT: u16 = 1024;
/// The offset of such a port within the container; only the Service has the configured port.
const SHIFT: u16 = 8000;

pub(super) fn values(model: &Model, objects: &[Object]) -> Map {
    let routing = &model.platform.routing;
    let routed = objects.iter().any(|object| {
        matches!(
            object.kind,
            Kind::IngressRoute
                | Kind::IngressRouteTcp
                | Kind::IngressRouteUdp
                | Kind::Ingress
                | Kind::HttpRoute
                | Kind::Middleware
        )
    });
    if !routed || !routing.is_traefik() {
        return Map::new();
    }
    let ports = routing
        .entry_points
        .iter()
        .map(|point| (Key::user(&*point.name), port(point, model)))
        .filter(|(_, port)| !port.is_empty());
    let ports =
        if matches!(routing.renderer, Renderer::HttpRoute(..)) { Map::new() } else { ports.collect() };
    Map::new().with_filled("providers", providers(routing)).with_filled("ports", ports)
}

fn providers(routing: &Routing) -> Map {
    let (class, ingress, gateway) = match &routing.renderer {
        Renderer::IngressRoute(Class::Field(class) | Class::Annotation(class)) => (Some(class), None, false),
        Renderer::TraefikIngress(class) => {
            (None, Some(Map::new().with("enabled", true).with("ingressClass", class)), false)
        }
        Renderer::HttpRoute(..) => (None, None, true),
        _ => (None, None, false),
    };
    let resources = Map::new()
        .with_true("allowCrossNamespace", routing.allow_cross_namespace)
        .with_some("ingressClass", class)
        .with_true("safeNaming", routing.safe_naming);
    Map::new()
        .with_filled("kubernetesCRD", resources)
        .with_some("kubernetesIngress", ingress)
        .with_some("kubernetesGateway", gateway.then(|| Map::new().with("enabled", true)))
}

/// The values of an entry point that differ from the defaults of the chart.
fn port(point: &EntryPoint, model: &Model) -> Map {
    let behind = is_behind_tunnel(point);
    let of_chart = OF_CHART.iter().find(|(name, ..)| *name == &*point.name);
    let (service_port, has_tls) = of_chart.map_or((0, false), |(_, port, tls)| (*port, *tls));
    let inner = if point.port.0 < FIRST_FREE_PORT { point.port.0 + SHIFT } else { point.port.0 };
    let ends_tls = point.tls && point.is_http() && model.platform.routing.entry_point_tls;
    let trusted: Vec<_> = model
        .platform
        .network
        .pods
        .iter()
        .filter(|_| behind)
        .map(|range| Text::from(range.to_string()))
        .collect();
    Map::new()
        .with_some("port", of_chart.is_none().then_some(inner))
        .with_some("exposedPort", (!behind && point.port.0 != service_port).then_some(point.port.0))
        .with_some("protocol", of_chart.is_none().then_some(transport(point)))
        .with_some("expose", (behind || of_chart.is_none()).then(|| Map::new().with("default", !behind)))
        .with_filled("forwardedHeaders", Map::new().with_filled("trustedIPs", trusted))
        .with_filled("http", http(point, (ends_tls != has_tls).then_some(ends_tls)))
}

fn transport(point: &EntryPoint) -> &'static str {
    if point.protocol == Some(EntryPointProtocol::Udp) { "UDP" } else { "TCP" }
}

/// The values of its routers: the redirect of all requests, and TLS. Older charts have the keys elsewhere,
/// and the schema of the chart refuses keys that it does not know (chart `traefik` 41, `ports.NAME.http`).
fn http(point: &EntryPoint, tls: Option<bool>) -> Map {
    let redirect = |name| Map::new().with("to", name).with("scheme", "https").with("permanent", true);
    let redirections =
        point.redirect_to.as_ref().map(|name| Map::new().with("entryPoint", redirect(Text::from(name))));
    Map::new()
        .with_some("redirections", redirections)
        .with_some("tls", tls.map(|enabled| Map::new().with("enabled", enabled)))
}

/// Whether a tunnel in the cluster terminates TLS and forwards plain HTTP to this entry point. On the Service
/// it would be reachable from the LAN, bypassing the tunnel; and without trusting the tunnel's headers, each
/// app would see all visitors as plain HTTP from one address.
pub(super) fn is_behind_tunnel(point: &EntryPoint) -> bool {
    point.exposure == Exposure::External && !point.tls && point.port.0 != 80 && point.serves()
}
