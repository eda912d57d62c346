//! The ports of Services, which policies never see: they match the ports of pods.

use std::collections::BTreeSet;

use super::Reach;
use crate::cluster::{Port, Transport};
use crate::derive::Services;
use crate::model::{Entry, PortRange, Route, ServicePort as CalledPort};

/// A port of a Service, and the ports of its pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServicePort {
    /// The Service.
    pub(super) service: String,
    /// The ports of its pods; none if they are not known.
    pub(super) targets: BTreeSet<u16>,
}

impl Reach<'_> {
    /// The Service of an entry that has this port, by its routes and by the lock, unless pods have it, too.
    pub(super) fn service_port(&self, entry: &Entry, port: &Port) -> Option<ServicePort> {
        if port.protocol != Transport::Tcp {
            return None;
        }
        let all: Vec<_> = routed(entry, port).into_iter().chain(self.locked(entry, port)).collect();
        let has_pods = all.iter().any(|own| own.targets.contains(&port.number));
        let known = all.iter().find(|own| !own.targets.is_empty()).or(all.first());
        known.filter(|_| !has_pods).cloned()
    }

    fn locked(&self, entry: &Entry, port: &Port) -> impl Iterator<Item = ServicePort> {
        let services = Services::new(self.model);
        let names: Vec<_> = services.names(&entry.namespace).map(ToOwned::to_owned).collect();
        let found: Vec<_> = names
            .into_iter()
            .filter_map(|name| {
                let service = services.get(&entry.namespace, &name)?.service;
                let has_port = service.ports.iter().any(|own| own.port == port.number);
                let targets =
                    || service.targets(&port.number.to_string()).map(|(target, _)| target).collect();
                has_port.then(|| ServicePort { service: name.clone(), targets: targets() })
            })
            .collect();
        found.into_iter()
    }
}

fn routed(entry: &Entry, port: &Port) -> Vec<ServicePort> {
    let number = Some(CalledPort::Number(port.number));
    let backends = entry.routes.iter().flat_map(Route::backends).filter(|backend| backend.port == number);
    let found = backends.map(|backend| {
        let single = backend.target_ports.iter().filter_map(|target| match target.range {
            PortRange::Numbers(low, high) if low == high => Some(low),
            _ => None,
        });
        ServicePort { service: backend.service.to_string(), targets: single.collect() }
    });
    found.collect()
}
