//! What routes refer to in their namespace: Services, Middlewares and the Secrets of certificates.

use super::reference::Reference;
use crate::kubernetes::resource::{maps_at, text_at};
use crate::kubernetes::{ISSUER_ANNOTATIONS, Resource};
use crate::value::Map;

/// The references of a route; nothing if the resource is none.
pub(super) fn of(resource: &Resource) -> Option<Vec<Reference<'_>>> {
    Some(match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("networking.k8s.io", "Ingress") => {
            [of_ingress(resource), ingress_secrets(resource)].into_iter().flatten().collect()
        }
        ("gateway.networking.k8s.io", "HTTPRoute") => of_http_route(resource),
        ("traefik.io" | "traefik.containo.us", "IngressRoute") => {
            let parts = [of_ingress_route(resource), middlewares(resource), route_secret(resource)];
            parts.into_iter().flatten().collect()
        }
        _ => return None,
    })
}

/// The Secrets of an Ingress, unless cert-manager makes them for it.
fn ingress_secrets(resource: &Resource) -> Vec<Reference<'_>> {
    let is_issued = ISSUER_ANNOTATIONS.iter().any(|key| resource.annotation(key).is_some());
    let blocks = maps_at(&resource.value, &["spec", "tls"]).enumerate().filter(|_| !is_issued);
    let secret = |(index, block)| {
        let location = resource.location.key("spec").key("tls").index(index).key("secretName");
        Some(Reference { kind: "Secret", name: text_at(block, &["secretName"])?, location })
    };
    blocks.filter_map(secret).collect()
}

fn route_secret(resource: &Resource) -> Vec<Reference<'_>> {
    let location = resource.location.key("spec").key("tls").key("secretName");
    let name = text_at(&resource.value, &["spec", "tls", "secretName"]);
    name.map(|name| Reference { kind: "Secret", name, location }).into_iter().collect()
}

fn middlewares(resource: &Resource) -> Vec<Reference<'_>> {
    let routes = maps_at(&resource.value, &["spec", "routes"]).enumerate();
    let all = routes.flat_map(|(route, value)| {
        let all = maps_at(value, &["middlewares"]).enumerate();
        all.map(move |(index, middleware)| (route, index, middleware))
    });
    let reference = |(route, index, middleware)| {
        let name = text_at(middleware, &["name"])
            .filter(|name| !name.contains('@') && is_own(middleware, resource))?;
        let location =
            resource.location.key("spec").key("routes").index(route).key("middlewares").index(index);
        Some(Reference { kind: "Middleware", name, location: location.key("name") })
    };
    all.filter_map(reference).collect()
}

/// Whether something is in the namespace of the resource that names it.
fn is_own(reference: &Map, resource: &Resource) -> bool {
    let namespace = text_at(reference, &["namespace"]);
    namespace.is_none_or(|namespace| Some(namespace) == resource.namespace.as_deref())
}

fn of_ingress(resource: &Resource) -> Vec<Reference<'_>> {
    let rules = maps_at(&resource.value, &["spec", "rules"]).enumerate();
    let paths = rules.flat_map(|(rule, value)| {
        let paths = maps_at(value, &["http", "paths"]).enumerate();
        paths.map(move |(index, path)| (rule, index, path))
    });
    let reference = |(rule, index, path)| {
        let name = text_at(path, &["backend", "service", "name"])?;
        // an annotation of the AWS load balancer controller answers instead of a Service
        let is_action = text_at(path, &["backend", "service", "port", "name"]) == Some("use-annotation");
        let path =
            resource.location.key("spec").key("rules").index(rule).key("http").key("paths").index(index);
        let location = path.key("backend").key("service").key("name");
        (!is_action).then_some(Reference { kind: "Service", name, location })
    };
    paths.filter_map(reference).collect()
}

fn of_http_route(resource: &Resource) -> Vec<Reference<'_>> {
    let rules = maps_at(&resource.value, &["spec", "rules"]).enumerate();
    let backends = rules.flat_map(|(rule, value)| {
        let backends = maps_at(value, &["backendRefs"]).enumerate();
        backends.map(move |(index, backend)| (rule, index, backend))
    });
    let own = backends.filter(|(_, _, backend)| {
        text_at(backend, &["kind"]).is_none_or(|kind| kind == "Service") && is_own(backend, resource)
    });
    let reference = |(rule, index, backend)| {
        let location = resource.location.key("spec").key("rules").index(rule).key("backendRefs").index(index);
        Some(Reference {
            kind: "Service",
            name: text_at(backend, &["name"])?,
            location: location.key("name"),
        })
    };
    own.filter_map(reference).collect()
}

fn of_ingress_route(resource: &Resource) -> Vec<Reference<'_>> {
    let routes = maps_at(&resource.value, &["spec", "routes"]).enumerate();
    let services = routes.flat_map(|(route, value)| {
        let services = maps_at(value, &["services"]).enumerate();
        services.map(move |(index, service)| (route, index, service))
    });
    let own = services.filter(|(_, _, service)| {
        text_at(service, &["kind"]).is_none_or(|kind| kind == "Service") && is_own(service, resource)
    });
    let reference = |(route, index, service)| {
        let name = text_at(service, &["name"]).filter(|name| !name.contains('@'))?;
        let location = resource.location.key("spec").key("routes").index(route).key("services").index(index);
        Some(Reference { kind: "Service", name, location: location.key("name") })
    };
    own.filter_map(reference).collect()
}
