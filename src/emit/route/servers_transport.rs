//! How Traefik connects to Services: how it verifies their certificates, and how long it waits for them.

use super::support::{Requested, unsupported};
use super::{CRD_COMES_LATER, Routed};
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object};
use crate::model::{BackendTls, Ca, Route, Version};
use crate::value::{Map, Value};

/// The first version that reads authorities from ConfigMaps, in `rootCAs` (Traefik 3.4).
const ROOT_CAS: Version = Version(3, 4, 0);

/// Refuses an authority that the version of the platform does not read.
pub(super) fn check(requested: &Requested<'_>, findings: &mut Sink) {
    let ca = requested.route.backend_tls.as_ref().and_then(|tls| tls.ca.as_ref());
    if ca.is_some_and(|ca| ca.config_map.is_some()) && is_old(requested.platform.routing.traefik_version) {
        findings.push(unsupported(
            requested.location.key("backendTls").key("ca").key("configMap"),
            "this Traefik reads authorities from Secrets only",
            "it would not know the authority, and every request would fail",
            "write `secret`, or set the version that runs in `routing.traefik.version`; ConfigMaps need 3.4",
        ));
    }
}

fn is_old(version: Option<Version>) -> bool {
    version.is_some_and(|version| version < ROOT_CAS)
}

/// Whether Traefik connects to the Services of a route in another way than to others.
pub(super) fn is_needed(route: &Route) -> bool {
    !route.backend.is_internal() && (route.tls.is_some() || route.filters.timeout.is_some())
}

/// The ServersTransport of a route, which has the name of the route; none if the route needs none.
pub(super) fn of_route(routed: &Routed<'_>) -> Option<Object> {
    let route = routed.route;
    let version = routed.model.platform.routing.traefik_version;
    let tls = route.tls.as_ref().map(|tls| spec(tls, version)).unwrap_or_default();
    let timeout = route.filters.timeout.map(|seconds| format!("{seconds}s"));
    let timeouts = Map::new().with_some("responseHeaderTimeout", timeout);
    let object = routed.object(Kind::ServersTransport, routed.name()).sync_options(CRD_COMES_LATER);
    is_needed(route).then(|| object.spec(tls.with_filled("forwardingTimeouts", timeouts)))
}

fn spec(tls: &BackendTls, version: Option<Version>) -> Map {
    let spec = Map::new().with_some("serverName", tls.server_name.as_ref());
    let spec = match &tls.ca {
        None => spec,
        Some(Ca::Secret(name)) if is_old(version) => spec.with("rootCAsSecrets", vec![Value::from(name)]),
        Some(Ca::Secret(name)) => spec.with("rootCAs", vec![Map::new().with("secret", name)]),
        Some(Ca::ConfigMap(name)) => spec.with("rootCAs", vec![Map::new().with("configMap", name)]),
    };
    spec.with_true("insecureSkipVerify", !tls.verify)
}
