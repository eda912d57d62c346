//! What the lock knows of a namespace.

use std::collections::BTreeSet;

use crate::derive::Known;
use crate::kubernetes::{GroupKind, groups};

/// Groups of custom kinds whose operators make no Services for them.
const WITHOUT_SERVICES: [&str; 7] = [
    "argoproj.io",
    "cert-manager.io",
    "external-secrets.io",
    "gateway.networking.k8s.io",
    "monitoring.coreos.com",
    "networking.k8s.io",
    "traefik.io",
];

/// What is deployed to the namespace of an entry, and what the entry deploys elsewhere. All of it is locked.
pub(super) struct Contents<'m> {
    pub(super) known: Vec<Known<'m>>,
    /// Whether no operator makes Services and pods there, which would be in no lock.
    pub(super) is_complete: bool,
    /// Whether there are pods, and all of them say on which ports they listen.
    pub(super) declares_ports: bool,
    /// The ports that pods listen on, as far as that is declared.
    listening: BTreeSet<u16>,
    /// The ports of Services.
    served: BTreeSet<u16>,
}

impl<'m> Contents<'m> {
    pub(super) fn new(known: Vec<Known<'m>>) -> Self {
        let interfaces = || known.iter().map(|known| known.interface);
        let pods = || interfaces().flat_map(|interface| interface.pods.values());
        let ports =
            || interfaces().flat_map(|known| known.services.values()).flat_map(|service| &service.ports);
        let targets = ports().flat_map(|port| port.targets.iter().copied());
        let numbers = pods().flat_map(|pods| &pods.ports).map(|port| port.number);
        Self {
            is_complete: interfaces().flat_map(|known| known.objects.keys()).all(makes_no_services),
            declares_ports: pods().next().is_some() && pods().all(|pods| !pods.ports.is_empty()),
            listening: numbers.chain(targets).collect(),
            served: ports().map(|port| port.port).collect(),
            known,
        }
    }

    /// Whether pods listen on a TCP port, as far as that is declared.
    pub(super) fn listens(&self, port: u16) -> bool {
        self.listening.contains(&port)
    }

    /// Whether it is the port of a Service.
    pub(super) fn serves(&self, port: u16) -> bool {
        self.served.contains(&port)
    }
}

fn makes_no_services(kind: &GroupKind) -> bool {
    groups::is_builtin(kind) || WITHOUT_SERVICES.contains(&kind.group.as_str())
}
