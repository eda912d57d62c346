//! Gateway API `HTTPRoutes`, attached to the Gateways of the sides that a route can be reached from.
//!
//! The API server fills in `group`, `kind` and `weight` of each reference. Argo CD compares lists as a whole,
//! so that a route without them would be permanently out of sync: they are written explicitly.

use super::metadata::{Verdict, complete, outside_ingress};
use super::support::{
    Requested, because_of_kind, check_internal, check_paths, check_rules, ineffective_annotations,
    ineffective_certificates, ineffective_resolver, unsupported, unsupported_auth,
};
use super::{
    AUTH_MIDDLEWARE, CRD_COMES_LATER, RouteController, Routed, backend_tls_policy, gateway_filters,
    middleware, redirect, reference_grant,
};
use crate::catalog::{PathMatch, RouteCertificate};
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::{Kind, Object};
use crate::model::{Auth, Backend, Entry, Model, Path, Platform, Routing, ServicePort};
use crate::names::Namespace;
use crate::platform::{CertificateMode, GatewayListener, GatewaySoftware};
use crate::value::{Map, Text, Value};

/// The maximum number of hosts, and of rules, of an HTTPRoute (Gateway API 1.6, `HTTPRouteSpec`).
const MAX_MATCHES: usize = 16;

/// The Gateway API, by HTTPRoutes that attach to these listeners.
pub(super) struct HttpRoutes<'r> {
    pub(super) listeners: &'r [GatewayListener],
    pub(super) software: GatewaySoftware,
}

impl RouteController for HttpRoutes<'_> {
    fn check_route(&self, requested: &Requested<'_>, findings: &mut Sink) {
        if requested.route.priority.is_some() {
            findings.push(unsupported(
                requested.location.key("priority"),
                "an HTTPRoute does not support priorities",
                "a Gateway always tries the most specific path first",
                "remove the line",
            ));
        }
        if requested.route.certificate == Some(RouteCertificate::Own) {
            findings.push(unsupported(
                requested.location.key("certificate"),
                "an HTTPRoute does not refer to a certificate: the listener of the Gateway does",
                "the certificate would be issued and never be served",
                "add the domain to `certificates.domains` of platform.yml, or use Traefik with IngressRoutes",
            ));
        }
        gateway_filters::check_filters(requested, self.software, findings);
        backend_tls_policy::check(requested, findings);
        check_ports(requested, findings);
        check_internal(requested, findings);
        check_rules(requested, findings);
        check_middlewares(requested, findings);
        check_size(requested, findings);
        check_paths(requested, findings);
    }

    fn check_auth(&self, routing: &Routing, _: &Text, findings: &mut Sink) {
        findings.extend(match (&routing.auth, self.software) {
            (Auth::Undecided, _) | (Auth::Forward(_), GatewaySoftware::Traefik) => None,
            (Auth::Shared(_), GatewaySoftware::Traefik) => Some(unsupported_auth(
                "middleware",
                "an HTTPRoute cannot refer to a Middleware of another namespace",
                "the Gateway API refers to filters of the same namespace only",
                "use `forwardAuth`, which creates a Middleware in each namespace",
            )),
            (Auth::Shared(_), GatewaySoftware::Other) => Some(no_auth("middleware")),
            (Auth::Forward(_), GatewaySoftware::Other) => Some(no_auth("forwardAuth")),
        });
    }

    fn check_certificates(&self, mode: CertificateMode, findings: &mut Sink) {
        let finding = match mode {
            CertificateMode::None | CertificateMode::Wildcard => return,
            CertificateMode::Annotation => ineffective_annotations(),
            CertificateMode::Certificate => ineffective_certificates(
                "an HTTPRoute does not refer to a certificate: the listener of the Gateway does",
                "the certificates would be issued and never be served",
                "use `wildcard` and set its Secret on the listener, or `none`",
            ),
            CertificateMode::Resolver => ineffective_resolver(),
        };
        findings.push(because_of_kind(finding));
    }

    fn annotation(&self, name: &str) -> Verdict {
        outside_ingress(name)
    }

    fn emit(&self, routed: &Routed<'_>) -> Vec<Object> {
        let redirect = to_https(routed, self.listeners);
        let policy = backend_tls_policy::of_route(routed);
        policy.into_iter().chain([http_route(routed, self.listeners)]).chain(redirect).collect()
    }

    fn of_entry(&self, entry: &Entry, model: &Model) -> Vec<Object> {
        let auth =
            (self.software == GatewaySoftware::Traefik).then(|| middleware::auth(entry, model)).flatten();
        auth.into_iter().chain(reference_grant::of_callbacks(entry, model)).collect()
    }

    /// Listeners use Secrets of their own namespace.
    fn namespaces(&self, _: &Platform) -> Vec<Namespace> {
        self.listeners.iter().map(|listener| Namespace::new(&listener.namespace)).collect()
    }
}

fn check_middlewares(requested: &Requested<'_>, findings: &mut Sink) {
    for (index, middleware) in requested.route.middlewares.iter().enumerate() {
        if middleware.namespace.as_ref().is_some_and(|other| **other != *requested.namespace.as_str()) {
            findings.push(unsupported(
                requested.location.key("middlewares").index(index).key("namespace"),
                "an HTTPRoute cannot refer to a Middleware of another namespace",
                "the Gateway API refers to filters of the same namespace only",
                "use a Middleware of the same namespace",
            ));
        }
    }
}

/// The Gateway API knows ports by their number only.
fn check_ports(requested: &Requested<'_>, findings: &mut Sink) {
    let route = requested.route;
    let further = route.backends.iter().enumerate();
    let further = further
        .map(|(index, backend)| (requested.location.key("backends").index(index), Some(&backend.port)));
    for (location, port) in [(requested.location.clone(), route.port.as_ref())].into_iter().chain(further) {
        if let Some(ServicePort::Name(name)) = port.map(ServicePort::new) {
            findings.push(unsupported(
                location.key("port"),
                format!("an HTTPRoute does not support the name of a port: `{name}`"),
                "the API server would reject it",
                "write the number of the port",
            ));
        }
    }
}

fn check_size(requested: &Requested<'_>, findings: &mut Sink) {
    let route = requested.route;
    let own_filters = if route.filters.is_some() { gateway_filters::MAX_FILTERS } else { 0 };
    for (key, count) in [
        ("aliases", 1 + route.aliases.len()),
        ("paths", route.paths.len()),
        ("middlewares", 1 + own_filters + route.middlewares.len()),
    ] {
        if count > MAX_MATCHES {
            findings.push(unsupported(
                requested.location.key(key).itself(),
                format!("an HTTPRoute supports at most {MAX_MATCHES} hosts, paths and filters each"),
                "the API server would reject it",
                "split the route",
            ));
        }
    }
}

fn no_auth(key: &'static str) -> Finding {
    unsupported_auth(
        key,
        "the Gateway API does not support auth",
        "the routes would be attached without it, and every app would be public",
        "set `routing.gateway.controller: traefik` if Traefik serves the Gateways, or protect the apps \
         elsewhere and write `auth: none` and a `reason` for each route",
    )
}

fn http_route(routed: &Routed<'_>, listeners: &[GatewayListener]) -> Object {
    let route = routed.route;
    let rules = route.paths.iter().map(|path| rule(path, routed)).collect();
    let parents = parents(&route.entry_points, listeners);
    complete(object(routed, route.name.clone(), parents, rules), routed, true)
}

/// The route on the listeners of its sides that only redirect.
fn to_https(routed: &Routed<'_>, listeners: &[GatewayListener]) -> Option<Object> {
    let parents = parents(&routed.route.redirects, listeners);
    let change = Map::new().with("scheme", "https").with("statusCode", Value::Int(301));
    let filter = Map::new().with("type", "RequestRedirect").with("requestRedirect", change);
    let everything = Map::new().with("path", Map::new().with("type", "PathPrefix").with("value", "/"));
    let rule = Map::new().with("matches", vec![everything]).with("filters", vec![filter]);
    let name = format!("{}-redirect", routed.route.name);
    (!parents.is_empty()).then(|| complete(object(routed, name.into(), parents, vec![rule]), routed, false))
}

fn parents(indexes: &[usize], listeners: &[GatewayListener]) -> Vec<Map> {
    indexes.iter().filter_map(|index| listeners.get(*index)).map(parent).collect()
}

/// An HTTPRoute for the hosts of a route. It is in the namespace of the entry, even if the Service is
/// elsewhere: its Gateways accept routes of the entry.
fn object(routed: &Routed<'_>, name: Text, parents: Vec<Map>, rules: Vec<Map>) -> Object {
    let spec = Map::new()
        .with("parentRefs", parents)
        .with("hostnames", routed.route.hosts.clone())
        .with("rules", rules);
    let object = routed.object(Kind::HttpRoute, name).within(&routed.entry.namespace);
    object.sync_options(CRD_COMES_LATER).spec(spec)
}

fn parent(listener: &GatewayListener) -> Map {
    Map::new()
        .with("group", "gateway.networking.k8s.io")
        .with("kind", "Gateway")
        .with("name", &listener.name)
        .with("namespace", &listener.namespace)
        .with_some("sectionName", listener.section_name.as_ref())
        .with_some("port", listener.port.map(|port| port.0))
}

fn rule(path: &Path, routed: &Routed<'_>) -> Map {
    let (kind, text) = match &path.matching {
        None => ("PathPrefix", Text::constant("/")),
        Some((PathMatch::Prefix, text)) => ("PathPrefix", prefix(path, text, routed)),
        Some((PathMatch::Exact, path)) => ("Exact", path.clone()),
    };
    let matched = Map::new().with("path", Map::new().with("type", kind).with("value", text));
    let auth = path.protected.then_some(Text::constant(AUTH_MIDDLEWARE));
    let filters = auth.map(filter).into_iter().chain(gateway_filters::filters(&routed.route.filters));
    let middlewares = routed.route.middlewares.iter().map(|middleware| filter((&middleware.name).into()));
    let redirect = routed.route.redirect.as_ref().map(redirect::filter);
    let backends = routed.route.backends().filter(|own| !own.is_internal());
    Map::new()
        .with("matches", vec![matched])
        .with_filled("filters", filters.chain(middlewares).chain(redirect).collect::<Vec<_>>())
        .with_filled("backendRefs", backends.map(|own| backend(own, routed)).collect::<Vec<_>>())
        .with_some("timeouts", gateway_filters::timeouts(&routed.route.filters))
}

/// A trailing slash has no effect, but Traefik would not find it in a path whose prefix is replaced (Traefik
/// 3.7, `URLRewrite`).
fn prefix(path: &Path, text: &Text, routed: &Routed<'_>) -> Text {
    let bare = path.bare_prefix().filter(|_| routed.route.filters.prefix.is_some());
    bare.map_or_else(|| text.clone(), |bare| bare.to_owned().into())
}

/// The Gateway API has no filter for auth; Traefik accepts its Middlewares as filters (Traefik 3.7, Gateway
/// API).
fn filter(middleware: Text) -> Map {
    let reference =
        Map::new().with("group", "traefik.io").with("kind", "Middleware").with("name", middleware);
    Map::new().with("type", "ExtensionRef").with("extensionRef", reference)
}

fn backend(backend: &Backend, routed: &Routed<'_>) -> Map {
    let elsewhere = (*routed.namespace != routed.entry.namespace).then_some(routed.namespace);
    Map::new()
        .with("group", "")
        .with("kind", "Service")
        .with("name", &backend.service)
        .with_some("namespace", elsewhere)
        .with_some("port", backend.port.as_ref())
        .with("weight", Value::Int(backend.weight.map_or(1, i64::from)))
        .with_filled("filters", gateway_filters::of_backend(backend))
}
