//! Routes, in the keys of the catalog: what the objects of each kind say is brought to one form first.

mod backend;
mod exposure;
mod filters;
mod http_route;
mod ingress;
mod ingress_route;
mod line;
mod metadata;
mod redirect;
mod streams;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::ingress_route::hosts_of;
pub(super) use self::streams::of_entry as streams;
use super::draft::Item;
use super::entry::Scope;
use super::policies::Targets;
use crate::kubernetes::resource::text_at;
use crate::kubernetes::{MANAGED_BY, Resource};
use crate::model::Auth;
use crate::value::{Map, Text, Value};

/// What one object says of a route.
#[derive(Debug, Default)]
struct Part<'c> {
    /// The number of the object.
    index: usize,
    /// The object.
    object: Option<&'c Resource>,
    /// The name of the route, which several objects may share.
    name: String,
    rules: Vec<Rule>,
    /// The numbers of the platform's entry points that serve it.
    points: BTreeSet<usize>,
    /// Whether it only redirects to another entry point.
    redirects: bool,
    /// Whether external-dns makes records for it.
    has_records: bool,
    /// Whether it leads gRPC clients to the same Services.
    speaks_grpc: bool,
    /// The regular expression of further hosts.
    host_pattern: Option<String>,
}

/// A host and a path, and what answers.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rule {
    host: String,
    /// The path, and whether it is exact; none for the whole host.
    path: Option<(String, bool)>,
    /// Whether the auth of the platform guards it.
    protected: bool,
    middlewares: Vec<Map>,
    services: Vec<Service>,
    /// The scheme of the Services, if the object says it.
    scheme: Option<Text>,
    /// What the Gateway changes about requests and responses, in the keys of the catalog.
    filters: Map,
    /// Where it redirects to, in the keys of the catalog; empty if Services answer.
    redirect: Map,
    /// A priority that wharf would not set by itself.
    priority: Option<i64>,
}

/// A Service that answers.
#[derive(Clone, Debug, Default, PartialEq)]
struct Service {
    name: Text,
    /// The port, by its number or its name; none for one of Traefik's own services.
    port: Option<Value>,
    weight: Option<i64>,
    /// Changes of the headers that it alone receives, in the keys of the catalog.
    request: Map,
}

impl Rule {
    /// Whether both are about the same requests.
    fn matches(&self, other: &Self) -> bool {
        self.host == other.host && self.path == other.path
    }
}

/// The routes of an entry, and the sides from which those can be reached that list none.
pub(super) struct Routes {
    pub(super) items: Vec<Item>,
    pub(super) exposure: Vec<Text>,
}

/// `routes` of the entry; each takes its `targets`.
pub(super) fn of_entry(scope: &Scope<'_, '_>, targets: &mut Targets) -> Routes {
    let mut groups = BTreeMap::<String, Vec<Part<'_>>>::new();
    for part in parts(scope).filter(|part| !is_callback(part, scope)) {
        groups.entry(part.name.clone()).or_default().push(part);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(name, _)| !has_callback(name, scope));
    let exposure = exposure::of_entry(groups.iter().map(|(_, group)| group.as_slice()), scope);
    let route = |(_, group): &(String, Vec<Part<'_>>)| line::route(group, &exposure, targets, scope);
    let items = groups.iter().filter_map(route).collect();
    Routes { items, exposure: exposure.into_iter().map(|side| Text::constant(side.name())).collect() }
}

fn parts<'c>(scope: &Scope<'_, 'c>) -> impl Iterator<Item = Part<'c>> {
    let parts = ingress_route::parts(scope).into_iter();
    parts.chain(ingress::parts(scope)).chain(http_route::parts(scope))
}

/// Whether an object is one that wharf rendered.
fn is_ours(object: &Resource) -> bool {
    object.at(&["metadata", "labels", MANAGED_BY]).and_then(crate::kubernetes::resource::text)
        == Some("wharf")
}

/// Whether wharf makes the route to the auth service by itself.
fn is_callback(part: &Part<'_>, scope: &Scope<'_, '_>) -> bool {
    let Some(callback) = scope.known.platform.routing.auth.callback() else { return false };
    let port = Value::Int(i64::from(callback.port.0));
    let leads = |rule: &Rule| {
        rule.services
            .iter()
            .all(|service| *service.name == *callback.service && service.port == Some(port.clone()))
    };
    part.name.ends_with("-callback") && part.object.is_some_and(is_ours) && part.rules.iter().all(leads)
}

/// Whether the route to the auth service was made for the hosts of this route.
fn has_callback(route: &str, scope: &Scope<'_, '_>) -> bool {
    let Some(callback) = scope.known.platform.routing.auth.callback() else { return false };
    let elsewhere = format!("{}-{route}-callback", scope.namespace);
    let kinds = [("traefik.io", "IngressRoute"), ("networking.k8s.io", "Ingress")];
    let of_kind = |(group, kind): (&str, &str)| {
        let mut all = scope.objects.within(&callback.namespace, group, kind);
        all.any(|(_, object)| object.name.starts_with(&elsewhere))
    };
    let own = format!("{route}-callback");
    let mut http = scope.objects.within(scope.namespace, "gateway.networking.k8s.io", "HTTPRoute");
    kinds.into_iter().any(of_kind)
        || http.any(|(_, object)| *object.name == *own || *object.name == *elsewhere)
}

/// Whether any route of the entry is the one for which the route to the auth service was made.
pub(super) fn lead_to_login(scope: &Scope<'_, '_>) -> bool {
    parts(scope).any(|part| has_callback(&part.name, scope))
}

/// The numbers of the entry points with these names.
fn points<'n>(names: impl Iterator<Item = &'n str>, scope: &Scope<'_, '_>) -> BTreeSet<usize> {
    let points = &scope.known.platform.routing.entry_points;
    names.filter_map(|name| points.iter().position(|point| *point.name == *name)).collect()
}

/// The numbers of all entry points that serve routes.
fn all_points(scope: &Scope<'_, '_>) -> BTreeSet<usize> {
    let points = scope.known.platform.routing.entry_points.iter().enumerate();
    points.filter(|(_, point)| point.serves()).map(|(index, _)| index).collect()
}

/// Whether a Middleware is the auth of the platform.
fn is_auth(middleware: &Map, scope: &Scope<'_, '_>) -> bool {
    let name = text_at(middleware, &["name"]).unwrap_or_default();
    let namespace = text_at(middleware, &["namespace"]).unwrap_or(scope.namespace);
    match &scope.known.platform.routing.auth {
        Auth::Undecided => false,
        Auth::Shared(shared) => *shared.name == *name && *shared.namespace == *namespace,
        Auth::Forward(_) => name == crate::emit::AUTH_MIDDLEWARE,
    }
}
