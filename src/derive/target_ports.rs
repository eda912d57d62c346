//! The ports of pods behind the routes and streams of entries, as the Services in the lock say.

use std::collections::BTreeSet;

use super::{Basis, Known, locked};
use crate::lock::interface::Interface;
use crate::lock::services::Service;
use crate::lock::{Lock, Scopes};
use crate::model::{Application, Backend, Model, Port, Protocol, Route, ServicePort};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// A Service that the lock knows.
#[derive(Clone, Copy, Debug)]
pub struct LockedService<'m> {
    /// What it is.
    pub service: &'m Service,
    /// Where it is known from.
    pub basis: Basis<'m>,
    /// What else its application deploys.
    interface: &'m Interface,
}

/// The most applications of one namespace whose Services are compared one by one; more of them need an index.
const FEW: usize = 16;

/// The Services that the lock knows, by namespace and name. Those of the built-in facts are left out: their
/// names depend on the release.
#[derive(Debug)]
pub struct Services<'m> {
    model: &'m Model,
    /// The applications that deploy to each namespace, in the order of the catalog.
    deployers: Index<&'m str, Vec<&'m Application>>,
    /// The Services of namespaces with many of them, by namespace and name.
    crowded: Index<(&'m str, &'m str), LockedService<'m>>,
}

impl<'m> Services<'m> {
    /// The Services of all applications.
    pub fn new(model: &'m Model) -> Self {
        let mut deployers = Index::<_, Vec<_>>::with_capacity(model.entries.len());
        let mut is_crowded = false;
        let mut add = |namespace, application| {
            let all = deployers.entry(namespace);
            all.push(application);
            is_crowded |= all.len() > FEW;
        };
        for application in model.applications() {
            let own = application.namespace_of(None);
            add(own, application);
            let others = application.interface().into_iter().flat_map(|known| known.objects.namespaces());
            for other in others.map(Text::as_str).filter(|other| *other != own) {
                add(other, application);
            }
        }
        let mut services = Self { model, deployers, crowded: Index::default() };
        if is_crowded {
            services.index_crowded();
        }
        services
    }

    fn index_crowded(&mut self) {
        for application in self.model.applications() {
            let is_crowded = |namespace: &str| self.deployers(namespace).len() > FEW;
            let others = application.interface().into_iter().flat_map(|known| known.objects.namespaces());
            let mut namespaces = others.map(Text::as_str).chain([application.namespace_of(None)]);
            if namespaces.any(is_crowded) {
                for (namespace, name, service) in services_of(application, self.model) {
                    self.crowded.add_first((namespace, name), service);
                }
            }
        }
    }

    /// The applications that deploy objects to a namespace, as far as it is known.
    pub fn deployers(&self, namespace: &str) -> &[&'m Application] {
        self.deployers.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }

    /// A Service of a namespace.
    pub fn get(&self, namespace: &Namespace, name: &str) -> Option<LockedService<'m>> {
        if self.deployers(namespace.as_str()).len() > FEW {
            return self.crowded.get(&(namespace.as_str(), name)).copied();
        }
        self.all(namespace.as_str()).find(|(known, _)| *known == name).map(|(_, service)| service)
    }

    /// The names of the Services of a namespace, in order.
    pub fn names(&self, namespace: &Namespace) -> impl Iterator<Item = &'m str> + use<'m> {
        self.all(namespace.as_str()).map(|(name, _)| name).collect::<BTreeSet<_>>().into_iter()
    }

    /// The Services of a namespace with their names; of several with one name, the first one counts.
    fn all(&self, namespace: &str) -> impl Iterator<Item = (&'m str, LockedService<'m>)> {
        let services =
            self.deployers(namespace).iter().flat_map(|application| services_of(application, self.model));
        services.filter(move |(here, ..)| *here == namespace).map(|(_, name, service)| (name, service))
    }
}

/// The Services of an application with their namespaces and names.
fn services_of<'m>(
    application: &'m Application,
    model: &'m Model,
) -> impl Iterator<Item = (&'m str, &'m str, LockedService<'m>)> {
    locked(application, model).into_iter().flat_map(move |Known { interface, basis }| {
        interface.services.iter().map(move |(name, service)| {
            let namespace = application.namespace_of(name.namespace.as_deref());
            (namespace, name.name.as_str(), LockedService { service, basis, interface })
        })
    })
}

impl LockedService<'_> {
    /// The reason for what is derived from it: `lock: CODE Service/NAME`.
    pub fn reason(&self, name: &Text) -> String {
        match self.basis {
            Basis::Lock { code, .. } => format!("lock: {code} Service/{name}"),
            Basis::Chart(chart) => format!("chart: {} {} Service", chart.name, chart.version),
        }
    }

    /// Whether its pods are in the host network; none if they are not known, or not alike.
    pub fn is_on_host(&self) -> Option<bool> {
        let pods = self.service.pods.iter().map(|title| self.interface.pods.get(title));
        let mut pods = pods.map(|pods| Some(pods?.host_network));
        let first = pods.next()??;
        pods.all(|other| other == Some(first)).then_some(first)
    }

    /// The ports of pods behind a port of a protocol; none if it cannot be known.
    pub fn targets(&self, port: &ServicePort, protocol: Protocol) -> Vec<u16> {
        let called = port.to_string();
        let targets = self.service.targets(&called);
        targets.filter(|(_, other)| other.as_str() == protocol.name()).map(|(target, _)| target).collect()
    }
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
        application.locked = model.lock.entries.get(&application.code).cloned();
    }
    let services = Services::new(model);
    let derived = |namespace: &Namespace, backend: &Backend| {
        let service = services.get(namespace, &backend.service)?;
        let targets = service.targets(backend.port.as_ref()?, backend.protocol);
        let targets = if backend.target_ports.is_empty() { targets } else { Vec::new() };
        Some((targets, service.is_on_host()))
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::num::NonZeroUsize;

    use super::{FEW, Services};
    use crate::compile::compile;
    use crate::inputs::{Inputs, Source};
    use crate::model::{Model, Protocol, ServicePort};
    use crate::names::Namespace;

    /// A model of so many applications in one namespace, each with a Service of its own and one that all of
    /// them have, and of an application elsewhere with a Service in that namespace.
    fn model(applications: usize) -> Model {
        let entry = |namespace| {
            format!("- namespace: {namespace}\n  networkPolicies: {{profile: worker}}\n  applications:\n")
        };
        let mut catalog = entry("many");
        let mut lock = "version: 1\napplications:\n".to_owned();
        let mut add = |code: &str, services: [(&str, usize); 2], catalog: &mut String| {
            let _ = writeln!(catalog, "    - {{applicationCode: {code}, path: charts/app}}");
            let [(one, _), (other, _)] = services;
            let _ = writeln!(lock, "  {code}:\n    source: f\n    objects: {{Service: [{one}, {other}]}}");
            let _ = writeln!(lock, "    services:");
            for (name, target) in services {
                let _ = writeln!(lock, "      {name}: {{ports: [80/TCP http to {target}]}}");
            }
        };
        for number in 0..applications {
            let own = format!("own-{number:03}");
            let services = [(own.as_str(), 1000 + number), ("shared", 2000 + number)];
            add(&format!("a-{number:03}"), services, &mut catalog);
        }
        catalog.push_str(&entry("other"));
        add("z", [("many/from-other", 3000), ("own", 3001)], &mut catalog);
        let platform = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n";
        let inputs = Inputs {
            applications: Source::new("applications.yml", catalog),
            platform: Some(Source::new("platform.yml", platform)),
            lock: Some(Source::new("applications.lock.yml", lock)),
            ..Inputs::default()
        };
        compile(&inputs, NonZeroUsize::MIN).model
    }

    #[test]
    fn the_services_of_a_namespace_are_found_however_many_applications_it_has() {
        for applications in [1, FEW - 1, FEW, FEW + 1, 3 * FEW] {
            let model = model(applications);
            let services = Services::new(&model);
            let targets = |namespace: &'static str, name: &str| {
                let service = services.get(&Namespace::new(namespace), name)?;
                Some(service.targets(&ServicePort::Number(80), Protocol::Tcp))
            };
            for number in 0..applications {
                let target = u16::try_from(1000 + number).unwrap_or_default();
                assert_eq!(targets("many", &format!("own-{number:03}")), Some(vec![target]));
            }
            assert_eq!(targets("many", "shared"), Some(vec![2000]), "that of the first application");
            assert_eq!(targets("many", "from-other"), Some(vec![3000]));
            assert_eq!((targets("many", "own"), targets("other", "own-000")), (None, None));
            assert_eq!(targets("other", "own"), Some(vec![3001]));
            assert_eq!(services.names(&Namespace::new("many")).count(), applications + 2);
        }
    }
}
