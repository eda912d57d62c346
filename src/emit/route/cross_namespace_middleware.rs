//! A Middleware of another namespace, which Traefik does not allow by default.

use super::support::Requested;
use crate::diagnostics::rules::CROSS_NAMESPACE_MIDDLEWARE;
use crate::diagnostics::{FileId, Finding, Location, Sink};
use crate::model::{Auth, Routing};

/// Checks the Middlewares of a route.
pub(super) fn check_route(requested: &Requested<'_>, findings: &mut Sink) {
    if requested.platform.routing.allow_cross_namespace {
        return;
    }
    for (index, middleware) in requested.route.middlewares.iter().enumerate() {
        if middleware.namespace.as_ref().is_some_and(|other| **other != *requested.namespace.as_str()) {
            let location = requested.location.key("middlewares").index(index).key("namespace");
            findings.push(refuse(location, &middleware.name, "use a Middleware of the same namespace"));
        }
    }
}

/// Checks the Middleware that all routes share.
pub(super) fn check_auth(routing: &Routing, findings: &mut Sink) {
    if let Auth::Shared(middleware) = &routing.auth
        && !routing.allow_cross_namespace
    {
        let location = Location::root(FileId::PLATFORM).key("routing").key("auth").key("middleware");
        findings.push(refuse(location.key("namespace"), &middleware.name, "use `forwardAuth`"));
    }
}

/// Refuses the reference to the Middleware `name` at `location`; `instead` is the alternative.
fn refuse(location: Location, name: &str, instead: &str) -> Finding {
    let finding =
        CROSS_NAMESPACE_MIDDLEWARE.at(location, format!("the Middleware `{name}` is in another namespace"));
    let finding = finding.note(
        "Traefik drops the whole route unless `providers.kubernetesCRD.allowCrossNamespace` is enabled: the \
         app answers 404",
    );
    finding.help(format!(
        "{instead}, or enable the option and set `routing.traefik.allowCrossNamespace: true` in platform.yml"
    ))
}
