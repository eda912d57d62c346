//! The auth of routes that set none, and whether the rendered routes support it.

use std::collections::BTreeSet;

use super::root;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::Port as WrittenPort;
use crate::model::Port;
use crate::model::network::port::read_port;
use crate::names::Namespace;
use crate::platform::{Callback, ForwardAuth, PlatformAuth, Routing as Written, SharedMiddleware};

/// The auth of routes that set none.
#[derive(Debug, Default)]
pub enum Auth {
    /// Not set.
    #[default]
    Undecided,
    /// Whoever this Middleware allows.
    Shared(SharedMiddleware),
    /// Whoever this service allows.
    Forward(ForwardAuth),
}

impl Auth {
    pub(super) fn new(routing: &Written, findings: &mut Sink) -> Self {
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
                    finding.help(
                        "set either the Middleware that all routes share or the service to ask, not both",
                    ),
                );
                Auth::Undecided
            }
        }
    }

    /// The callback of the auth service, if it is on each host that the service protects.
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
    /// Their namespaces; none if they are not in this cluster, or unknown.
    pub namespaces: BTreeSet<Namespace>,
    /// The port that they listen on, if it is known.
    pub port: Option<Port>,
    /// The lines that describe the service.
    pub location: Location,
}

impl AuthService {
    pub(super) fn new(auth: &Auth, findings: &mut Sink) -> Self {
        let location = root().key("routing").key("auth");
        let forward = match auth {
            Auth::Undecided => return Self::default(),
            Auth::Shared(shared) => return Self::of_shared(&location.key("middleware"), shared, findings),
            Auth::Forward(forward) => forward,
        };
        let location = location.key("forwardAuth");
        if let Some(callback) = &forward.callback {
            check_callback(&location.key("callback"), callback, findings);
        }
        let callback = forward.callback.as_ref().map(|callback| Namespace::new(&callback.namespace));
        Self {
            namespaces: namespace_of(&forward.address).into_iter().chain(callback).collect(),
            port: target_port(&location, forward.target_port.as_ref(), findings),
            location,
        }
    }

    /// The service that a Middleware asks, which is expected in the namespace of the Middleware.
    fn of_shared(location: &Location, shared: &SharedMiddleware, findings: &mut Sink) -> Self {
        Self {
            namespaces: [Namespace::new(&shared.namespace)].into(),
            port: target_port(location, shared.target_port.as_ref(), findings),
            location: location.clone(),
        }
    }
}

fn target_port(location: &Location, written: Option<&WrittenPort>, findings: &mut Sink) -> Option<Port> {
    written.and_then(|port| read_port(&location.key("targetPort"), port, findings))
}

fn check_callback(location: &Location, callback: &Callback, findings: &mut Sink) {
    if callback.port.0 == 0 {
        findings.push(
            rules::INVALID_PORT
                .at(location.key("port"), "`0` is not a valid port: ports are numbers from 1 to 65535"),
        );
    }
    if callback.path.as_ref().is_some_and(|path| path.trim_matches('/').is_empty()) {
        let finding = rules::INVALID_VALUE
            .at(location.key("path"), "the callback path of the login cannot be the whole host");
        let finding = finding.note("every request would lead to the auth service, and none to the app");
        findings.push(finding.help("write the path of the auth service: `/oauth2/`"));
    }
}

/// The namespace of a Service, from its name in the cluster's DNS: `SERVICE.NAMESPACE.svc…` or
/// `SERVICE.NAMESPACE`.
fn namespace_of(address: &str) -> Option<Namespace> {
    let labels: Vec<_> = host_of(address).split('.').collect();
    match labels.as_slice() {
        [_, namespace] | [_, namespace, "svc", ..] => Some(Namespace::new((*namespace).to_owned())),
        _ => None,
    }
}

/// The host of an address.
pub(crate) fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
}
