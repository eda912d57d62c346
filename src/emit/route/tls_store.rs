//! Traefik's default TLSStore, which serves the certificate of the domain to every route.

use std::sync::Arc;

use super::{CRD_COMES_LATER, certificate};
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Certificates, Model};
use crate::value::Map;

/// Traefik reads no other name, and none at all if there are two (Traefik 3.7).
pub(super) fn default(model: &Model, origins: &Arc<[Origin]>) -> Option<Object> {
    let Certificates::Wildcard(..) = &model.platform.certificates else { return None };
    let folder = &model.platform.network.ingress_controller.namespace;
    let secret = Map::new().with("secretName", certificate::wildcard_secret(&model.platform.domain));
    let object = Object::new(Kind::TlsStore, "default", model.platform.route_wave(), folder, origins)
        .within(folder)
        .sync_options(CRD_COMES_LATER)
        .spec(Map::new().with("defaultCertificate", secret));
    Some(object)
}
