//! Values of Traefik's Helm chart without which the routes would not answer (chart `traefik` 41, Traefik 3.7).

use super::root_project::group;
use crate::catalog::Exposure;
use crate::object::Object;
use crate::plan::Plan;
use crate::platform::EntryPoint;
use crate::value::{Map, Text};

/// The entry points that the chart has by itself, each with the port of its Service and whether it ends TLS.
const OF_CHART: [(&str, u16, bool); 2] = [("web", 80, false), ("websecure", 443, true)];

/// Ports below this one belong to root, and the chart's Traefik does not run as root.
const FIRST_FREE_PORT: u16 = 1024;
/// What is added to such a port within the container; only the Service shows the port that was asked for.
const SHIFT: u16 = 8000;

pub(super) fn values(plan: &Plan, objects: &[Object]) -> Map {
    if !objects.iter().any(|object| group(object.kind) == "traefik.io") {
        return Map::new();
    }
    let platform = &plan.platform;
    let provider =
        Map::new().with_true("allowCrossNamespace", platform.allow_cross_namespace).with_some("ingressClass", platform.ingress_class.as_ref());
    let ports = platform.entry_points.iter().map(|point| (Text::from(&point.name), port(point, plan))).filter(|(_, port)| !port.is_empty());
    Map::new().with_filled("providers", Map::new().with_filled("kubernetesCRD", provider)).with_filled("ports", ports.collect::<Map>())
}

/// What an entry point needs beyond what the chart gives it by itself.
fn port(point: &EntryPoint, plan: &Plan) -> Map {
    let behind = is_behind_tunnel(point);
    let of_chart = OF_CHART.iter().find(|(name, ..)| *name == &*point.name);
    let (service_port, has_tls) = of_chart.map_or((0, false), |(_, port, tls)| (*port, *tls));
    let inner = if point.port < FIRST_FREE_PORT { point.port + SHIFT } else { point.port };
    let ends_tls = point.tls && plan.platform.entry_point_tls;
    let trusted: Vec<_> = plan.platform.network.pods.iter().filter(|_| behind).map(|range| Text::from(range.to_string())).collect();
    Map::new()
        .with_some("port", of_chart.is_none().then_some(inner))
        .with_some("exposedPort", (!behind && point.port != service_port).then_some(point.port))
        .with_some("protocol", of_chart.is_none().then_some("TCP"))
        .with_some("expose", (behind || of_chart.is_none()).then(|| Map::new().with("default", !behind)))
        .with_filled("forwardedHeaders", Map::new().with_filled("trustedIPs", trusted))
        .with_some("http", (ends_tls != has_tls).then(|| Map::new().with("tls", Map::new().with("enabled", ends_tls))))
}

/// Whether a tunnel in the cluster ends TLS and forwards plain HTTP to this entry point. On the Service it would be open to the LAN, past
/// the tunnel; and without trust in the tunnel's headers, each app would take its visitors for plain HTTP from one address.
pub(super) fn is_behind_tunnel(point: &EntryPoint) -> bool {
    point.exposure == Exposure::External && !point.tls && point.port != 80
}
