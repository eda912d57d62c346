//! Traefik's default TLSStore, which serves the certificate of the domain to every route.

use std::sync::Arc;

use super::{CRD_COMES_LATER, certificate};
use crate::object::{Kind, Object, Origin};
use crate::plan::{Certificates, Plan, Renderer};
use crate::value::Map;

/// Traefik looks at no other name, and at none at all if there are two (Traefik 3.7).
pub(super) fn default(plan: &Plan, origins: &Arc<[Origin]>) -> Option<Object> {
    let (Certificates::Wildcard(_), Renderer::IngressRoute(_) | Renderer::TraefikIngress(_)) =
        (&plan.platform.certificates, &plan.platform.routing.renderer)
    else {
        return None;
    };
    let folder = &plan.platform.network.ingress_controller.namespace;
    let secret = Map::new().with("secretName", certificate::wildcard_secret(&plan.platform.domain));
    let object = Object::new(Kind::TlsStore, "default", plan.platform.route_wave(), folder, origins)
        .within(folder)
        .sync_options(CRD_COMES_LATER)
        .spec(Map::new().with("defaultCertificate", secret));
    Some(object)
}
