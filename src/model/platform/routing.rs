//! How routes are rendered, with the defaults.

use super::auth::{Auth, AuthService};
use super::entry_points::entry_points;
use super::gateway::{gateway, listener_point};
use super::root;
use crate::diagnostics::{Sink, rules};
use crate::model::routing::metadata::Metadata;
use crate::model::version::Version;
use crate::platform::{
    EntryPoint, GatewayListener, GatewaySoftware, IngressSoftware, Routing as Written, RoutingKind,
};
use crate::value::Text;

/// How routes are rendered.
#[derive(Debug, Default)]
pub struct Routing {
    /// What a route is rendered to.
    pub renderer: Renderer,
    /// Where routes can be reached: the entry points of the ingress controller, or the listeners of the
    /// Gateways, in order.
    pub entry_points: Vec<EntryPoint>,
    /// Whether entry points terminate TLS themselves.
    pub entry_point_tls: bool,
    /// The version of Traefik, if it is known.
    pub traefik_version: Option<Version>,
    /// Whether Traefik allows a route to use a Middleware of another namespace.
    pub allow_cross_namespace: bool,
    /// Whether Traefik distinguishes objects whose namespace and name, joined by a dash, are the same.
    pub safe_naming: bool,
    /// The auth of routes that set none.
    pub auth: Auth,
    /// Where the ingress controller connects to the auth service.
    pub auth_service: AuthService,
    /// The labels and annotations of the objects of all routes.
    pub metadata: Metadata,
}

/// What a route is rendered to.
#[derive(Debug)]
pub enum Renderer {
    /// Traefik's IngressRoute.
    IngressRoute(Class),
    /// An Ingress for ingress-nginx, of this class.
    Nginx(Text),
    /// An Ingress for Traefik, of this class.
    TraefikIngress(Text),
    /// An HTTPRoute, attached to these listeners, which are in the order of the entry points.
    HttpRoute(Vec<GatewayListener>, GatewaySoftware),
}

impl Default for Renderer {
    fn default() -> Self {
        Self::IngressRoute(Class::None)
    }
}

/// How an `IngressRoute` selects its Traefik instance.
#[derive(Debug, Default)]
pub enum Class {
    /// Not at all.
    #[default]
    None,
    /// In `spec.ingressClassName`, which Traefik reads since 3.7.
    Field(Text),
    /// In the annotation that older versions read.
    Annotation(Text),
}

impl Routing {
    pub(super) fn new(written: &Written, findings: &mut Sink) -> Self {
        let traefik = written.traefik.clone().unwrap_or_default();
        let renderer = renderer(written, findings);
        let auth = Auth::new(written, findings);
        let routing = Self {
            entry_points: match &renderer {
                Renderer::HttpRoute(listeners, _) => listeners.iter().map(listener_point).collect(),
                _ => entry_points(written, findings),
            },
            entry_point_tls: traefik.entry_point_tls.unwrap_or(true),
            traefik_version: traefik.version.as_ref().map(Version::from),
            allow_cross_namespace: traefik.allow_cross_namespace.unwrap_or(false),
            safe_naming: traefik.safe_naming.unwrap_or(false),
            auth_service: AuthService::new(&auth, findings),
            auth,
            renderer,
            metadata: Metadata::new(&written.labels, &written.annotations),
        };
        check_safe_naming(written, findings);
        routing
    }

    /// Whether Traefik serves the routes, whatever their kind.
    pub fn is_traefik(&self) -> bool {
        matches!(
            self.renderer,
            Renderer::IngressRoute(_)
                | Renderer::TraefikIngress(_)
                | Renderer::HttpRoute(_, GatewaySoftware::Traefik)
        )
    }
}

fn renderer(written: &Written, findings: &mut Sink) -> Renderer {
    let location = root().key("routing").key("kind");
    let mut missing = |key: &str, example: &str| {
        let finding =
            rules::MISSING_PLATFORM_VALUE.at(location.clone(), format!("this kind needs `routing.{key}`"));
        findings.push(finding.help(format!("add it, for example `{example}`")));
    };
    match written.kind.unwrap_or_default() {
        RoutingKind::Traefik => Renderer::IngressRoute(class(written)),
        RoutingKind::Ingress => match &written.ingress {
            Some(facts) if facts.controller == IngressSoftware::Nginx => {
                Renderer::Nginx((&facts.class_name).into())
            }
            Some(facts) => Renderer::TraefikIngress((&facts.class_name).into()),
            None => {
                missing("ingress", "ingress: {controller: traefik, className: traefik}");
                Renderer::default()
            }
        },
        RoutingKind::Gateway => match &written.gateway {
            Some(facts) => gateway(facts, findings),
            None => {
                missing(
                    "gateway",
                    "gateway: {gateways: [{name: internal, namespace: traefik, exposure: internal, \
                     allowedRoutes: all}]}",
                );
                Renderer::default()
            }
        },
    }
}

/// A Traefik of an unknown version is assumed to read the field.
fn class(written: &Written) -> Class {
    let Some(traefik) = &written.traefik else { return Class::None };
    let Some(class) = &traefik.ingress_class else { return Class::None };
    let reads_field =
        traefik.version.as_ref().is_none_or(|version| Version::from(version) >= Version(3, 7, 0));
    if reads_field { Class::Field(class.into()) } else { Class::Annotation(class.into()) }
}

/// Traefik does not start with an option that it does not know, so the version must be wrong.
fn check_safe_naming(routing: &Written, findings: &mut Sink) {
    let Some(traefik) = &routing.traefik else { return };
    let Some(version) = &traefik.version else { return };
    let old = Version::from(version) < Version(3, 7, 11) && !is_minor_of_safe_naming(version);
    if traefik.safe_naming == Some(true) && old {
        let location = root().key("routing").key("traefik");
        let finding = rules::TRAEFIK_NAME_COLLISION
            .at(location.key("safeNaming"), format!("Traefik {} does not support safe naming", &**version));
        let finding = finding
            .with_secondary_label(location.key("version"), "this version")
            .note("Traefik supports it since 3.7.11; an older version does not start with the option");
        findings.push(finding.help("remove the line, or set the version that runs"));
    }
}

/// `3.7` alone may be any patch release of it.
fn is_minor_of_safe_naming(version: &str) -> bool {
    version == "3.7"
}
