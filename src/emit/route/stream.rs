//! Traefik's `IngressRouteTCP` and `IngressRouteUDP`.

use super::{CRD_COMES_LATER, line};
use crate::catalog::StreamTls;
use crate::kubernetes::{Kind, Object};
use crate::model::{Certificates, Class, Entry, Model, Protocol, Renderer, Stream};
use crate::value::{Map, Text};

/// The objects of the streams of an entry.
pub(crate) fn of_entry(entry: &Entry, model: &Model) -> Vec<Object> {
    entry.streams.iter().map(|stream| object(stream, entry, model)).collect()
}

fn object(stream: &Stream, entry: &Entry, model: &Model) -> Object {
    let (kind, matching) = match stream.protocol {
        Protocol::Udp => (Kind::IngressRouteUdp, None),
        _ => (Kind::IngressRouteTcp, Some(rule(stream))),
    };
    let class = match &model.platform.routing.renderer {
        Renderer::IngressRoute(class) => class,
        _ => &Class::None,
    };
    let field = if let Class::Field(class) = class { Some(class) } else { None };
    let service =
        Map::new().with("name", &stream.backend.service).with_some("port", stream.backend.port.as_ref());
    let route = Map::new().with_some("match", matching).with("services", vec![service]);
    let spec = Map::new()
        .with_some("ingressClassName", field)
        .with("entryPoints", vec![stream.entry_point.clone()])
        .with("routes", vec![route])
        .with_some("tls", stream.tls.map(|tls| tls_of(tls, model)));
    let origins = line(stream.location.key("entryPoint"));
    let object =
        Object::new(kind, stream.name.clone(), model.platform.route_wave(), &entry.namespace, &origins)
            .within(&entry.namespace)
            .sync_options(CRD_COMES_LATER)
            .spec(spec);
    match class {
        Class::Annotation(class) => object.annotation("kubernetes.io/ingress.class", class.clone()),
        _ => object,
    }
}

/// Without TLS no client names a host (Traefik 3.7, TCP routers).
fn rule(stream: &Stream) -> Text {
    format!("HostSNI(`{}`)", stream.host.as_ref().map_or("*", Text::as_str)).into()
}

fn tls_of(tls: StreamTls, model: &Model) -> Map {
    match (&model.platform.certificates, tls) {
        (_, StreamTls::Passthrough) => Map::new().with("passthrough", true),
        (Certificates::Resolver(resolver), _) => Map::new().with("certResolver", resolver),
        _ => Map::new(),
    }
}
