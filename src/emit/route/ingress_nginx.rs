//! Ingresses for ingress-nginx.

use super::filter_support::{Refused, check as check_filters};
use super::ingress::{Part, ingress, parts, rules, spec_paths, tls_block, with_issuer};
use super::metadata::{OF_NGINX, OF_TRAEFIK, Verdict, complete, is_set};
use super::support::{
    Requested, because_of_kind, check_backends, check_internal, check_paths, check_rules,
    ineffective_resolver, unsupported, unsupported_auth,
};
use super::{RouteController, Routed, redirect};
use crate::catalog::Exposure;
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::kubernetes::Object;
use crate::model::{Auth, Ca, Entry, Model, Routing, host_of};
use crate::platform::{CertificateMode, ForwardAuth};
use crate::value::Text;

/// ingress-nginx, by the Ingresses of a class.
pub(super) struct NginxIngresses<'r> {
    pub(super) class: &'r Text,
}

impl RouteController for NginxIngresses<'_> {
    fn check_route(&self, requested: &Requested<'_>, findings: &mut Sink) {
        let (route, location) = (requested.route, requested.location);
        if !route.middlewares.is_empty() {
            findings.push(unsupported(
                location.key("middlewares").itself(),
                "ingress-nginx does not support Middlewares",
                "ingress-nginx would ignore them",
                "remove them, or use Traefik for the routes",
            ));
        }
        if route.priority.is_some() {
            findings.push(unsupported(
                location.key("priority"),
                "ingress-nginx does not support priorities",
                "ingress-nginx always tries the longest path first",
                "remove the line",
            ));
        }
        check_internal(requested, findings);
        check_rules(requested, findings);
        check_backends(requested, findings);
        redirect::check(requested, NOTE_REDIRECT, HELP_REDIRECT, findings);
        check_authority(requested, findings);
        check_filters(requested, &FILTERS, findings);
        check_paths(requested, findings);
    }

    fn check_auth(&self, routing: &Routing, domain: &Text, findings: &mut Sink) {
        match &routing.auth {
            Auth::Undecided => {}
            Auth::Shared(_) => findings.push(unsupported_auth(
                "middleware",
                "ingress-nginx does not support Middlewares",
                "it would silently allow everybody",
                "set the service to ask: `forwardAuth` with its `address`",
            )),
            Auth::Forward(forward) => check_address(forward, domain, findings),
        }
    }

    fn check_certificates(&self, mode: CertificateMode, findings: &mut Sink) {
        if mode == CertificateMode::Resolver {
            findings.push(because_of_kind(ineffective_resolver()));
        }
    }

    /// An Ingress is served on all entry points.
    fn check_exposure(
        &self,
        sides: &[Exposure],
        location: &Location,
        routing: &Routing,
        findings: &mut Sink,
    ) {
        let [only] = sides else { return };
        let points = &routing.entry_points;
        let other = points.iter().find(|point| point.exposure != *only);
        if let Some(other) = other
            && points.iter().any(|point| point.exposure == *only)
        {
            findings.push(unsupported(
                location.clone().itself(),
                "ingress-nginx does not support a side per Ingress",
                format!("the host would be reachable from the {} side as well", other.exposure.name()),
                "use Traefik or a Gateway for the routes",
            ));
        }
    }

    /// It redirects per host, by the scheme that a request says it has.
    fn check_entry_points(&self, routing: &Routing, findings: &mut Sink) {
        let points = &routing.entry_points;
        let redirect = points.iter().position(|point| !point.serves());
        if let Some(index) = redirect
            && points.iter().any(|point| point.serves() && !point.tls)
        {
            let location = Location::root(FileId::PLATFORM).key("routing").key("entryPoints");
            findings.push(because_of_kind(unsupported(
                location.index(index).key("redirectTo"),
                "ingress-nginx does not support a redirect per entry point",
                "requests through the other plain entry point would be redirected in a loop",
                "remove the line, or use Traefik or a Gateway for the routes",
            )));
        }
    }

    fn annotation(&self, name: &str) -> Verdict {
        let Some(own) = name.strip_prefix(OF_NGINX) else {
            let is_ignored = name.starts_with(OF_TRAEFIK);
            return if is_ignored { Verdict::Ignored("only Traefik reads it") } else { Verdict::Free };
        };
        match own {
            "ssl-redirect" | "force-ssl-redirect" => Verdict::Decided("; the entry points decide it"),
            "use-regex" | "rewrite-target" => Verdict::Unsafe(
                "all paths of the host would become regular expressions: one without auth could match the \
                 requests of another one",
            ),
            "server-alias" => {
                Verdict::Unsafe("the catalog would not know the host, nor whether it is unique")
            }
            "backend-protocol" => Verdict::Decided("; `scheme` of the route decides it"),
            _ if own.starts_with("proxy-ssl-") => Verdict::Decided(" and write `backendTls` of the route"),
            _ if own.starts_with("auth-") => Verdict::Decided("; `auth` decides who may use the route"),
            _ => Verdict::Free,
        }
    }

    /// The Ingress of a route, or two if some paths are public.
    fn emit(&self, routed: &Routed<'_>) -> Vec<Object> {
        let parts = parts(routed, |_| None);
        let ingresses = parts.iter().enumerate().map(|(index, part)| {
            let first = index == 0;
            let tls = tls_block(routed).filter(|_| first && !routed.is_callback);
            let rules = rules(routed, part, spec_paths);
            let has_tls = tls.is_some();
            let object = with_issuer(ingress(routed, self.class, "", (part, rules), tls), routed, has_tls);
            let object = with_filters(with_backend_tls(with_redirect(object, routed), routed), routed);
            complete(with_auth(object, routed, part), routed, first)
        });
        ingresses.collect()
    }

    fn of_entry(&self, _: &Entry, _: &Model) -> Vec<Object> {
        Vec::new()
    }
}

/// Its annotations contain no variables such as `$request_uri` (ingress-nginx 1.15, validation).
const NOTE_REDIRECT: &str = "ingress-nginx redirects by an annotation, to one address for all paths: \
                             links to a page would lead elsewhere";

const HELP_REDIRECT: &str = "use Traefik or a Gateway for the routes, or name a Service and the \
                             annotation `nginx.ingress.kubernetes.io/permanent-redirect` if one \
                             address is enough";

/// Refuses an auth service that ingress-nginx would ask through one of its own hosts.
fn check_address(forward: &ForwardAuth, domain: &Text, findings: &mut Sink) {
    let host = host_of(&forward.address);
    let below = host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    if below || host.starts_with('$') {
        let routing = Location::root(FileId::PLATFORM).key("routing");
        let location = routing.key("auth").key("forwardAuth").key("address");
        let finding = rules::PUBLIC_AUTH_ADDRESS
            .at(location, format!("`{host}` is a host of the ingress controller itself"));
        let finding = finding.note(
            "each request would ask the service from outside, for another host and often behind its own \
             auth: users are redirected in a loop",
        );
        findings.push(finding.help("use the Service: `http://SERVICE.NAMESPACE.svc.cluster.local:PORT/…`"));
    }
}

/// For a host with a certificate, ingress-nginx redirects plain requests to HTTPS by default (ingress-nginx
/// 1.15). Requests through a plain entry point, such as a tunnel, would be redirected in a loop.
fn with_redirect(object: Object, routed: &Routed<'_>) -> Object {
    if !routed.route.redirects.is_empty() {
        return object.annotation("nginx.ingress.kubernetes.io/force-ssl-redirect", "true");
    }
    let points = || routed.route.points(&routed.model.platform);
    let mixed = points().any(|point| point.tls) && points().any(|point| !point.tls);
    if mixed { object.annotation("nginx.ingress.kubernetes.io/ssl-redirect", "false") } else { object }
}

/// ingress-nginx verifies a certificate only if it has the authority (ingress-nginx 1.15, annotations).
fn check_authority(requested: &Requested<'_>, findings: &mut Sink) {
    let Some(tls) = requested.route.backend_tls.as_ref().filter(|tls| tls.verify != Some(false)) else {
        return;
    };
    if tls.ca.as_ref().is_none_or(|ca| ca.config_map.is_some()) {
        findings.push(unsupported(
            requested.location.key("backendTls").itself(),
            "ingress-nginx verifies the certificate of a Service only with a Secret of its authority",
            "it would accept every certificate",
            "add `ca: {secret: …}`, or write `verify: false` and a `reason`",
        ));
    }
}

fn with_backend_tls(object: Object, routed: &Routed<'_>) -> Object {
    let Some(tls) = &routed.route.tls else { return object };
    let object = object.annotation("nginx.ingress.kubernetes.io/backend-protocol", "HTTPS");
    let Some(Ca::Secret(secret) | Ca::ConfigMap(secret)) = &tls.ca else { return object };
    let secret = format!("{}/{secret}", routed.namespace);
    let object = object
        .annotation("nginx.ingress.kubernetes.io/proxy-ssl-secret", secret)
        .annotation("nginx.ingress.kubernetes.io/proxy-ssl-verify", "on")
        .annotation("nginx.ingress.kubernetes.io/proxy-ssl-server-name", "on");
    match &tls.server_name {
        Some(name) => object.annotation("nginx.ingress.kubernetes.io/proxy-ssl-name", name.clone()),
        None => object,
    }
}

/// What ingress-nginx could only do by regular expressions or snippets, which it refuses by default
/// (ingress-nginx 1.15).
const FILTERS: [Refused; 3] = [
    Refused {
        key: "requestHeaders",
        message: "ingress-nginx does not change headers of requests",
        note: "the Service would receive the headers of the client",
        help: "remove the lines, or use Traefik or a Gateway for the routes",
    },
    Refused {
        key: "responseHeaders",
        message: "ingress-nginx changes only headers of responses that its own configuration lists",
        note: "the client would receive the headers of the Service",
        help: "remove the lines, or use Traefik or a Gateway for the routes",
    },
    Refused {
        key: "replacePrefix",
        message: "ingress-nginx replaces a part of a path only by a regular expression",
        note: "all paths of the host would become regular expressions: one without auth could match the \
               requests of another one",
        help: "remove the line, or use Traefik or a Gateway for the routes",
    },
];

/// Annotations that the user writes out replace these.
fn with_filters(object: Object, routed: &Routed<'_>) -> Object {
    let filters = &routed.route.filters;
    let seconds = filters.timeout.map(|seconds| Text::from(seconds.to_string()));
    let annotations = [
        ("nginx.ingress.kubernetes.io/upstream-vhost", filters.host.clone()),
        ("nginx.ingress.kubernetes.io/proxy-read-timeout", seconds.clone()),
        ("nginx.ingress.kubernetes.io/proxy-send-timeout", seconds),
    ];
    let missing = annotations.into_iter().filter(|(name, _)| !is_set(name, routed));
    missing
        .filter_map(|(name, value)| Some((name, value?)))
        .fold(object, |object, (name, value)| object.annotation(name, value))
}

fn with_auth(object: Object, routed: &Routed<'_>, part: &Part<'_>) -> Object {
    let Auth::Forward(ForwardAuth { address, sign_in, auth_response_headers, .. }) =
        &routed.model.platform.routing.auth
    else {
        return object;
    };
    if !part.protected {
        return object;
    }
    let object = object.annotation("nginx.ingress.kubernetes.io/auth-url", address);
    let object = match sign_in {
        Some(address) => object.annotation("nginx.ingress.kubernetes.io/auth-signin", address),
        None => object,
    };
    let headers = auth_response_headers.iter().map(|header| &**header).collect::<Vec<_>>().join(",");
    if headers.is_empty() {
        object
    } else {
        object.annotation("nginx.ingress.kubernetes.io/auth-response-headers", headers)
    }
}
