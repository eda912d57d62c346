//! Who may come in by a route that does not say otherwise, and whether the objects of the routes can say so.

use std::collections::BTreeSet;

use super::root;
use super::routing::{Renderer, Routing};
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::model::Port;
use crate::model::edge_reader::read_port;
use crate::platform::{
    Callback, ForwardAuth, GatewaySoftware, PlatformAuth, Routing as Written, SharedMiddleware,
};
use crate::value::Text;

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
    pub(super) fn new(routing: &Written, findings: &mut Vec<Finding>) -> Self {
        let location = root().key("routing").key("auth");
        match &routing.auth {
            None => Auth::Undecided,
            Some(PlatformAuth { middleware: Some(middleware), forward_auth: None }) => {
                Auth::Shared(middleware.clone())
            }
            Some(PlatformAuth { middleware: None, forward_auth: Some(forward) }) => {
                Auth::Forward(forward.clone())
            }
            Some(_) => {
                let finding = rules::MISSING_AUTH
                    .at(location.itself(), "`auth` needs either `middleware` or `forwardAuth`");
                findings.push(
                    finding
                        .help("name the Middleware that all routes share, or the service to ask; not both"),
                );
                Auth::Undecided
            }
        }
    }

    /// Where the auth service takes people back in, if that is on each host that it guards.
    pub fn callback(&self) -> Option<&Callback> {
        match self {
            Self::Forward(forward) => forward.callback.as_ref(),
            _ => None,
        }
    }
}

/// The pods of the auth service.
#[derive(Debug, Default)]
pub struct AuthService {
    /// Their namespaces; none if they are not in this cluster, or nobody said where.
    pub namespaces: BTreeSet<Text>,
    /// The port that they listen on, if it is known.
    pub port: Option<Port>,
}

impl AuthService {
    pub(super) fn new(auth: &Auth, findings: &mut Vec<Finding>) -> Self {
        let Auth::Forward(forward) = auth else { return Self::default() };
        let location = root().key("routing").key("auth").key("forwardAuth");
        if let Some(callback) = &forward.callback {
            check_callback(&location.key("callback"), callback, findings);
        }
        let callback = forward.callback.as_ref().map(|callback| Text::from(&callback.namespace));
        Self {
            namespaces: namespace_of(&forward.address).into_iter().chain(callback).collect(),
            port: forward
                .target_port
                .as_ref()
                .and_then(|port| read_port(&location.key("targetPort"), port, findings)),
        }
    }
}

impl Routing {
    /// Refuses auth that the objects of the routes could not say: they would be public.
    pub(super) fn check_auth(&self, findings: &mut Vec<Finding>) {
        let location = root().key("routing").key("auth");
        let lost = |key: &str, message: &str, note: &str, help: &str| {
            rules::UNSUPPORTED_AUTH
                .at(location.key(key.to_owned()).itself(), message)
                .with_secondary_label(root().key("routing").key("kind"), "this kind of route")
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
            (Auth::Forward(_), Renderer::HttpRoute(_, GatewaySoftware::Other)) => {
                lost_in_gateway(&lost, "forwardAuth")
            }
            (Auth::Shared(middleware), _) if !self.allow_cross_namespace => {
                let location = location.key("middleware").key("namespace");
                crate::model::cross_namespace_middleware::refuse(
                    location,
                    &middleware.name,
                    "use `forwardAuth`",
                )
            }
            _ => return,
        };
        findings.push(finding);
    }

    /// Refuses an auth service that ingress-nginx asks by a host that it serves itself.
    pub(super) fn check_address(&self, domain: &Text, findings: &mut Vec<Finding>) {
        let (Renderer::Nginx(_), Auth::Forward(forward)) = (&self.renderer, &self.auth) else { return };
        let host = host_of(&forward.address);
        let below =
            host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if below || host.starts_with('$') {
            let location = root().key("routing").key("auth").key("forwardAuth").key("address");
            let finding = rules::PUBLIC_AUTH_ADDRESS
                .at(location, format!("`{host}` is a host that the ingress controller serves itself"));
            let finding =
                finding.note("each request would ask it from outside, with another host and often behind its own auth: people go in circles");
            findings
                .push(finding.help("name the Service: `http://SERVICE.NAMESPACE.svc.cluster.local:PORT/…`"));
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

fn check_callback(location: &Location, callback: &Callback, findings: &mut Vec<Finding>) {
    if callback.port == 0 {
        findings
            .push(rules::INVALID_PORT.at(location.key("port"), "`0` is no port: ports go from 1 to 65535"));
    }
    if callback.path.as_ref().is_some_and(|path| path.trim_matches('/').is_empty()) {
        let finding = rules::INVALID_VALUE
            .at(location.key("path"), "the way back from the login cannot be all of a host");
        let finding = finding.note("every request would lead to the auth service, and none to the app");
        findings.push(finding.help("write the path below which the service has its own: `/oauth2/`"));
    }
}

/// The namespace of a Service, by the name that the cluster's DNS gives it: `SERVICE.NAMESPACE.svc…` or
/// `SERVICE.NAMESPACE`.
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
