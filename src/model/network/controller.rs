//! The edges of the ingress controller: to the Services of routes, to the pods that solve challenges for
//! their hosts, and to the auth service, on both sides.

use std::collections::BTreeMap;

use ipnet::IpNet;

use super::edge::{Direction, Edge, Ports};
use super::edges::Extra;
use super::peer::Peer;
use super::pod_labels::PodLabels;
use super::port::Port;
use super::sides::Sides;
use crate::diagnostics::{FileId, Location};
use crate::kubernetes::Origin;
use crate::model::{Backend, Entry, Route};

/// The port on which a pod of cert-manager answers an HTTP-01 challenge (cert-manager 1.21, `acmesolver`).
pub const SOLVER_PORT: u16 = 8089;

/// The pods of cert-manager that answer HTTP-01 challenges (cert-manager 1.21, `acmesolver`).
pub fn solver() -> PodLabels {
    PodLabels::new(BTreeMap::from([("acme.cert-manager.io/http01-solver".into(), "true".into())]))
}

/// The entry of the ingress controller, if it is in the catalog. Policies do not apply to pods in the host
/// network, and others see the address of their node: such a controller has no entry.
pub(super) struct Controller<'s, 'k> {
    sides: &'s Sides<'k>,
    index: Option<usize>,
    /// The edges with which it may connect to the pods of all namespaces anyway.
    wide: Vec<Edge>,
}

impl<'s, 'k> Controller<'s, 'k> {
    pub(super) fn new(sides: &'s Sides<'k>, extras: &[Extra]) -> Self {
        let namespace = &sides.platform.network.ingress_controller.namespace;
        let is_on_host = sides.platform.network.ingress_controller_on_host;
        let index = sides.owners.get(namespace).filter(|_| !is_on_host);
        let wide = index.map(|index| sides.wide_edges(index, extras)).unwrap_or_default();
        Self { sides, index, wide }
    }

    /// The pods behind routes, and those that solve challenges for their hosts.
    pub(super) fn connect_routes(&self, extras: &mut [Extra]) {
        let platform = self.sides.platform;
        for (index, entry) in self.sides.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for route in &entry.routes {
                let origin = Origin::line(route.location.clone());
                for backend in route.backends().filter(|backend| !backend.is_internal()) {
                    if route.outside.is_empty() {
                        let edge = Edge { own: backend.pods.clone(), ..from_controller(ports(backend)) };
                        self.allow_both_sides(index, &edge, &origin, extras);
                    } else {
                        self.allow_outside(route, backend, &origin, extras);
                    }
                }
                if route.is_solved(platform) {
                    let ports = Ports::Some([Port::tcp(SOLVER_PORT)].into());
                    let edge = Edge { own: solver(), ..from_controller(ports) };
                    self.allow_from_controller(index, entry, &edge, &origin, extras);
                }
            }
        }
    }

    /// The pods behind streams.
    pub(super) fn connect_streams(&self, extras: &mut [Extra]) {
        for (index, entry) in self.sides.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for stream in &entry.streams {
                let origin = Origin::line(stream.location.clone());
                let backend = &stream.backend;
                let edge = Edge { own: backend.pods.clone(), ..from_controller(ports(backend)) };
                self.allow_both_sides(index, &edge, &origin, extras);
            }
        }
    }

    /// The auth service.
    pub(super) fn connect_auth(&self, extras: &mut [Extra]) {
        let service = &self.sides.platform.routing.auth_service;
        let ports = service.port.clone().map_or(Ports::All, |port| Ports::Some([port].into()));
        let origin =
            Origin::line(Location::root(FileId::PLATFORM).key("routing").key("auth").key("forwardAuth"));
        let edge = from_controller(ports);
        for namespace in &service.namespaces {
            let owner = self.sides.owners.get(namespace);
            let is_enabled =
                |index: &usize| self.sides.entries.get(*index).is_some_and(|owner| owner.enabled);
            if let Some(index) = owner.filter(is_enabled) {
                self.allow_both_sides(index, &edge, &origin, extras);
            }
        }
    }

    /// Allows connections from the controller to an entry, on both sides.
    fn allow_both_sides(&self, index: usize, edge: &Edge, origin: &Origin, extras: &mut [Extra]) {
        let Some(entry) = self.sides.entries.get(index) else { return };
        let is_bound = Some(index) != self.index && !entry.is_on_host;
        if let Some(extra) = extras.get_mut(index).filter(|_| is_bound) {
            extra.push((edge.clone(), origin.clone()));
        }
        self.allow_from_controller(index, entry, edge, origin, extras);
    }

    /// Allows connections from the controller to the machines that a route leads to.
    fn allow_outside(&self, route: &Route, backend: &Backend, origin: &Origin, extras: &mut [Extra]) {
        let Some(extra) = self.index.and_then(|index| extras.get_mut(index)) else { return };
        let Some(port) = backend.outside_port() else { return };
        for address in &route.outside {
            let ports = Ports::Some([Port::tcp(port)].into());
            let edge = Edge::new(Direction::Egress, Peer::Range(IpNet::from(*address)), ports);
            extra.push((edge, origin.clone()));
        }
    }

    /// Allows them on the controller's side only.
    fn allow_from_controller(
        &self,
        index: usize,
        entry: &Entry,
        edge: &Edge,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        let edge = if entry.is_on_host {
            // pods in the host network have the addresses of their nodes
            Edge::new(Direction::Egress, Peer::Nodes, edge.ports.clone())
        } else {
            let peer = Peer::Namespace(entry.namespace.clone());
            Edge { pods: edge.own.clone(), ..Edge::new(Direction::Egress, peer, edge.ports.clone()) }
        };
        let is_open = self.wide.iter().any(|wide| wide.covers_pods(&edge));
        let elsewhere = self.index.filter(|controller| *controller != index && !is_open);
        if let Some(extra) = elsewhere.and_then(|controller| extras.get_mut(controller)) {
            extra.push((edge, origin.clone()));
        }
    }
}

fn from_controller(ports: Ports) -> Edge {
    Edge::new(Direction::Ingress, Peer::IngressController, ports)
}

/// The ports of the pods behind a Service.
fn ports(backend: &Backend) -> Ports {
    if backend.target_ports.is_empty() { Ports::All } else { Ports::Some(backend.target_ports.clone()) }
}
