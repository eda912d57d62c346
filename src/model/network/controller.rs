//! The edges of the ingress controller: to the Services of routes, to the pods that solve challenges for
//! their hosts, and to the auth service, on both sides.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::edge::{Direction, Edge, Ports};
use super::edges::Extra;
use super::peer::Peer;
use super::pod_labels::PodLabels;
use super::port::Port;
use super::sides::Sides;
use crate::kubernetes::Origin;
use crate::model::{Backend, Entry, Route};

/// The port on which a pod of cert-manager answers an HTTP-01 challenge (cert-manager 1.21, `acmesolver`).
pub const SOLVER_PORT: u16 = 8089;

/// The pods of cert-manager that answer HTTP-01 challenges (cert-manager 1.21, `acmesolver`).
pub fn solver() -> PodLabels {
    PodLabels::new(BTreeMap::from([("acme.cert-manager.io/http01-solver".into(), "true".into())]))
}

/// Where the pods behind an edge are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the network of the pods.
    Pods,
    /// In the host network: they have the addresses of their nodes, and no policy applies to them.
    Host,
    /// In one of both; which one is not known.
    Either,
}

impl Place {
    /// Where the pods of an entry are that a Service leads to.
    fn of(entry: &Entry, backend: Option<&Backend>) -> Self {
        match (entry.is_on_host, entry.has_host_pods, backend.and_then(|backend| backend.is_on_host)) {
            (true, ..) | (false, true, Some(true)) => Self::Host,
            (false, false, _) | (false, true, Some(false)) => Self::Pods,
            (false, true, None) => Self::Either,
        }
    }
}

/// The entry of an ingress controller, if it is in the catalog. Policies do not apply to pods in the host
/// network, and others see the address of their node: such a controller has no entry, nor has a proxy that is
/// not a pod.
pub(super) struct Controller<'s, 'k> {
    sides: &'s Sides<'k>,
    index: Option<usize>,
    /// The edges with which it may connect to the pods of all namespaces anyway.
    wide: Vec<Edge>,
}

impl<'s, 'k> Controller<'s, 'k> {
    /// Each of the ingress controllers; one without an entry if there is none.
    pub(super) fn all(sides: &'s Sides<'k>, extras: &[Extra]) -> Vec<Self> {
        let namespaces: BTreeSet<_> =
            sides.platform.network.controllers().map(|pods| &pods.namespace).collect();
        let with_entry = namespaces.iter().filter_map(|namespace| sides.owners.get(namespace));
        let indices: BTreeSet<Option<usize>> = with_entry.map(Some).collect();
        let indices = if indices.is_empty() { BTreeSet::from([None]) } else { indices };
        let controller = |index: Option<usize>| {
            let wide = index.map(|index| sides.wide_edges(index, extras)).unwrap_or_default();
            Self { sides, index, wide }
        };
        indices.into_iter().map(controller).collect()
    }

    /// Adds all of its edges.
    pub(super) fn connect(&self, extras: &mut [Extra]) {
        self.connect_routes(extras);
        self.connect_streams(extras);
        self.connect_auth(extras);
    }

    /// The pods behind routes, and those that solve challenges for their hosts.
    fn connect_routes(&self, extras: &mut [Extra]) {
        let platform = self.sides.platform;
        for (index, entry) in self.sides.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for route in &entry.routes {
                let origin = Origin::line(route.location.clone());
                for backend in route.backends().filter(|backend| !backend.is_internal()) {
                    if route.outside.is_empty() {
                        self.allow_backend(index, entry, backend, &origin, extras);
                    } else {
                        self.allow_outside(route, backend, &origin, extras);
                    }
                }
                if route.is_solved(platform) {
                    let ports = Ports::Some([Port::tcp(SOLVER_PORT)].into());
                    let edge = Edge { own: solver(), ..from_controller(ports) };
                    self.allow_from_controller(index, (entry, Place::Pods), &edge, &origin, extras);
                }
            }
        }
    }

    /// The pods behind streams.
    fn connect_streams(&self, extras: &mut [Extra]) {
        for (index, entry) in self.sides.entries.iter().enumerate().filter(|(_, entry)| entry.enabled) {
            for stream in &entry.streams {
                let origin = Origin::line(stream.location.clone());
                self.allow_backend(index, entry, &stream.backend, &origin, extras);
            }
        }
    }

    /// The pods behind a Service.
    fn allow_backend(
        &self,
        index: usize,
        entry: &Entry,
        backend: &Backend,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        let edge = Edge { own: backend.pods.clone(), ..from_controller(ports(backend)) };
        self.allow_both_sides(index, (entry, Place::of(entry, Some(backend))), &edge, origin, extras);
    }

    /// The auth service.
    fn connect_auth(&self, extras: &mut [Extra]) {
        let service = &self.sides.platform.routing.auth_service;
        let ports = service.port.clone().map_or(Ports::All, |port| Ports::Some([port].into()));
        let origin = Origin::line(service.location.clone());
        let edge = from_controller(ports);
        for namespace in &service.namespaces {
            let Some(index) = self.sides.owners.get(namespace) else { continue };
            if let Some(entry) = self.sides.entries.get(index).filter(|entry| entry.enabled) {
                self.allow_both_sides(index, (entry, Place::of(entry, None)), &edge, &origin, extras);
            }
        }
    }

    /// Allows connections from the controller to an entry, on both sides.
    fn allow_both_sides(
        &self,
        index: usize,
        (entry, place): (&Entry, Place),
        edge: &Edge,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        let is_bound = self.sides.platform.network.is_served(&entry.namespace) && place != Place::Host;
        if let Some(extra) = extras.get_mut(index).filter(|_| is_bound) {
            extra.push((edge.clone(), origin.clone()));
        }
        self.allow_from_controller(index, (entry, place), edge, origin, extras);
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
        (entry, place): (&Entry, Place),
        edge: &Edge,
        origin: &Origin,
        extras: &mut [Extra],
    ) {
        let Some(controller) = self.index.filter(|controller| *controller != index) else { return };
        let Some(extra) = extras.get_mut(controller) else { return };
        let peer = Peer::Namespace(entry.namespace.clone());
        let to_pods =
            Edge { pods: edge.own.clone(), ..Edge::new(Direction::Egress, peer, edge.ports.clone()) };
        let to_nodes = Edge::new(Direction::Egress, Peer::Nodes, edge.ports.clone());
        let is_open = |edge: &Edge| {
            let wide =
                self.wide.iter().filter(|wide| edge.peer != Peer::Nodes || wide.peer == Peer::Anywhere);
            wide.into_iter().any(|wide| wide.covers_pods(edge))
        };
        if place != Place::Host && !is_open(&to_pods) {
            extra.push((to_pods, origin.clone()));
        }
        if place != Place::Pods && !is_open(&to_nodes) {
            extra.push((to_nodes, origin.clone()));
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
