//! The ports of pods behind the routes of entries, as the Services in the lock say.

use std::collections::BTreeMap;

use super::{Basis, Known, known};
use crate::lock::Lock;
use crate::lock::services::Service;
use crate::model::{Model, Port, Route};
use crate::names::Namespace;
use crate::value::Text;

/// A Service that the lock knows.
#[derive(Clone, Copy, Debug)]
pub struct LockedService<'m> {
    /// What it is.
    pub service: &'m Service,
    /// Where it is known from.
    pub basis: Basis<'m>,
}

/// The Services that the lock knows, by namespace and name. Those of the built-in facts are left out: their
/// names depend on the release.
#[derive(Debug, Default)]
pub struct Services<'m> {
    services: BTreeMap<(&'m str, &'m str), LockedService<'m>>,
}

impl<'m> Services<'m> {
    /// The Services of all applications.
    pub fn new(model: &'m Model) -> Self {
        let mut services = BTreeMap::new();
        for application in model.applications() {
            for Known { interface, basis } in known(application, model) {
                for (name, service) in interface.services.iter().filter(|_| basis.is_lock()) {
                    let namespace = application.namespace_of(name.namespace.as_deref());
                    services
                        .entry((namespace, name.name.as_str()))
                        .or_insert(LockedService { service, basis });
                }
            }
        }
        Self { services }
    }

    /// A Service of a namespace.
    pub fn get(&self, namespace: &Namespace, name: &Text) -> Option<LockedService<'m>> {
        self.services.get(&(namespace.as_str(), name.as_str())).copied()
    }

    /// The names of the Services of a namespace.
    pub fn names(&self, namespace: &Namespace) -> impl Iterator<Item = &'m str> {
        let of = self.services.keys().filter(move |(of, _)| *of == namespace.as_str());
        of.map(|(_, name)| *name)
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

    /// The ports of pods behind a port; none if it cannot be known.
    pub fn targets(&self, port: u16) -> Vec<u16> {
        let ports = self.service.ports.iter();
        let called = ports.filter(|listed| listed.port == port && listed.protocol.as_str() == "TCP");
        called.flat_map(|listed| &listed.targets).copied().collect()
    }
}

/// Assigns the ports of pods to routes whose line has no `targetPort`.
pub fn assign(model: &mut Model, lock: Lock) {
    model.lock = lock;
    if model.lock.entries.is_empty() {
        return;
    }
    let services = Services::new(model);
    let derived = |namespace: &Namespace, route: &Route| {
        let targets = services.get(namespace, &route.service)?.targets(route.port);
        (route.target_ports.is_empty() && !targets.is_empty()).then_some(targets)
    };
    let mut found = Vec::new();
    for (index, entry) in model.entries.iter().enumerate() {
        for (number, route) in entry.routes.iter().enumerate() {
            found.extend(derived(&entry.namespace, route).map(|targets| (index, number, targets)));
        }
    }
    for (index, number, targets) in found {
        if let Some(route) = model.entries.get_mut(index).and_then(|entry| entry.routes.get_mut(number)) {
            route.target_ports = targets.into_iter().map(Port::tcp).collect();
            route.is_derived = true;
        }
    }
}
