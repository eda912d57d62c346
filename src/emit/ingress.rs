//! Ingresses for ingress-nginx or for Traefik. What the Ingress itself does not support is in annotations of
//! the controller.
//!
//! Annotations apply to all paths of an Ingress, so that paths with auth and paths without it are two
//! Ingresses. Both controllers merge several Ingresses of one host, even across namespaces, but a backend
//! must be in the namespace of the Ingress. The route to the auth service is therefore an Ingress in the
//! namespace of that service, without auth: behind auth it would cause a redirect loop.
//!
//! Traefik's priority is an annotation as well: paths with different priorities are separate Ingresses.

use std::collections::{BTreeMap, BTreeSet};

use super::entry_point_group::{self, groups};
use super::external_dns::annotate;
use super::{AUTH_MIDDLEWARE, Routed, certificate, traefik_name};
use crate::catalog::PathMatch;
use crate::kubernetes::{ISSUER_ANNOTATIONS, Kind, Object};
use crate::model::{Auth, Certificates, Path};
use crate::names::{Host, Namespace};
use crate::platform::{ForwardAuth, IssuerKind};
use crate::value::{Map, Text};

/// Paths of a route that share one Ingress.
struct Part<'r> {
    paths: Vec<&'r Path>,
    protected: bool,
    /// The priority of their routers, if it is set explicitly.
    priority: Option<i64>,
    suffix: String,
}

/// The Ingress of ingress-nginx, or two if some paths are public.
pub(super) fn nginx(routed: &Routed<'_>, class: &Text) -> Vec<Object> {
    let parts = parts(routed, |_| None);
    let ingresses = parts.iter().enumerate().map(|(index, part)| {
        let first = index == 0;
        let tls = tls_block(routed).filter(|_| first && !routed.is_callback);
        let rules = rules(routed, part, spec_paths);
        let object =
            with_issuer(ingress(routed, class, "", (part, rules), tls.clone()), routed, tls.is_some());
        annotate(with_nginx_auth(without_redirect(object, routed), routed, part), routed, first)
    });
    ingresses.collect()
}

/// The Ingresses of Traefik: by auth, by priority, and by whether their routers set `tls`.
pub(super) fn traefik(routed: &Routed<'_>, class: &Text) -> Vec<Object> {
    let parts = parts(routed, |path| routed.route.ingress_priority(path));
    let mut ingresses = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        for group in groups(routed) {
            let own = group.tls && index == 0 && !routed.is_callback;
            let tls = tls_block(routed).filter(|_| own && names_secret(routed));
            let rules = rules(routed, part, traefik_paths);
            let object = with_issuer(
                ingress(routed, class, &group.suffix, (part, rules), tls.clone()),
                routed,
                tls.is_some(),
            );
            let object = with_router(object, routed, part, &group);
            ingresses.push(annotate(object, routed, group.has_records && index == 0));
        }
    }
    ingresses
}

/// The paths by the annotations of their Ingress, those with auth first.
fn parts<'r>(routed: &'r Routed<'_>, priority: impl Fn(&Path) -> Option<i64>) -> Vec<Part<'r>> {
    let mut parts: BTreeMap<(bool, Option<i64>), Vec<&Path>> = BTreeMap::new();
    for path in &routed.route.paths {
        parts.entry((!path.protected, priority(path))).or_default().push(path);
    }
    let opens: BTreeSet<_> = parts.keys().map(|(open, _)| *open).collect();
    let priorities: BTreeSet<_> = parts.keys().map(|(_, priority)| *priority).collect();
    let suffix = |open: bool, priority: Option<i64>| {
        let number = priority
            .filter(|_| priorities.len() > 1)
            .map(|priority| format!("-{priority}"))
            .unwrap_or_default();
        format!("{}{number}", if open && opens.len() > 1 { "-open" } else { "" })
    };
    let part = |((open, priority), paths): (&(bool, Option<i64>), &Vec<&'r Path>)| Part {
        paths: paths.clone(),
        protected: !open,
        priority: *priority,
        suffix: suffix(*open, *priority),
    };
    parts.iter().map(part).collect()
}

fn ingress(
    routed: &Routed<'_>,
    class: &Text,
    suffix: &str,
    (part, rules): (&Part<'_>, Vec<Map>),
    tls: Option<Map>,
) -> Object {
    let spec = Map::new()
        .with("ingressClassName", class)
        .with_filled("tls", tls.into_iter().collect::<Vec<_>>())
        .with("rules", rules);
    routed.object(Kind::Ingress, format!("{}{}{suffix}", routed.name(), part.suffix)).spec(spec)
}

/// The annotations of an Ingress for a path.
type Annotations = Vec<(&'static str, Text)>;

fn rules(routed: &Routed<'_>, part: &Part<'_>, annotations: fn(&Path) -> Annotations) -> Vec<Map> {
    let port = Map::new().with("number", routed.route.port);
    let service = Map::new().with("name", &routed.route.service).with("port", port);
    let backend = Map::new().with("service", service);
    let path =
        |(kind, path)| Map::new().with("path", path).with("pathType", kind).with("backend", backend.clone());
    let paths: Vec<_> = part.paths.iter().flat_map(|own| annotations(own)).map(path).collect();
    let rule =
        |host: &Host| Map::new().with("host", host).with("http", Map::new().with("paths", paths.clone()));
    routed.route.hosts.iter().map(rule).collect()
}

fn spec_paths(path: &Path) -> Annotations {
    match &path.matching {
        None => vec![("Prefix", "/".into())],
        Some((PathMatch::Prefix, path)) => vec![("Prefix", path.clone())],
        Some((PathMatch::Exact, path)) => vec![("Exact", path.clone())],
    }
}

/// Traefik treats a `Prefix` as a prefix of the text, unless `strictPrefixMatching` is enabled (Traefik 3.7):
/// `/api` would match `/api-secret` as well. These two annotations have the same effect with and without the
/// option.
fn traefik_paths(path: &Path) -> Annotations {
    match path.bare_prefix() {
        Some(bare) => vec![("Exact", bare.to_owned().into()), ("Prefix", format!("{bare}/").into())],
        None => spec_paths(path),
    }
}

/// All hosts in one block: cert-manager rejects an Ingress with two blocks for one Secret, and skips blocks
/// without hosts or Secret (cert-manager 1.21, ingress-shim). The certificate of the domain needs no Secret
/// here, because it is the controller's default certificate.
fn tls_block(routed: &Routed<'_>) -> Option<Map> {
    let platform = &routed.model.platform;
    let block = Map::new().with("hosts", routed.route.hosts.clone());
    let block = match &platform.certificates {
        Certificates::None | Certificates::Resolver(_) => return None,
        Certificates::Wildcard(_) => block,
        Certificates::Each(_) | Certificates::Annotation(_) => {
            block.with("secretName", certificate::route_secret(routed.route))
        }
    };
    routed.route.points(platform).any(|point| point.tls).then_some(block)
}

/// Whether the Ingresses of Traefik name a Secret; the default certificate needs none.
fn names_secret(routed: &Routed<'_>) -> bool {
    matches!(routed.model.platform.certificates, Certificates::Each(_) | Certificates::Annotation(_))
}

fn with_issuer(object: Object, routed: &Routed<'_>, has_tls: bool) -> Object {
    let Certificates::Annotation(issuer) = &routed.model.platform.certificates else { return object };
    let [cluster, namespaced] = ISSUER_ANNOTATIONS;
    let key = match issuer.kind {
        IssuerKind::ClusterIssuer => cluster,
        IssuerKind::Issuer => namespaced,
    };
    if has_tls { object.annotation(key, &issuer.name) } else { object }
}

/// For a host with a certificate, ingress-nginx redirects plain requests to HTTPS by default (ingress-nginx
/// 1.15). Requests through a plain entry point, such as a tunnel, would be redirected in a loop.
fn without_redirect(object: Object, routed: &Routed<'_>) -> Object {
    let points = || routed.route.points(&routed.model.platform);
    let mixed = points().any(|point| point.tls) && points().any(|point| !point.tls);
    if mixed { object.annotation("nginx.ingress.kubernetes.io/ssl-redirect", "false") } else { object }
}

fn with_nginx_auth(object: Object, routed: &Routed<'_>, part: &Part<'_>) -> Object {
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

/// Traefik drops an Ingress with one of its own annotations that it does not know (Traefik 3.7): only these
/// are ever written.
fn with_router(
    object: Object,
    routed: &Routed<'_>,
    part: &Part<'_>,
    group: &entry_point_group::Group<'_>,
) -> Object {
    let names = entry_point_group::names(group).iter().map(Text::as_str).collect::<Vec<_>>().join(",");
    let object = object.annotation("traefik.ingress.kubernetes.io/router.entrypoints", names);
    let middlewares = middlewares(routed, part).join(",");
    let object = if middlewares.is_empty() {
        object
    } else {
        object.annotation("traefik.ingress.kubernetes.io/router.middlewares", middlewares)
    };
    let object = match part.priority {
        Some(priority) => {
            object.annotation("traefik.ingress.kubernetes.io/router.priority", priority.to_string())
        }
        None => object,
    };
    match &routed.model.platform.certificates {
        _ if !group.tls => object,
        Certificates::Resolver(resolver) => {
            object.annotation("traefik.ingress.kubernetes.io/router.tls.certresolver", resolver.clone())
        }
        _ => object.annotation("traefik.ingress.kubernetes.io/router.tls", "true"),
    }
}

/// The Middlewares of an Ingress, by the names that Traefik gives them internally.
fn middlewares(routed: &Routed<'_>, part: &Part<'_>) -> Vec<String> {
    let routing = &routed.model.platform.routing;
    let own = &routed.entry.namespace;
    let named = |namespace: &Namespace, name: &str| {
        format!("{}@kubernetescrd", traefik_name(namespace, name, routing.safe_naming))
    };
    let auth = match &routing.auth {
        Auth::Shared(shared) if part.protected => {
            Some(named(&Namespace::new(&shared.namespace), &shared.name))
        }
        Auth::Forward(_) if part.protected => Some(named(own, AUTH_MIDDLEWARE)),
        _ => None,
    };
    let wanted = routed.route.middlewares.iter().map(|middleware| {
        let namespace = middleware.namespace.as_ref().map_or_else(|| own.clone(), Namespace::new);
        named(&namespace, &middleware.name)
    });
    auth.into_iter().chain(wanted).collect()
}
