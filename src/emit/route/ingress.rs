//! What Ingresses for ingress-nginx and for Traefik have in common. What the Ingress itself does not support
//! is in annotations of the controller.
//!
//! Annotations apply to all paths of an Ingress, so that paths with auth and paths without it are two
//! Ingresses. Both controllers merge several Ingresses of one host, even across namespaces, but a backend
//! must be in the namespace of the Ingress. The route to the auth service is therefore an Ingress in the
//! namespace of that service, without auth: behind auth it would cause a redirect loop.
//!
//! Traefik's priority is an annotation as well: paths with different priorities are separate Ingresses.

use std::collections::{BTreeMap, BTreeSet};

use super::{Routed, certificate};
use crate::catalog::PathMatch;
use crate::kubernetes::{ISSUER_ANNOTATIONS, Kind, Object};
use crate::model::{Certificates, Path, ServicePort};
use crate::names::Host;
use crate::platform::IssuerKind;
use crate::value::{Map, Text};

/// Paths of a route that share one Ingress.
pub(super) struct Part<'r> {
    paths: Vec<&'r Path>,
    pub(super) protected: bool,
    /// The priority of their routers, if it is set explicitly.
    pub(super) priority: Option<i64>,
    suffix: String,
}

/// The paths by the annotations of their Ingress, those with auth first.
pub(super) fn parts<'r>(routed: &'r Routed<'_>, priority: impl Fn(&Path) -> Option<i64>) -> Vec<Part<'r>> {
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

pub(super) fn ingress(
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
pub(super) type Annotations = Vec<(&'static str, Text)>;

pub(super) fn rules(routed: &Routed<'_>, part: &Part<'_>, annotations: fn(&Path) -> Annotations) -> Vec<Map> {
    let own = &routed.route.backend;
    let key = if matches!(own.port, Some(ServicePort::Name(_))) { "name" } else { "number" };
    let port = Map::new().with_some(key, own.port.as_ref());
    let service = Map::new().with("name", &own.service).with("port", port);
    let backend = Map::new().with("service", service);
    let path =
        |(kind, path)| Map::new().with("path", path).with("pathType", kind).with("backend", backend.clone());
    let paths: Vec<_> = part.paths.iter().flat_map(|own| annotations(own)).map(path).collect();
    let rule =
        |host: &Host| Map::new().with("host", host).with("http", Map::new().with("paths", paths.clone()));
    routed.route.hosts.iter().map(rule).collect()
}

pub(super) fn spec_paths(path: &Path) -> Annotations {
    match &path.matching {
        None => vec![("Prefix", "/".into())],
        Some((PathMatch::Prefix, path)) => vec![("Prefix", path.clone())],
        Some((PathMatch::Exact, path)) => vec![("Exact", path.clone())],
    }
}

/// All hosts in one block: cert-manager rejects an Ingress with two blocks for one Secret, and skips blocks
/// without hosts or Secret (cert-manager 1.21, ingress-shim). The certificate of the domain needs no Secret
/// here, because it is the controller's default certificate.
pub(super) fn tls_block(routed: &Routed<'_>) -> Option<Map> {
    let platform = &routed.model.platform;
    let block = Map::new().with("hosts", routed.route.hosts.clone());
    let block = match &platform.certificates {
        Certificates::None | Certificates::Resolver(_) => return None,
        Certificates::Wildcard(..) if !routed.route.has_own_certificate => block,
        _ => block.with("secretName", certificate::route_secret(routed.route)),
    };
    routed.route.points(platform).any(|point| point.tls).then_some(block)
}

pub(super) fn with_issuer(object: Object, routed: &Routed<'_>, has_tls: bool) -> Object {
    let Certificates::Annotation(issuer) = &routed.model.platform.certificates else { return object };
    let [cluster, namespaced] = ISSUER_ANNOTATIONS;
    let key = match issuer.kind {
        IssuerKind::ClusterIssuer => cluster,
        IssuerKind::Issuer => namespaced,
    };
    if has_tls { object.annotation(key, &issuer.name) } else { object }
}
