//! Ingresses, for ingress-nginx or for Traefik: what the Ingress itself cannot say is said in the controller's own annotations.
//!
//! Annotations hold for all paths of an Ingress, so that paths with auth and paths without it are two Ingresses. Both controllers bring
//! together what several Ingresses say about one host, also across namespaces; a backend has to be in the Ingress' own namespace. So the way
//! to the auth service is an Ingress in its namespace, without auth: behind auth it would send people in circles.

use super::entry_point_group::{self, groups};
use super::external_dns::annotated;
use super::{AUTH_MIDDLEWARE, Routed, certificate, traefik_name};
use crate::catalog::PathMatch;
use crate::object::{Kind, Object};
use crate::plan::{Auth, Certificates, Path};
use crate::platform::{ForwardAuth, IssuerKind};
use crate::value::{Map, Text};

/// Paths of a route that share one Ingress.
struct Part<'r> {
    paths: Vec<&'r Path>,
    protected: bool,
    /// Whether the paths are exact ones that need a priority of their own.
    exact: bool,
    suffix: &'static str,
}

/// An Ingress of ingress-nginx, two if some paths are open.
pub(super) fn nginx(routed: &Routed<'_>, class: &Text) -> Vec<Object> {
    let parts = parts(routed, |path| (path.protected, false));
    let made = parts.iter().enumerate().map(|(index, part)| {
        let first = index == 0;
        let tls = tls_block(routed).filter(|_| first && !routed.is_callback);
        let object = with_issuer(ingress(routed, class, "", part, tls.clone()), routed, tls.is_some());
        annotated(with_nginx_auth(without_redirect(object, routed), routed, part), routed, first)
    });
    made.collect()
}

/// The Ingresses of Traefik: by auth, by exactness, and by whether their routers ask for TLS.
pub(super) fn traefik(routed: &Routed<'_>, class: &Text) -> Vec<Object> {
    let parts = parts(routed, |path| (path.protected, matches!(&path.matching, Some((PathMatch::Exact, _)))));
    let mut made = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        for group in groups(routed) {
            let own = group.tls && index == 0 && !routed.is_callback;
            let tls = tls_block(routed).filter(|_| own && names_secret(routed));
            let object = with_issuer(ingress(routed, class, &group.suffix, part, tls.clone()), routed, tls.is_some());
            let object = with_router(object, routed, part, &group);
            made.push(annotated(object, routed, group.has_records && index == 0));
        }
    }
    made
}

/// The paths by what their Ingress says about them, what is behind auth first.
fn parts<'r>(routed: &'r Routed<'_>, kind: impl Fn(&Path) -> (bool, bool)) -> Vec<Part<'r>> {
    let paths = &routed.route.paths;
    let both = |of: fn((bool, bool)) -> bool| paths.iter().any(|path| of(kind(path))) && paths.iter().any(|path| !of(kind(path)));
    let (some_open, some_exact) = (both(|(protected, _)| protected), both(|(_, exact)| exact));
    let mut parts = Vec::new();
    for (protected, exact) in [(true, false), (true, true), (false, false), (false, true)] {
        let paths: Vec<_> = paths.iter().filter(|path| kind(path) == (protected, exact)).collect();
        let suffix = match (some_open && !protected, some_exact && exact) {
            (false, false) => "",
            (false, true) => "-exact",
            (true, false) => "-open",
            (true, true) => "-open-exact",
        };
        if !paths.is_empty() {
            parts.push(Part { paths, protected, exact, suffix });
        }
    }
    parts
}

fn ingress(routed: &Routed<'_>, class: &Text, suffix: &str, part: &Part<'_>, tls: Option<Map>) -> Object {
    let rules: Vec<_> = routed.route.hosts.iter().map(|host| rule(host, part, routed)).collect();
    let spec = Map::new().with("ingressClassName", class).with_filled("tls", tls.into_iter().collect::<Vec<_>>()).with("rules", rules);
    routed.object(Kind::Ingress, format!("{}{}{suffix}", routed.name(), part.suffix)).spec(spec)
}

fn rule(host: &Text, part: &Part<'_>, routed: &Routed<'_>) -> Map {
    let port = Map::new().with("number", routed.route.port);
    let service = Map::new().with("name", &routed.route.service).with("port", port);
    let backend = Map::new().with("service", service);
    let path = |path: &&Path| {
        let (text, kind) = match &path.matching {
            None => (Text::Static("/"), "Prefix"),
            Some((PathMatch::Prefix, path)) => (path.clone(), "Prefix"),
            Some((PathMatch::Exact, path)) => (path.clone(), "Exact"),
        };
        Map::new().with("path", text).with("pathType", kind).with("backend", backend.clone())
    };
    let paths: Vec<_> = part.paths.iter().map(path).collect();
    Map::new().with("host", host).with("http", Map::new().with("paths", paths))
}

/// All hosts in one block: cert-manager takes no Ingress with two blocks of one Secret, and skips blocks without hosts or Secret
/// (cert-manager 1.21, ingress-shim). The certificate of the domain needs no Secret here: it is the controller's default one.
fn tls_block(routed: &Routed<'_>) -> Option<Map> {
    let platform = &routed.plan.platform;
    let block = Map::new().with("hosts", routed.route.hosts.clone());
    let block = match &platform.certificates {
        Certificates::None | Certificates::Resolver(_) => return None,
        Certificates::Wildcard(_) => block,
        Certificates::Each(_) | Certificates::Annotation(_) => block.with("secretName", certificate::route_secret(routed.route)),
    };
    routed.route.points(platform).any(|point| point.tls).then_some(block)
}

/// Whether the Ingresses of Traefik name a Secret; the default certificate needs no word.
fn names_secret(routed: &Routed<'_>) -> bool {
    matches!(routed.plan.platform.certificates, Certificates::Each(_) | Certificates::Annotation(_))
}

fn with_issuer(object: Object, routed: &Routed<'_>, has_tls: bool) -> Object {
    let Certificates::Annotation(issuer) = &routed.plan.platform.certificates else { return object };
    let key = match issuer.kind {
        IssuerKind::ClusterIssuer => "cert-manager.io/cluster-issuer",
        IssuerKind::Issuer => "cert-manager.io/issuer",
    };
    if has_tls { object.annotation(key, &issuer.name) } else { object }
}

/// A host with a certificate answers plain requests with a redirect to HTTPS, unless it is told not to (ingress-nginx 1.15): those that come
/// through a plain entry point, such as a tunnel, would go in circles.
fn without_redirect(object: Object, routed: &Routed<'_>) -> Object {
    let points = || routed.route.points(&routed.plan.platform);
    let mixed = points().any(|point| point.tls) && points().any(|point| !point.tls);
    if mixed { object.annotation("nginx.ingress.kubernetes.io/ssl-redirect", "false") } else { object }
}

fn with_nginx_auth(object: Object, routed: &Routed<'_>, part: &Part<'_>) -> Object {
    let Auth::Forward(ForwardAuth { address, sign_in, auth_response_headers, .. }) = &routed.plan.platform.routing.auth else { return object };
    if !part.protected {
        return object;
    }
    let object = object.annotation("nginx.ingress.kubernetes.io/auth-url", address);
    let object = match sign_in {
        Some(address) => object.annotation("nginx.ingress.kubernetes.io/auth-signin", address),
        None => object,
    };
    let headers = auth_response_headers.iter().map(|header| &**header).collect::<Vec<_>>().join(",");
    if headers.is_empty() { object } else { object.annotation("nginx.ingress.kubernetes.io/auth-response-headers", headers) }
}

/// Traefik drops an Ingress with an annotation of its own that it does not know (Traefik 3.7): these are all that are ever written.
fn with_router(object: Object, routed: &Routed<'_>, part: &Part<'_>, group: &entry_point_group::Group<'_>) -> Object {
    let names = entry_point_group::names(group).iter().map(Text::as_str).collect::<Vec<_>>().join(",");
    let object = object.annotation("traefik.ingress.kubernetes.io/router.entrypoints", names);
    let middlewares = middlewares(routed, part).join(",");
    let object = if middlewares.is_empty() { object } else { object.annotation("traefik.ingress.kubernetes.io/router.middlewares", middlewares) };
    let object = match priority(routed, part) {
        Some(priority) => object.annotation("traefik.ingress.kubernetes.io/router.priority", priority.to_string()),
        None => object,
    };
    match &routed.plan.platform.certificates {
        _ if !group.tls => object,
        Certificates::Resolver(resolver) => object.annotation("traefik.ingress.kubernetes.io/router.tls.certresolver", resolver.clone()),
        _ => object.annotation("traefik.ingress.kubernetes.io/router.tls", "true"),
    }
}

/// The Middlewares of an Ingress, by the names that Traefik itself gives them.
fn middlewares(routed: &Routed<'_>, part: &Part<'_>) -> Vec<String> {
    let routing = &routed.plan.platform.routing;
    let own = routed.entry.namespace.as_str();
    let named = |namespace: &str, name: &str| format!("{}@kubernetescrd", traefik_name(namespace, name, routing.safe_naming));
    let auth = match &routing.auth {
        Auth::Shared(shared) if part.protected => Some(named(&shared.namespace, &shared.name)),
        Auth::Forward(_) if part.protected => Some(named(own, AUTH_MIDDLEWARE)),
        _ => None,
    };
    let wanted = routed.route.middlewares.iter().map(|middleware| {
        let namespace = middleware.namespace.as_ref().map_or(own, |other| &**other);
        named(namespace, &middleware.name)
    });
    auth.into_iter().chain(wanted).collect()
}

/// `Path` is a shorter word than `PathPrefix`, and Traefik tries the longest rule first: an exact path needs a number of its own.
fn priority(routed: &Routed<'_>, part: &Part<'_>) -> Option<i64> {
    let wanted = routed.route.priority.filter(|priority| *priority > 0).map(i64::from);
    let rule = |host: &Text, path: &Path| path.matching.as_ref().map_or(0, |(_, path)| format!("Host(`{host}`) && PathPrefix(`{path}`)").len() + 1);
    let longest = || routed.route.hosts.iter().flat_map(|host| part.paths.iter().map(move |path| rule(host, path))).max();
    match wanted {
        None if part.exact => longest().and_then(|length| i64::try_from(length).ok()),
        wanted => wanted,
    }
}
