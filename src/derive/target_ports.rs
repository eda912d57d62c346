//! The ports of pods behind the routes and streams of entries, as the Services in the lock say.

use std::collections::BTreeSet;

use super::{Basis, Known, locked};
use crate::lock::interface::Interface;
use crate::lock::services::Service;
use crate::lock::{Lock, Scopes};
use crate::model::{Backend, Model, Port, Protocol, Route, ServicePort};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// A Service that the lock knows.
#[derive(Clone, Copy, Debug)]
pub struct LockedService<'m> {
    /// What it is.
    pub service: &'m Service,
    /// Where it is known from.
    pub basis: Basis<'m>,
    /// Whether its pods are in the host network; none if they are not known, or not alike.
    pub is_on_host: Option<bool>,
}

/// The Services that the lock knows, by namespace and name. Those of the built-in facts are left out: their
/// names depend on the release.
#[derive(Debug)]
pub struct Services<'m> {
    services: Index<(&'m str, &'m str), LockedService<'m>>,
    /// Their namespaces and names, in the order of the catalog.
    names: Vec<(&'m str, &'m str)>,
}

impl<'m> Services<'m> {
    /// The Services of all applications.
    pub fn new(model: &'m Model) -> Self {
        let mut services = Index::with_capacity(model.lock.entries.len());
        let mut names = Vec::with_capacity(model.lock.entries.len());
        for application in model.applications() {
            let Some(Known { interface, basis }) = locked(application, model) else { continue };
            for (name, service) in &interface.services {
                let namespace = application.namespace_of(name.namespace.as_deref());
                let is_on_host = on_host(service, interface);
                let name = (namespace, name.name.as_str());
                if services.add_first(name, LockedService { service, basis, is_on_host }).is_none() {
                    names.push(name);
                }
            }
        }
        Self { services, names }
    }

    /// A Service of a namespace.
    pub fn get(&self, namespace: &Namespace, name: &Text) -> Option<LockedService<'m>> {
        self.services.get(&(namespace.as_str(), name.as_str())).copied()
    }

    /// The names of the Services of a namespace, in order.
    pub fn names(&self, namespace: &Namespace) -> impl Iterator<Item = &'m str> + use<'m> {
        let of = self.names.iter().filter(|(of, _)| *of == namespace.as_str());
        of.map(|(_, name)| *name).collect::<BTreeSet<_>>().into_iter()
    }
}

impl LockedService<'_> {
    /// The reason for what is derived from it: `lock: CODE Service/NAME`.
    pub fn reason(&self, name: &Text) -> String {
        match self.basis {
            Basis::Lock { code, .. } => format!("lock: {code} Service/{name}"),
            Basis::Chart(chart) => format!("chart: {} {} Service", chart.name, chart.version),
        }
    }

    /// The ports of pods behind a port of a protocol; none if it cannot be known.
    pub fn targets(&self, port: &ServicePort, protocol: Protocol) -> Vec<u16> {
        let called = port.to_string();
        let targets = self.service.targets(&called);
        targets.filter(|(_, other)| other.as_str() == protocol.name()).map(|(target, _)| target).collect()
    }
}

fn on_host(service: &Service, interface: &Interface) -> Option<bool> {
    let mut pods = service.pods.iter().map(|title| interface.pods.get(title).map(|pods| pods.host_network));
    let first = pods.next()??;
    pods.all(|other| other == Some(first)).then_some(first)
}

/// Assigns what the lock knows to applications, the ports of pods to routes and streams whose line has no
/// `targetPort`, and whether the pods are in the host network.
pub fn assign(model: &mut Model, lock: Lock) {
    model.scopes = Scopes::new(&lock);
    model.lock = lock;
    if model.lock.entries.is_empty() {
        return;
    }
    for application in model.entries.iter_mut().flat_map(|entry| &mut entry.applications) {
        let entry = model.lock.entries.get(&application.code);
        application.locked = entry.and_then(|entry| entry.content.clone().ok());
    }
    let services = Services::new(model);
    let derived = |namespace: &Namespace, backend: &Backend| {
        let service = services.get(namespace, &backend.service)?;
        let targets = service.targets(backend.port.as_ref()?, backend.protocol);
        let targets = if backend.target_ports.is_empty() { targets } else { Vec::new() };
        Some((targets, service.is_on_host))
    };
    let mut found = Vec::new();
    for entry in &model.entries {
        let routes = entry.routes.iter().filter(|route| is_routed(route)).flat_map(Route::backends);
        for backend in routes.chain(entry.streams.iter().map(|stream| &stream.backend)) {
            found.push(derived(&entry.namespace, backend));
        }
    }
    let mut found = found.into_iter();
    for entry in &mut model.entries {
        let routes = entry.routes.iter_mut().filter(|route| is_routed(route)).flat_map(Route::backends_mut);
        for backend in routes.chain(entry.streams.iter_mut().map(|stream| &mut stream.backend)) {
            let Some((targets, is_on_host)) = found.next().flatten() else { continue };
            backend.is_on_host = is_on_host;
            if !targets.is_empty() {
                let port = |number| Port { protocol: backend.protocol, ..Port::tcp(number) };
                backend.target_ports = targets.into_iter().map(port).collect();
                backend.is_derived = true;
            }
        }
    }
}

/// Whether a route leads to Services of the cluster.
fn is_routed(route: &Route) -> bool {
    route.outside.is_empty()
}
