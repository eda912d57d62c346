//! The routes of entries: one file a controller, each behind one trait.

mod backend_tls_policy;
mod cross_namespace_middleware;
mod entry_point_group;
mod external_dns;
mod filter_middleware;
mod filter_support;
mod gateway;
mod gateway_filters;
mod ingress;
mod ingress_nginx;
mod ingress_traefik;
mod metadata;
mod middleware;
mod redirect;
mod reference_grant;
mod servers_transport;
mod stream;
mod support;
mod tls_store;
mod traefik;
mod traefik_rule;

use std::sync::Arc;

pub(crate) use filter_middleware::names as filter_middlewares;
pub(crate) use middleware::{NAME as AUTH_MIDDLEWARE, traefik_name};
pub(crate) use redirect::name as redirect_middleware;
pub(crate) use stream::of_entry as streams;
pub(crate) use traefik_rule::{default_exact_priority, default_ingress_priority, grpc_rule};

use self::gateway::HttpRoutes;
use self::ingress_nginx::NginxIngresses;
use self::ingress_traefik::TraefikIngresses;
use self::metadata::Verdict;
use self::support::{Requested, unsupported};
use self::traefik::IngressRoutes;
use super::{CRD_COMES_LATER, certificate, line};
use crate::catalog::{Exposure, Route as WrittenRoute};
use crate::diagnostics::{FileId, Location, Sink};
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Entry, Metadata, Model, Path, Platform, Renderer, Route, Routing};
use crate::names::{Host, Namespace};
use crate::platform::CertificateMode;
use crate::value::Text;

/// A controller that serves routes: what it supports, and which objects tell it about a route.
pub(crate) trait RouteController {
    /// Refuses what it does not support of a route: nothing is omitted silently.
    fn check_route(&self, requested: &Requested<'_>, findings: &mut Sink);

    /// Refuses auth of the platform that it does not support: the routes would be public.
    fn check_auth(&self, routing: &Routing, domain: &Text, findings: &mut Sink);

    /// Refuses certificates that it does not support: routes would be served without them.
    fn check_certificates(&self, _mode: CertificateMode, _findings: &mut Sink) {}

    /// Refuses a stream: only Traefik's own kinds lead from a TCP or UDP port to a Service.
    fn check_stream(&self, location: &Location, findings: &mut Sink) {
        findings.push(unsupported(
            location.key("entryPoint"),
            "this kind of route does not support TCP and UDP",
            "nothing would listen on the port",
            "use Traefik with IngressRoutes or Ingresses, or a Service of type LoadBalancer",
        ));
    }

    /// Refuses sides that it cannot separate: a route would be reachable from another one.
    fn check_exposure(&self, _: &[Exposure], _: &Location, _: &Routing, _: &mut Sink) {}

    /// Refuses entry points that it cannot tell apart.
    fn check_entry_points(&self, _routing: &Routing, _findings: &mut Sink) {}

    /// Whether users may set an annotation of this name.
    fn annotation(&self, name: &str) -> Verdict;

    /// The objects of a route.
    fn emit(&self, routed: &Routed<'_>) -> Vec<Object>;

    /// The objects that the routes of an entry share.
    fn of_entry(&self, entry: &Entry, model: &Model) -> Vec<Object>;

    /// The objects that exist once per platform.
    fn of_platform(&self, _model: &Model, _origins: &Arc<[Origin]>) -> Vec<Object> {
        Vec::new()
    }

    /// The namespaces in which it needs the certificate of the domain.
    fn namespaces(&self, platform: &Platform) -> Vec<Namespace> {
        vec![platform.network.ingress_controller.namespace.clone()]
    }

    /// The priority with which it tries a path of a host; nothing if routes cannot have a priority.
    fn priority(&self, _host: &Host, _route: &Route, _path: &Path) -> Option<i64> {
        None
    }
}

/// The controller that serves the routes of a platform.
pub(crate) fn controller(renderer: &Renderer) -> Box<dyn RouteController + '_> {
    match renderer {
        Renderer::IngressRoute(class) => Box::new(IngressRoutes { class }),
        Renderer::Nginx(class) => Box::new(NginxIngresses { class }),
        Renderer::TraefikIngress(class) => Box::new(TraefikIngresses { class }),
        Renderer::HttpRoute(listeners, software) => Box::new(HttpRoutes { listeners, software: *software }),
    }
}

/// Refuses what the controller of the platform does not support of a route.
pub(super) fn check_route(
    route: &WrittenRoute,
    location: &Location,
    namespace: &Namespace,
    platform: &Platform,
    findings: &mut Sink,
) {
    let requested = Requested { route, location, namespace, platform };
    let controller = controller(&platform.routing.renderer);
    controller.check_route(&requested, findings);
    metadata::check(&route.labels, &route.annotations, location, platform, findings);
}

/// Refuses a stream at `location` if the controller of the platform does not support it.
pub(super) fn check_stream(location: &Location, routing: &Routing, findings: &mut Sink) {
    controller(&routing.renderer).check_stream(location, findings);
}

/// Refuses sides, listed at `location`, that the controller of the platform does not support.
pub(super) fn check_exposure(
    sides: &[Exposure],
    location: &Location,
    routing: &Routing,
    findings: &mut Sink,
) {
    controller(&routing.renderer).check_exposure(sides, location, routing, findings);
}

/// Refuses what the controller of the platform does not support of the settings for all routes.
pub(super) fn check_platform(platform: &Platform, findings: &mut Sink) {
    let routing = &platform.routing;
    controller(&routing.renderer).check_entry_points(routing, findings);
    let Metadata { labels, annotations } = &routing.metadata;
    let location = Location::root(FileId::PLATFORM).key("routing");
    metadata::check(labels, annotations, &location, platform, findings);
}

/// Refuses auth that the controller of the platform does not support.
pub(super) fn check_auth(routing: &Routing, domain: &Text, findings: &mut Sink) {
    controller(&routing.renderer).check_auth(routing, domain, findings);
}

/// Refuses certificates that the controller of the platform does not support.
pub(super) fn check_certificates(mode: CertificateMode, routing: &Routing, findings: &mut Sink) {
    controller(&routing.renderer).check_certificates(mode, findings);
}

/// A route, with what its objects have to know about its surroundings.
pub(crate) struct Routed<'r> {
    pub(super) route: &'r Route,
    /// The namespace of its Service.
    pub(super) namespace: &'r Namespace,
    /// Whether it leads to the auth service instead of the entry.
    pub(super) is_callback: bool,
    pub(super) entry: &'r Entry,
    pub(super) model: &'r Model,
    pub(super) origins: &'r Arc<[Origin]>,
}

impl Routed<'_> {
    /// The name of its objects in the namespace of its Service.
    fn name(&self) -> Text {
        if self.is_callback {
            format!("{}-{}", self.entry.namespace, self.route.name).into()
        } else {
            self.route.name.clone()
        }
    }

    fn object(&self, kind: Kind, name: impl Into<Text>) -> Object {
        Object::new(kind, name, self.model.platform.route_wave(), &self.entry.namespace, self.origins)
            .within(self.namespace)
    }
}
