//! How controllers refuse what they do not support.

use crate::catalog::Route;
use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::model::Platform;
use crate::names::Namespace;

/// A route as it is written, before it has a place in the model.
pub(crate) struct Requested<'r> {
    pub(super) route: &'r Route,
    pub(super) location: &'r Location,
    pub(super) namespace: &'r Namespace,
    pub(super) platform: &'r Platform,
}

/// A route that asks for something that the controller does not support.
pub(super) fn unsupported(
    location: Location,
    message: impl Into<String>,
    note: impl Into<String>,
    help: &str,
) -> Finding {
    rules::UNSUPPORTED_ROUTE.at(location, message).note(note).help(help)
}

/// Auth of the platform, below the key `key` of `routing.auth`, that the controller does not support.
pub(super) fn unsupported_auth(key: &'static str, message: &str, note: &str, help: &str) -> Finding {
    let location = Location::root(FileId::PLATFORM).key("routing").key("auth").key(key).itself();
    because_of_kind(rules::UNSUPPORTED_AUTH.at(location, message)).note(note).help(help)
}

/// A mode of certificates that has no effect with the routes of the platform.
pub(super) fn ineffective_certificates(message: &str, note: &str, help: &str) -> Finding {
    let location = Location::root(FileId::PLATFORM).key("certificates").key("mode");
    rules::INEFFECTIVE_CERTIFICATE_MODE.at(location, message).note(note).help(help)
}

/// Annotations for cert-manager on objects that are not Ingresses.
pub(super) fn ineffective_annotations() -> Finding {
    ineffective_certificates(
        "cert-manager reads its annotations on Ingresses only",
        "no certificate would ever be issued, and nothing would report it",
        "use `certificate` or `wildcard`, or `routing.kind: ingress`",
    )
}

/// A resolver of Traefik for routes of another controller.
pub(super) fn ineffective_resolver() -> Finding {
    ineffective_certificates(
        "only routers of Traefik support a certificate resolver",
        "no certificate would ever be issued, and nothing would report it",
        "use `wildcard` or `none`, or another kind of route",
    )
}

/// Labels the kind of route as the reason of a finding.
pub(super) fn because_of_kind(finding: Finding) -> Finding {
    let kind = Location::root(FileId::PLATFORM).key("routing").key("kind");
    finding.with_secondary_label(kind, "this kind of route")
}

/// Refuses Traefik's own services where routes are not IngressRoutes.
pub(super) fn check_internal(requested: &Requested<'_>, findings: &mut Sink) {
    if requested.route.service.as_ref().is_some_and(|service| service.contains('@')) {
        findings.push(unsupported(
            requested.location.key("service"),
            "only an IngressRoute can lead to a service of Traefik itself",
            "the API server would reject the name of the Service",
            "expose the port of the dashboard on a Service, or use `routing.kind: traefik`",
        ));
    }
}

/// Refuses what only rules of Traefik say: hosts by regular expressions, and a scheme for some requests.
pub(super) fn check_rules(requested: &Requested<'_>, findings: &mut Sink) {
    if requested.route.host_regexp.is_some() {
        findings.push(unsupported(
            requested.location.key("hostRegexp"),
            "only an IngressRoute has hosts by a regular expression",
            "the API server would reject it as the name of a host",
            "list the hosts in `aliases`, or use `routing.kind: traefik`",
        ));
    }
    if requested.route.grpc == Some(true) {
        findings.push(unsupported(
            requested.location.key("grpc"),
            "only an IngressRoute leads requests of gRPC clients to the same port in another way",
            "they would reach the Service as other requests do, and fail",
            "write a second host for gRPC, with a route of your own, or use `routing.kind: traefik`",
        ));
    }
}

/// Refuses several Services, between which an Ingress cannot share requests.
pub(super) fn check_backends(requested: &Requested<'_>, findings: &mut Sink) {
    if !requested.route.backends.is_empty() {
        findings.push(unsupported(
            requested.location.key("backends").itself(),
            "an Ingress has one Service for each path",
            "all requests would go to the first Service",
            "remove the lines, or use IngressRoutes or a Gateway for the routes",
        ));
    }
}

/// The characters that a path may have besides ASCII letters and digits (Gateway API 1.6, `HTTPPathMatch`).
/// The API server would accept others in an Ingress, and controllers copy them into their own expressions and
/// configuration files.
const PLAIN: &str = "-/._~!$&'()*+,;=:@";

/// Refuses paths that do not pass unchanged through the API server and the configuration of a controller.
pub(super) fn check_paths(requested: &Requested<'_>, findings: &mut Sink) {
    for (index, path) in requested.route.paths.iter().enumerate() {
        if let Some(char) =
            path.path.chars().find(|char| !char.is_ascii_alphanumeric() && !PLAIN.contains(*char))
        {
            findings.push(unsupported(
                requested.location.key("paths").index(index).key("path"),
                format!("this kind of route does not support `{char}` in a path"),
                "the API server or the controller would reject it",
                "route a shorter path instead, or use IngressRoutes",
            ));
        }
    }
}
