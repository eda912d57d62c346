//! How routes become objects, with the defaults.

use std::collections::BTreeSet;

use super::{at_most, root};
use crate::catalog::Exposure;
use crate::document::Place;
use crate::finding::Finding;
use crate::format::DnsLabel;
use crate::plan::Port;
use crate::plan::edge_reader::read_port;
use crate::platform::{
    Callback, EntryPoint, ForwardAuth, GatewayFacts, GatewayListener, GatewaySoftware, IngressSoftware, PlatformAuth, Routing as Written,
    RoutingKind, SharedMiddleware,
};
use crate::rules;
use crate::value::Text;

/// How routes become objects.
#[derive(Debug, Default)]
pub struct Routing {
    /// What a route becomes.
    pub renderer: Renderer,
    /// Where routes can be reached: the entry points of the ingress controller, or the listeners of the Gateways in their order.
    pub entry_points: Vec<EntryPoint>,
    /// Whether entry points with TLS terminate it by themselves.
    pub entry_point_tls: bool,
    /// Whether Traefik lets a route use a Middleware of another namespace.
    pub allow_cross_namespace: bool,
    /// Whether Traefik keeps objects apart whose namespace and name, joined by a dash, are the same.
    pub safe_naming: bool,
    /// Who may come in.
    pub auth: Auth,
    /// Where the ingress controller has to reach the auth service.
    pub auth_service: AuthService,
}

/// The pods of the auth service.
#[derive(Debug, Default)]
pub struct AuthService {
    /// Their namespaces; none if they are not in this cluster, or nobody said where.
    pub namespaces: BTreeSet<Text>,
    /// The port that they listen on, if it is known.
    pub port: Option<Port>,
}

/// What a route becomes.
#[derive(Debug)]
pub enum Renderer {
    /// Traefik's IngressRoute.
    IngressRoute(Class),
    /// An Ingress for ingress-nginx, of this class.
    Nginx(Text),
    /// An Ingress for Traefik, of this class.
    TraefikIngress(Text),
    /// An HTTPRoute, attached to these listeners, which stand in the order of the entry points.
    HttpRoute(Vec<GatewayListener>, GatewaySoftware),
}

impl Default for Renderer {
    fn default() -> Self {
        Self::IngressRoute(Class::None)
    }
}

/// How an `IngressRoute` says which Traefik it is for.
#[derive(Debug, Default)]
pub enum Class {
    /// It does not.
    #[default]
    None,
    /// In `spec.ingressClassName`, which Traefik reads since 3.7.
    Field(Text),
    /// In the annotation that older ones read.
    Annotation(Text),
}

/// Who may come in by a route that does not say otherwise.
#[derive(Debug, Default)]
pub enum Auth {
    /// Nobody has decided.
    #[default]
    Undecided,
    /// Whom this Middleware lets in.
    Shared(SharedMiddleware),
    /// Whom this service lets in.
    Forward(ForwardAuth),
}

impl Auth {
    /// Where the auth service takes people back in, if that is on each host that it guards.
    pub fn callback(&self) -> Option<&Callback> {
        match self {
            Self::Forward(forward) => forward.callback.as_ref(),
            _ => None,
        }
    }
}

impl Routing {
    pub(super) fn new(written: &Written, domain: &Text, findings: &mut Vec<Finding>) -> Self {
        let traefik = written.traefik.clone().unwrap_or_default();
        let renderer = renderer(written, findings);
        let routing = Self {
            entry_points: match &renderer {
                Renderer::HttpRoute(listeners, _) => listeners.iter().map(listener_point).collect(),
                _ => entry_points(written, findings),
            },
            entry_point_tls: traefik.entry_point_tls.unwrap_or(true),
            allow_cross_namespace: traefik.allow_cross_namespace.unwrap_or(false),
            safe_naming: traefik.safe_naming.unwrap_or(false),
            auth_service: AuthService::default(),
            auth: auth(written, findings),
            renderer,
        };
        let routing = Self { auth_service: auth_service(&routing.auth, findings), ..routing };
        routing.check_auth(findings);
        routing.check_address(domain, findings);
        check_safe_naming(written, findings);
        routing
    }

    /// Whether Traefik serves the routes, whatever they are.
    pub fn is_traefik(&self) -> bool {
        matches!(self.renderer, Renderer::IngressRoute(_) | Renderer::TraefikIngress(_) | Renderer::HttpRoute(_, GatewaySoftware::Traefik))
    }

    /// Whether each namespace needs a Middleware of its own for auth.
    pub fn makes_middlewares(&self) -> bool {
        matches!(self.auth, Auth::Forward(_)) && self.is_traefik()
    }

    /// Refuses auth that the objects of the routes could not say: they would be public.
    fn check_auth(&self, findings: &mut Vec<Finding>) {
        let place = root().key("routing").key("auth");
        let lost = |key: &str, message: &str, note: &str, help: &str| {
            rules::LOST_AUTH
                .at(place.key(key.to_owned()).itself(), message)
                .and(root().key("routing").key("kind"), "this kind of route")
                .note(note.to_owned())
                .help(help.to_owned())
        };
        let finding = match (&self.auth, &self.renderer) {
            (Auth::Shared(_), Renderer::Nginx(_)) => lost(
                "middleware",
                "ingress-nginx knows no Middleware",
                "it would let everybody in without a word",
                "name the service to ask: `forwardAuth` with its `address`",
            ),
            (Auth::Shared(_), Renderer::HttpRoute(_, GatewaySoftware::Traefik)) => lost(
                "middleware",
                "an HTTPRoute cannot name a Middleware of another namespace",
                "the Gateway API refers to filters of the own namespace only",
                "use `forwardAuth`: each namespace gets a Middleware of its own",
            ),
            (Auth::Shared(_), Renderer::HttpRoute(..)) => lost_in_gateway(&lost, "middleware"),
            (Auth::Forward(_), Renderer::HttpRoute(_, GatewaySoftware::Other)) => lost_in_gateway(&lost, "forwardAuth"),
            (Auth::Shared(middleware), _) if !self.allow_cross_namespace => {
                let place = place.key("middleware").key("namespace");
                rules::cross_namespace_middleware::refuse(place, &middleware.name, "use `forwardAuth`")
            }
            _ => return,
        };
        findings.push(finding);
    }
}

impl Routing {
    /// Refuses an auth service that ingress-nginx asks by a host that it serves itself.
    fn check_address(&self, domain: &Text, findings: &mut Vec<Finding>) {
        let (Renderer::Nginx(_), Auth::Forward(forward)) = (&self.renderer, &self.auth) else { return };
        let host = host_of(&forward.address);
        let below = host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if below || host.starts_with('$') {
            let place = root().key("routing").key("auth").key("forwardAuth").key("address");
            let finding = rules::PUBLIC_AUTH_ADDRESS.at(place, format!("`{host}` is a host that the ingress controller serves itself"));
            let finding =
                finding.note("each request would ask it from outside, with another host and often behind its own auth: people go in circles");
            findings.push(finding.help("name the Service: `http://SERVICE.NAMESPACE.svc.cluster.local:PORT/…`"));
        }
    }
}

fn lost_in_gateway(lost: &impl Fn(&str, &str, &str, &str) -> Finding, key: &str) -> Finding {
    lost(
        key,
        "the Gateway API has no word for auth",
        "the routes would be attached without it, and every app be public",
        "say `routing.gateway.controller: traefik` if Traefik serves the Gateways, or guard the apps elsewhere and write `auth: none` and a `reason` at each route",
    )
}

fn renderer(written: &Written, findings: &mut Vec<Finding>) -> Renderer {
    let place = root().key("routing").key("kind");
    let mut missing = |key: &str, example: &str| {
        let finding = rules::MISSING_FACT.at(place.clone(), format!("this kind needs `routing.{key}`"));
        findings.push(finding.help(format!("add it, as in `{example}`")));
    };
    match written.kind.unwrap_or_default() {
        RoutingKind::Traefik => Renderer::IngressRoute(class(written)),
        RoutingKind::Ingress => match &written.ingress {
            Some(facts) if facts.controller == IngressSoftware::Nginx => Renderer::Nginx((&facts.class_name).into()),
            Some(facts) => Renderer::TraefikIngress((&facts.class_name).into()),
            None => {
                missing("ingress", "ingress: {controller: traefik, className: traefik}");
                Renderer::default()
            }
        },
        RoutingKind::Gateway => match &written.gateway {
            Some(facts) => gateway(facts, findings),
            None => {
                missing("gateway", "gateway: {gateways: [{name: internal, namespace: traefik, exposure: internal, allowedRoutes: all}]}");
                Renderer::default()
            }
        },
    }
}

/// A Traefik whose version nobody said is taken for one that reads the field.
fn class(written: &Written) -> Class {
    let Some(traefik) = &written.traefik else { return Class::None };
    let Some(class) = &traefik.ingress_class else { return Class::None };
    let reads_field = traefik.version.as_ref().is_none_or(|version| version.reaches(&[3, 7]));
    if reads_field { Class::Field(class.into()) } else { Class::Annotation(class.into()) }
}

fn gateway(facts: &GatewayFacts, findings: &mut Vec<Finding>) -> Renderer {
    let place = root().key("routing").key("gateway").key("gateways");
    if facts.gateways.is_empty() {
        let finding = rules::NO_ENTRY_POINT.at(place.clone().itself(), "the list of Gateways is empty");
        findings.push(finding.note("an HTTPRoute without parents is attached to nothing: no host would answer"));
    }
    let listeners = at_most(MOST_ENTRY_POINTS, &facts.gateways, "Gateways", &place, findings);
    let attachment = |listener: &GatewayListener| (listener.name.clone(), listener.namespace.clone(), listener.section_name.clone(), listener.port);
    for (index, listener) in listeners.iter().enumerate() {
        check_selector(&place.index(index), listener, findings);
        if listener.port == Some(0) {
            findings.push(rules::BAD_PORT.at(place.index(index).key("port"), "`0` is no port: ports go from 1 to 65535"));
        }
        if let Some(first) = listeners[..index].iter().position(|other| attachment(other) == attachment(listener)) {
            let finding = rules::NO_ENTRY_POINT.at(place.index(index).key("name"), format!("the Gateway `{}` is listed twice", &*listener.name));
            let finding = finding.and(place.index(first).key("name"), "first here");
            findings.push(finding.help("tell its listeners apart by `sectionName`"));
        }
    }
    Renderer::HttpRoute(listeners.to_vec(), facts.controller.unwrap_or_default())
}

fn check_selector(place: &Place, listener: &GatewayListener, findings: &mut Vec<Finding>) {
    let selects = listener.allowed_routes == Some(crate::platform::AllowedRoutes::Selector);
    if selects && listener.namespace_labels.is_empty() {
        let finding = rules::MISSING_FACT.at(place.key("allowedRoutes"), "a selector needs `namespaceLabels`");
        findings.push(finding.note("nobody could say whose routes are let in").help("add the labels that the Gateway's selector asks for"));
    }
}

/// What a listener is to a route: a place where it can be reached.
fn listener_point(listener: &GatewayListener) -> EntryPoint {
    let name = listener.section_name.as_ref().map_or_else(|| listener.name.to_string(), |section| format!("{}/{}", &*listener.name, &**section));
    EntryPoint { name: DnsLabel(name.into()), exposure: listener.exposure, port: listener.port.unwrap_or_default(), tls: false }
}

const MOST_ENTRY_POINTS: usize = 16;

fn entry_points(routing: &Written, findings: &mut Vec<Finding>) -> Vec<EntryPoint> {
    let Some(points) = &routing.entry_points else {
        return vec![EntryPoint { name: DnsLabel("websecure".into()), exposure: Exposure::Internal, port: 443, tls: true }];
    };
    let place = root().key("routing").key("entryPoints");
    if points.is_empty() {
        let finding = rules::NO_ENTRY_POINT.at(place.clone(), "the list of entry points is empty");
        findings.push(finding.note("an IngressRoute without entry points is attached to every default one, also to those that face outside"));
    }
    let points = at_most(MOST_ENTRY_POINTS, points, "entry points", &place, findings);
    for (index, point) in points.iter().enumerate() {
        if let Some(first) = points[..index].iter().position(|other| other.name == point.name) {
            let finding = rules::NO_ENTRY_POINT.at(place.index(index).key("name"), format!("the entry point `{}` is listed twice", &*point.name));
            findings.push(finding.and(place.index(first).key("name"), "first here"));
        }
    }
    points.to_vec()
}

fn auth(routing: &Written, findings: &mut Vec<Finding>) -> Auth {
    let place = root().key("routing").key("auth");
    match &routing.auth {
        None => Auth::Undecided,
        Some(PlatformAuth { middleware: Some(middleware), forward_auth: None }) => Auth::Shared(middleware.clone()),
        Some(PlatformAuth { middleware: None, forward_auth: Some(forward) }) => Auth::Forward(forward.clone()),
        Some(_) => {
            let finding = rules::NO_AUTH_DECISION.at(place.itself(), "`auth` needs either `middleware` or `forwardAuth`");
            findings.push(finding.help("name the Middleware that all routes share, or the service to ask; not both"));
            Auth::Undecided
        }
    }
}

fn auth_service(auth: &Auth, findings: &mut Vec<Finding>) -> AuthService {
    let Auth::Forward(forward) = auth else { return AuthService::default() };
    let place = root().key("routing").key("auth").key("forwardAuth");
    if let Some(callback) = &forward.callback {
        check_callback(&place.key("callback"), callback, findings);
    }
    let callback = forward.callback.as_ref().map(|callback| Text::from(&callback.namespace));
    AuthService {
        namespaces: namespace_of(&forward.address).into_iter().chain(callback).collect(),
        port: forward.target_port.as_ref().and_then(|port| read_port(&place.key("targetPort"), port, findings)),
    }
}

fn check_callback(place: &Place, callback: &Callback, findings: &mut Vec<Finding>) {
    if callback.port == 0 {
        findings.push(rules::BAD_PORT.at(place.key("port"), "`0` is no port: ports go from 1 to 65535"));
    }
    if callback.path.as_ref().is_some_and(|path| path.trim_matches('/').is_empty()) {
        let finding = rules::MALFORMED_VALUE.at(place.key("path"), "the way back from the login cannot be all of a host");
        let finding = finding.note("every request would lead to the auth service, and none to the app");
        findings.push(finding.help("write the path below which the service has its own: `/oauth2/`"));
    }
}

/// The namespace of a Service, by the name that the cluster's DNS gives it: `SERVICE.NAMESPACE.svc…` or `SERVICE.NAMESPACE`.
fn namespace_of(address: &str) -> Option<Text> {
    let labels: Vec<_> = host_of(address).split('.').collect();
    match labels.as_slice() {
        [_, namespace] | [_, namespace, "svc", ..] => Some(Text::from((*namespace).to_owned())),
        _ => None,
    }
}

fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
}

/// Traefik refuses to start with an option that it does not know, so that whoever says this means another version.
fn check_safe_naming(routing: &Written, findings: &mut Vec<Finding>) {
    let Some(traefik) = &routing.traefik else { return };
    let Some(version) = &traefik.version else { return };
    let old = !version.reaches(&[3, 7, 11]) && !is_minor_of_safe_naming(version);
    if traefik.safe_naming == Some(true) && old {
        let place = root().key("routing").key("traefik");
        let finding = rules::TRAEFIK_NAME_COLLISION.at(place.key("safeNaming"), format!("Traefik {} has no safe naming", &**version));
        let finding =
            finding.and(place.key("version"), "this version").note("Traefik has it since 3.7.11; before, it does not start with the option");
        findings.push(finding.help("remove the line, or say the version that runs"));
    }
}

/// `3.7` alone may be any patch of it.
fn is_minor_of_safe_naming(version: &str) -> bool {
    version == "3.7"
}
