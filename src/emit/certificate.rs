//! cert-manager Certificates: one for the domain, or one for each route.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::CRD_COMES_LATER;
use super::route::controller;
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Certificates, Entry, Model, Route};
use crate::names::{Host, Namespace};
use crate::platform::Issuer;
use crate::value::{Map, Text};

/// The Certificates of the domains and of all hosts directly below them, one per namespace that serves them:
/// the ingress controller's namespace, or that of each Gateway, because listeners use Secrets of their own
/// namespace.
pub(super) fn wildcards(model: &Model, origins: &Arc<[Origin]>) -> Vec<Object> {
    let Certificates::Wildcard(issuer, domains) = &model.platform.certificates else { return Vec::new() };
    let domain = &model.platform.domain;
    let names = |domain: &Text| [Host::new(domain.clone()), Host::new(format!("*.{domain}"))];
    let hosts: Vec<_> = domains.iter().flat_map(names).collect();
    let controller = controller(&model.platform.routing.renderer);
    let namespaces: BTreeSet<_> = controller.namespaces(&model.platform).into_iter().collect();
    namespaces
        .iter()
        .map(|folder| {
            certificate(wildcard_secret(domain), hosts.clone(), issuer, model, folder, folder, origins)
        })
        .collect()
}

/// The Secret of the domain's Certificate, which has the same name.
pub(super) fn wildcard_secret(domain: &Text) -> Text {
    format!("wildcard-{}", domain.replace('.', "-")).into()
}

/// The Certificate of a route.
pub(super) fn of_route(
    route: &Route,
    entry: &Entry,
    model: &Model,
    origins: &Arc<[Origin]>,
) -> Option<Object> {
    let issuer = route.issuer(&model.platform)?;
    let encrypted = route.points(&model.platform).any(|point| point.tls);
    encrypted.then(|| {
        certificate(
            route_secret(route),
            route.hosts.clone(),
            issuer,
            model,
            &entry.namespace,
            &entry.namespace,
            origins,
        )
    })
}

/// The Secret of a route's Certificate, which has the same name.
pub(super) fn route_secret(route: &Route) -> Text {
    route.certificate_secret.clone()
}

fn certificate(
    name: Text,
    hosts: Vec<Host>,
    issuer: &Issuer,
    model: &Model,
    namespace: &Namespace,
    folder: &Namespace,
    origins: &Arc<[Origin]>,
) -> Object {
    // Without a kind, cert-manager looks for a namespaced Issuer (cert-manager 1.21, `issuerRef`).
    let reference = Map::new().with("kind", issuer.kind.name()).with("name", &issuer.name);
    let spec = Map::new().with("secretName", &name).with("dnsNames", hosts).with("issuerRef", reference);
    Object::new(Kind::Certificate, name, model.platform.route_wave(), folder, origins)
        .within(namespace)
        .sync_options(CRD_COMES_LATER)
        .spec(spec)
}
