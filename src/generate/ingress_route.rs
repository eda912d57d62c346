//! Traefik IngressRoutes, by the dual-entrypoint contract.
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
            .with("routes", route.paths.iter().map(|path| rule(route, path, plan)).collect::<Vec<_>>())
            .with_some("tls", tls);
        let object = Object::new(Kind::IngressRoute, name, platform.last_wave(), &entry.namespace, origins).within(&entry.namespace);
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

fn rule(route: &Route, path: &Path, plan: &Plan) -> Map {
    let auth = path.protected.then(|| auth(plan)).flatten();
    let middlewares: Vec<_> = auth.into_iter().chain(route.middlewares.iter().map(reference)).collect();
    let service = Map::new().with("name", &route.service).with("port", route.port);
    Map::new()
        .with("match", matcher(route, path))
        .with("kind", "Rule")
        .with_some("priority", route.priority.filter(|priority| *priority > 0).map(i64::from))
        .with_filled("middlewares", middlewares)
        .with("services", vec![service])
}

/// One value for each matcher, as Traefik 3 wants it.
fn matcher(route: &Route, path: &Path) -> Text {
    let hosts = route.hosts.iter().map(|host| format!("Host(`{host}`)")).collect::<Vec<_>>().join(" || ");
    let Some((matching, path)) = &path.matching else { return hosts.into() };
    let hosts = if route.hosts.len() > 1 { format!("({hosts})") } else { hosts };
    let function = match matching {
        PathMatch::Prefix => "PathPrefix",
        PathMatch::Exact => "Path",
    };
    format!("{hosts} && {function}(`{path}`)").into()
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
