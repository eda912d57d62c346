//! An ingress controller whose own policies let nobody in.

use std::collections::BTreeSet;

use super::openings::Openings;
use crate::derive::locked;
use crate::diagnostics::rules::CLOSED_INGRESS_CONTROLLER;
use crate::diagnostics::{Finding, Sink};
use crate::model::{Direction, Entry, Model, Peer, profile_line};

pub(super) fn check(model: &Model, findings: &mut Sink) {
    let network = &model.platform.network;
    if model.entries.iter().all(|entry| entry.routes.is_empty()) {
        return;
    }
    let namespaces: BTreeSet<_> = network.controllers().map(|pods| &pods.namespace).collect();
    let entries = namespaces.into_iter().filter_map(|namespace| model.entry(namespace));
    findings.extend(entries.filter_map(|entry| closed(entry, model)));
}

fn closed(entry: &Entry, model: &Model) -> Option<Finding> {
    let openings = Openings::new(model);
    let openings = openings.of(entry, Direction::Ingress)?;
    let is_visitor = |peer: &Peer| {
        !matches!(
            peer,
            Peer::SameNamespace
                | Peer::Monitoring
                | Peer::WebhookCaller
                | Peer::IngressController
                | Peer::Dns
        )
    };
    let visitors: Vec<_> = openings.iter().filter(|opening| is_visitor(opening.peer)).collect();
    let listeners = listeners(entry, model);
    let closed: Vec<_> =
        listeners.iter().filter(|(_, port)| !visitors.iter().any(|visitor| visitor.has(*port))).collect();
    let message = match closed.as_slice() {
        _ if visitors.is_empty() => "nobody may connect to the ingress controller".to_owned(),
        [] => return None,
        [(name, port), ..] => {
            format!("nobody may connect to port {port} of the ingress controller, its entry point `{name}`")
        }
    };
    let ports: Vec<_> = listeners.iter().map(|(_, port)| port.to_string()).collect();
    let edge = match ports.as_slice() {
        [] => "`{from: anywhere}` with the ports of its pods".to_owned(),
        ports => format!("`{{from: anywhere, ports: [{}]}}`", ports.join(", ")),
    };
    let finding = CLOSED_INGRESS_CONTROLLER.at(profile_line(&entry.location), message);
    let finding = finding.note("each route would time out, although its own entry is open");
    Some(finding.help(format!(
        "add {edge} to `networkPolicies.ingress`: a load balancer or a node port replaces the address of the \
         visitor"
    )))
}

/// The entry points and their ports of pods: Traefik's chart names the ports of the container after them
/// (Traefik chart 41, `ports`).
fn listeners(entry: &Entry, model: &Model) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    let pods = entry
        .applications
        .iter()
        .filter_map(|application| locked(application, model))
        .flat_map(|known| known.interface.pods.values());
    for port in pods.flat_map(|pods| &pods.ports) {
        let point = model
            .platform
            .routing
            .entry_points
            .iter()
            .find(|point| port.name.as_deref() == Some(&*point.name));
        found.extend(point.map(|point| (point.name.to_string(), port.number)));
    }
    found
}
