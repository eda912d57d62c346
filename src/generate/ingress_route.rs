//! Traefik `IngressRoutes`, by the dual-entrypoint contract.
//!
//! A router with `tls` answers TLS only, on all its entry points; one without answers TLS only where the entry point itself has
//! `http.tls` (Traefik 3.7, `applyModel`). So a route is one object without `tls` where the entry points terminate TLS, and otherwise two:
//! one for the plain entry points and one, with `tls`, for the others.

use std::sync::Arc;

use super::{CRD_COMES_LATER, certificate, middleware};
use crate::catalog::{MiddlewareReference, PathMatch};
use crate::object::{Kind, Object, Origin};
use crate::plan::{Auth, Certificates, Entry, Path, Plan, Route};
use crate::value::{Map, Text};

pub(super) fn ingress_routes<'r>(
    route: &'r Route,
    entry: &'r Entry,
    plan: &'r Plan,
    origins: &'r Arc<[Origin]>,
) -> impl Iterator<Item = Object> + 'r {
    let platform = &plan.platform;
    let own_tls = !platform.entry_point_tls || matches!(platform.certificates, Certificates::Each(_) | Certificates::Resolver(_));
    let points = route.entry_points.iter().map(|index| &platform.entry_points[*index]);
    let (encrypted, plain): (Vec<_>, Vec<_>) = points.partition(|point| own_tls && point.tls);
    let split = !encrypted.is_empty() && !plain.is_empty();
    let groups = [(plain, None), (encrypted, Some(tls(route, plan)))].into_iter();
    groups.filter_map(move |(points, tls)| {
        let first = points.first()?;
        let name = if split { format!("{}-{}", route.name, &*first.name).into() } else { route.name.clone() };
        let spec = Map::new()
            .with_some("ingressClassName", platform.ingress_class.as_ref())
            .with("entryPoints", points.iter().map(|point| Text::from(&point.name)).collect::<Vec<_>>())
            .with("routes", rules(route, plan))
            .with_some("tls", tls);
        let object = Object::new(Kind::IngressRoute, name, platform.route_wave(), &entry.namespace, origins).within(&entry.namespace);
        Some(object.sync_options(CRD_COMES_LATER).spec(spec))
    })
}

fn tls(route: &Route, plan: &Plan) -> Map {
    match &plan.platform.certificates {
        Certificates::None | Certificates::Wildcard(_) => Map::new(),
        Certificates::Each(_) => Map::new().with("secretName", certificate::route_secret(route)),
        Certificates::Resolver(resolver) => Map::new().with("certResolver", resolver),
    }
}

/// One rule for each path and host. Traefik tries the longest rule first (Traefik 3.7): a rule that named several hosts would come before
/// the paths of another route that names one of them, and take their requests past its auth.
fn rules(route: &Route, plan: &Plan) -> Vec<Map> {
    let of_path = |path| route.hosts.iter().map(move |host| rule(host, route, path, plan));
    route.paths.iter().flat_map(of_path).collect()
}

fn rule(host: &Text, route: &Route, path: &Path, plan: &Plan) -> Map {
    let auth = path.protected.then(|| auth(plan)).flatten();
    let middlewares: Vec<_> = auth.into_iter().chain(route.middlewares.iter().map(reference)).collect();
    let service = Map::new().with("name", &route.service).with("port", route.port);
    Map::new()
        .with("match", matcher(host, path))
        .with("kind", "Rule")
        .with_some("priority", priority(host, route, path))
        .with_filled("middlewares", middlewares)
        .with("services", vec![service])
}

/// One value for each matcher, as Traefik 3 wants it.
fn matcher(host: &Text, path: &Path) -> String {
    match &path.matching {
        None => format!("Host(`{host}`)"),
        Some((PathMatch::Prefix, path)) => prefix_matcher(host, path),
        Some((PathMatch::Exact, path)) => format!("Host(`{host}`) && Path(`{path}`)"),
    }
}

fn prefix_matcher(host: &Text, path: &Text) -> String {
    format!("Host(`{host}`) && PathPrefix(`{path}`)")
}

/// `Path` is a shorter word than `PathPrefix`: without a number of its own, `/admin` alone would be tried after everything below `/`. Where
/// the user gives the number, the paths of the route keep their order above it.
fn priority(host: &Text, route: &Route, path: &Path) -> Option<i64> {
    let wanted = route.priority.filter(|priority| *priority > 0).map(i64::from);
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    match (wanted, &path.matching) {
        (Some(wanted), _) => Some(wanted + number(rank(route, path))),
        (None, Some((PathMatch::Exact, path))) => Some(number(prefix_matcher(host, path).len() + 1)),
        (None, _) => None,
    }
}

/// How many paths of the route are less exact than this one.
fn rank(route: &Route, path: &Path) -> usize {
    let exactness = |path: &Path| path.matching.as_ref().map(|(matching, path)| (path.len(), *matching));
    route.paths.iter().filter(|other| exactness(other) < exactness(path)).count()
}

fn auth(plan: &Plan) -> Option<Map> {
    match &plan.platform.auth {
        Auth::Undecided => None,
        Auth::Shared(shared) => Some(Map::new().with("name", &shared.name).with("namespace", &shared.namespace)),
        Auth::Forward(_) => Some(Map::new().with("name", middleware::NAME)),
    }
}

fn reference(reference: &MiddlewareReference) -> Map {
    Map::new().with("name", &reference.name).with_some("namespace", reference.namespace.as_ref())
}
