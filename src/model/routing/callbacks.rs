//! Callback routes of logins: on each host that the platform's auth protects, some paths lead to the auth
//! service, without auth.

use std::collections::{BTreeMap, BTreeSet};

use super::backend::{Backend, ServicePort};
use super::filters::Filters;
use super::headers::HeaderChanges;
use super::metadata::Metadata;
use super::routes::{MAX_REFERENCES, Path, Route};
use crate::catalog::PathMatch;
use crate::model::{Entry, Platform, PodLabels, Protocol};
use crate::names::Host;
use crate::platform::Callback;
use crate::value::Text;

/// What the routes of one host have in common.
#[derive(Default)]
struct RoutesOfHost {
    /// The first entry and route whose users have to log in.
    protected: Option<(usize, usize)>,
    entry_points: BTreeSet<usize>,
    priority: Option<u32>,
    /// Whether a route already leads to the callback path.
    has_callback: bool,
}

/// Adds the routes to the auth service to the entries of its hosts. A host that several entries share belongs
/// to the first of them.
pub(in crate::model) fn assign(entries: &mut [Entry], platform: &Platform) {
    let Some(callback) = platform.routing.auth.callback() else { return };
    let path = callback.path.as_ref().map_or("/oauth2/".into(), Text::from);
    let mut by_route: BTreeMap<(usize, usize), Vec<(Host, RoutesOfHost)>> = BTreeMap::new();
    for (name, host) in hosts(entries, &path) {
        if let Some(owner) = host.protected.filter(|_| !host.has_callback) {
            by_route.entry(owner).or_default().push((name, host));
        }
    }
    for ((entry, route), hosts) in by_route {
        let Some(entry) = entries.get_mut(entry) else { continue };
        let added = entry.routes.get(route).map(|route| callback_route(route, hosts, callback, &path));
        entry.callbacks.extend(added);
    }
}

fn hosts(entries: &[Entry], path: &Text) -> BTreeMap<Host, RoutesOfHost> {
    let mut hosts: BTreeMap<Host, RoutesOfHost> = BTreeMap::new();
    for (number, entry) in entries.iter().enumerate() {
        for (index, route) in entry.routes.iter().enumerate() {
            for name in &route.hosts {
                let host = hosts.entry(name.clone()).or_default();
                host.has_callback |= route
                    .paths
                    .iter()
                    .any(|own| own.matching.as_ref().is_some_and(|(_, own)| bare(own) == bare(path)));
                host.priority = host.priority.max(route.priority);
                if route.is_protected() {
                    host.protected.get_or_insert((number, index));
                    host.entry_points.extend(&route.entry_points);
                }
            }
        }
    }
    hosts
}

fn callback_route(
    route: &Route,
    hosts: Vec<(Host, RoutesOfHost)>,
    callback: &Callback,
    path: &Text,
) -> Route {
    let priority = hosts.iter().filter_map(|(_, host)| host.priority).max();
    let entry_points: BTreeSet<usize> =
        hosts.iter().flat_map(|(_, host)| host.entry_points.iter().copied()).collect();
    Route {
        location: route.location.clone(),
        certificate_secret: format!("{}-callback-tls", route.name).into(),
        has_own_certificate: false,
        name: format!("{}-callback", route.name).into(),
        hosts: hosts.into_iter().map(|(name, _)| name).collect(),
        host_pattern: None,
        redirect: None,
        backend: Backend {
            location: route.location.clone(),
            service: (&callback.service).into(),
            port: Some(ServicePort::Number(callback.port.0)),
            weight: None,
            protocol: Protocol::Tcp,
            target_ports: BTreeSet::new(),
            is_derived: false,
            is_on_host: None,
            pods: PodLabels::default(),
            request: HeaderChanges::default(),
        },
        others: Vec::new(),
        outside: Vec::new(),
        tls: None,
        scheme: None,
        speaks_grpc: false,
        paths: vec![Path {
            location: route.location.clone(),
            matching: Some((PathMatch::Prefix, path.clone())),
            protected: false,
        }],
        entry_points: entry_points.into_iter().collect(),
        middlewares: Vec::new(),
        filters: Filters::default(),
        // Higher than the priority of every protected path.
        priority: priority
            .filter(|priority| *priority > 0)
            .map(|priority| priority.saturating_add(u32::try_from(MAX_REFERENCES).unwrap_or(0))),
        redirects: Vec::new(),
        metadata: Metadata::default(),
        has_records: false,
    }
}

fn bare(path: &str) -> &str {
    path.trim_end_matches('/')
}
