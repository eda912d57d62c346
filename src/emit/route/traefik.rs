//! Traefik `IngressRoutes`: one object for each group of entry points.

use std::sync::Arc;

use super::entry_point_group::{Group, groups, names};
use super::metadata::{Verdict, complete, outside_ingress};
use super::support::{Requested, ineffective_annotations, unsupported};
use super::traefik_rule::{
    default_priority, grpc_rule, pattern_priority, pattern_rule, rule as match_rule, rule_priority,
};
use super::{
    AUTH_MIDDLEWARE, CRD_COMES_LATER, RouteController, Routed, certificate, cross_namespace_middleware,
    filter_middleware, filter_support, middleware, redirect, servers_transport, tls_store,
};
use crate::catalog::{MiddlewareReference, Scheme};
use crate::diagnostics::{Location, Sink};
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Auth, Backend, Certificates, Class, Entry, Model, Path, Route, Routing};
use crate::names::Host;
use crate::platform::CertificateMode;
use crate::value::{Map, Text, Value};

/// Traefik, by `IngressRoutes` of a class.
pub(super) struct IngressRoutes<'r> {
    pub(super) class: &'r Class,
}

impl RouteController for IngressRoutes<'_> {
    fn check_route(&self, requested: &Requested<'_>, findings: &mut Sink) {
        cross_namespace_middleware::check_route(requested, findings);
        servers_transport::check(requested, findings);
        filter_support::check_added(requested, findings);
        check_backends(requested, findings);
    }

    fn check_stream(&self, _: &Location, _: &mut Sink) {}

    fn check_auth(&self, routing: &Routing, _: &Text, findings: &mut Sink) {
        cross_namespace_middleware::check_auth(routing, findings);
    }

    fn check_certificates(&self, mode: CertificateMode, findings: &mut Sink) {
        if mode == CertificateMode::Annotation {
            findings.push(ineffective_annotations());
        }
    }

    fn annotation(&self, name: &str) -> Verdict {
        outside_ingress(name)
    }

    fn emit(&self, routed: &Routed<'_>) -> Vec<Object> {
        let routes = groups(routed);
        let routes = routes.iter().map(|group| ingress_route(routed, group, self.class));
        let transport = servers_transport::of_route(routed);
        let middlewares = filter_middleware::of_route(routed).into_iter().chain(redirect::middleware(routed));
        middlewares.chain(transport).chain(routes).collect()
    }

    fn of_entry(&self, entry: &Entry, model: &Model) -> Vec<Object> {
        middleware::auth(entry, model).into_iter().collect()
    }

    fn of_platform(&self, model: &Model, origins: &Arc<[Origin]>) -> Vec<Object> {
        tls_store::default(model, origins).into_iter().collect()
    }

    fn priority(&self, host: &Host, route: &Route, path: &Path) -> Option<i64> {
        Some(rule_priority(route, host, path).unwrap_or_else(|| default_priority(path, host)))
    }
}

/// Traefik's Middlewares change requests for a route, whichever of its Services answers.
fn check_backends(requested: &Requested<'_>, findings: &mut Sink) {
    for (index, backend) in requested.route.backends.iter().enumerate() {
        if backend.request_headers.as_ref().is_some_and(|changes| !changes.is_empty()) {
            findings.push(unsupported(
                requested.location.key("backends").index(index).key("requestHeaders").itself(),
                "an IngressRoute does not change headers for one of several Services",
                "the Service would receive the same headers as the others",
                "write `filters.requestHeaders` for all of them, or use a Gateway for the routes",
            ));
        }
    }
}

fn ingress_route(routed: &Routed<'_>, group: &Group<'_>, class: &Class) -> Object {
    let field = if let Class::Field(class) = class { Some(class) } else { None };
    let spec = Map::new()
        .with_some("ingressClassName", field)
        .with("entryPoints", names(group))
        .with("routes", rules(routed))
        .with_some("tls", group.tls.then(|| tls(routed)));
    let object = routed
        .object(Kind::IngressRoute, format!("{}{}", routed.name(), group.suffix))
        .sync_options(CRD_COMES_LATER)
        .spec(spec);
    complete(with_class(object, class), routed, group.has_records)
}

fn with_class(object: Object, class: &Class) -> Object {
    match class {
        Class::Annotation(class) => object.annotation("kubernetes.io/ingress.class", class.clone()),
        _ => object,
    }
}

/// The Secret of a route is in its own namespace. Traefik offers its certificate to all routes of the host
/// (Traefik 3.7).
fn tls(routed: &Routed<'_>) -> Map {
    let platform = &routed.model.platform;
    match &platform.certificates {
        _ if routed.route.issuer(platform).is_some() && !routed.is_callback => {
            Map::new().with("secretName", certificate::route_secret(routed.route))
        }
        Certificates::Resolver(resolver) => Map::new().with("certResolver", resolver),
        _ => Map::new(),
    }
}

/// One rule for each path and host. Traefik tries the longest rule first (Traefik 3.7): a rule with several
/// hosts would precede the paths of another route for one of them, and answer their requests without its
/// auth.
fn rules(routed: &Routed<'_>) -> Vec<Map> {
    let of_path = |path| matches(routed.route, path).map(move |matched| (path, matched));
    let all = routed.route.paths.iter().flat_map(of_path);
    all.map(|(path, matched)| rule(&matched, routed, path)).collect()
}

/// Which requests a rule takes, and when it is tried.
struct Match {
    rule: String,
    /// Its priority; the length of the rule if there is none.
    priority: Option<i64>,
    is_grpc: bool,
}

/// The matches of a path: one for each host, and one for all hosts of a regular expression. Requests of gRPC
/// clients have their own, directly before each: if a longer rule preceded by its length, it would take
/// requests for more specific paths of other routes, without their auth.
fn matches<'r>(route: &'r Route, path: &'r Path) -> impl Iterator<Item = Match> + 'r {
    let named = route.hosts.iter().map(|host| (match_rule(path, host), rule_priority(route, host, path)));
    let pattern = route.host_pattern.as_ref();
    let pattern = pattern.map(|pattern| (pattern_rule(path, pattern), Some(pattern_priority(path))));
    named.chain(pattern).flat_map(|(rule, priority)| {
        let length = i64::try_from(rule.len()).unwrap_or(i64::MAX);
        let grpc = route.speaks_grpc.then(|| Match {
            rule: grpc_rule(&rule),
            priority: Some(priority.unwrap_or(length).saturating_add(1)),
            is_grpc: true,
        });
        grpc.into_iter().chain([Match { rule, priority, is_grpc: false }])
    })
}

fn rule(matched: &Match, routed: &Routed<'_>, path: &Path) -> Map {
    let route = routed.route;
    let auth = path.protected.then(|| auth(routed.model)).flatten();
    let filters = filter_middleware::names(route).map(|name| Map::new().with("name", name));
    let wanted = route.middlewares.iter().map(reference);
    let redirect = redirect::name(route).map(|name| Map::new().with("name", name));
    let middlewares: Vec<_> = auth.into_iter().chain(filters).chain(wanted).chain(redirect).collect();
    let services: Vec<_> = route.backends().map(|backend| service(backend, matched, routed)).collect();
    Map::new()
        .with("match", matched.rule.clone())
        .with("kind", "Rule")
        .with_some("priority", matched.priority)
        .with_filled("middlewares", middlewares)
        .with("services", services)
}

/// A Service, or one of Traefik itself.
fn service(backend: &Backend, matched: &Match, routed: &Routed<'_>) -> Map {
    let scheme = if matched.is_grpc { Some("h2c") } else { routed.route.scheme.map(Scheme::name) };
    let transport = servers_transport::is_needed(routed.route).then(|| routed.name());
    Map::new()
        .with("name", &backend.service)
        .with_some("kind", backend.is_internal().then_some("TraefikService"))
        .with_some("port", backend.port.as_ref())
        .with_some("scheme", scheme)
        .with_some("serversTransport", transport)
        .with_some("weight", backend.weight.map(i64::from).map(Value::Int))
}

fn auth(model: &Model) -> Option<Map> {
    match &model.platform.routing.auth {
        Auth::Undecided => None,
        Auth::Shared(shared) => {
            Some(Map::new().with("name", &shared.name).with("namespace", &shared.namespace))
        }
        Auth::Forward(_) => Some(Map::new().with("name", AUTH_MIDDLEWARE)),
    }
}

fn reference(reference: &MiddlewareReference) -> Map {
    Map::new().with("name", &reference.name).with_some("namespace", reference.namespace.as_ref())
}
