//! How Traefik verifies the certificates of Services that serve HTTPS.

use super::support::{Requested, unsupported};
use super::{CRD_COMES_LATER, Routed};
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object};
use crate::model::{BackendTls, Ca, Version};
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

/// The ServersTransport of a route, which has the name of the route; none if its Services serve plain HTTP.
pub(super) fn of_route(routed: &Routed<'_>) -> Option<Object> {
    let tls = routed.route.tls.as_ref()?;
    let version = routed.model.platform.routing.traefik_version;
    let object = routed.object(Kind::ServersTransport, routed.name()).sync_options(CRD_COMES_LATER);
    Some(object.spec(spec(tls, version)))
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
