//! How Gateways verify the certificates of Services that serve HTTPS (Gateway API 1.4, `BackendTLSPolicy`).

use super::support::{Requested, unsupported};
use super::{CRD_COMES_LATER, Routed};
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object};
use crate::model::{Backend, BackendTls, Ca};
use crate::value::Map;

/// Refuses what a policy cannot say.
pub(super) fn check(requested: &Requested<'_>, findings: &mut Sink) {
    let Some(tls) = &requested.route.backend_tls else { return };
    let location = requested.location.key("backendTls");
    if tls.verify == Some(false) {
        findings.push(unsupported(
            location.key("verify"),
            "the Gateway API always verifies the certificates of Services",
            "every request would fail",
            "add `serverName` and `ca`, or use IngressRoutes",
        ));
    }
    if tls.ca.as_ref().is_some_and(|ca| ca.secret.is_some()) {
        findings.push(unsupported(
            location.key("ca").key("secret"),
            "the Gateway API reads authorities from ConfigMaps",
            "the policy would not be accepted, and every request would fail",
            "copy the certificate of the authority to a ConfigMap, and write `configMap`",
        ));
    }
}

/// The policy for the Services of a route, which has the name of the route; none if they serve plain HTTP.
pub(super) fn of_route(routed: &Routed<'_>) -> Option<Object> {
    let tls = routed.route.tls.as_ref()?;
    let target = |backend: &Backend| {
        Map::new().with("group", "").with("kind", "Service").with("name", &backend.service)
    };
    let targets: Vec<_> = routed.route.backends().map(target).collect();
    let spec = Map::new().with("targetRefs", targets).with("validation", validation(tls));
    let object = routed.object(Kind::BackendTlsPolicy, routed.name());
    Some(object.sync_options(CRD_COMES_LATER).spec(spec))
}

fn validation(tls: &BackendTls) -> Map {
    let validation = match &tls.ca {
        Some(Ca::ConfigMap(name) | Ca::Secret(name)) => {
            let reference = Map::new().with("group", "").with("kind", "ConfigMap").with("name", name);
            Map::new().with("caCertificateRefs", vec![reference])
        }
        None => Map::new().with("wellKnownCACertificates", "System"),
    };
    validation.with_some("hostname", tls.server_name.as_ref())
}
