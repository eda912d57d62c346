//! Routes and streams to a Service, a port or a port of pods that no application deploys, by the lock.

use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::derive::{LockedService, Services};
use crate::diagnostics::rules::UNKNOWN_SERVICE;
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Sink};
use crate::lock::services::ServicePort as LockedPort;
use crate::model::{Backend, Entry, Route, ServicePort};

/// What leads to a Service.
#[derive(Clone, Copy)]
struct Way {
    noun: &'static str,
    /// What a client sees if it leads to nothing.
    broken: &'static str,
}

const ROUTE: Way =
    Way { noun: "route", broken: "the host would answer with an error: the route leads to nothing" };
const STREAM: Way =
    Way { noun: "stream", broken: "clients would be disconnected: the stream leads to nothing" };

/// The Services that routes and streams of an entry lead to.
fn ways(entry: &Entry) -> impl Iterator<Item = (Way, &Backend)> {
    let routes = entry.routes.iter().flat_map(Route::backends).map(|backend| (ROUTE, backend));
    routes.chain(entry.streams.iter().map(|stream| (STREAM, &stream.backend)))
}

pub(super) fn check<'m>(entry: &'m Entry, deployed: &Deployed<'m>, findings: &mut Sink) {
    let services = &deployed.services;
    for (way, backend) in ways(entry) {
        let Some(port) = &backend.port else { continue };
        if deployed.rendered.has_service(&entry.namespace, &backend.service) {
            continue;
        }
        match services.get(&entry.namespace, &backend.service) {
            Some(service) => findings.extend(check_port(way, backend, port, service)),
            None if deployed.is_complete(entry) => {
                findings.push(unknown_service(way, entry, backend, services));
            }
            None => {}
        }
    }
}

fn unknown_service(way: Way, entry: &Entry, backend: &Backend, services: &Services<'_>) -> Finding {
    let finding = UNKNOWN_SERVICE.at(
        backend.location.key("service"),
        format!("no application deploys a Service `{}` to this namespace", shorten(&backend.service)),
    );
    let names: Vec<_> = services.names(&entry.namespace).collect();
    let help =
        did_you_mean(&backend.service, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
            [] if entry.applications.is_empty() => {
                format!("add the application that deploys it, or remove the {}", way.noun)
            }
            [] => format!("remove the {}: the applications of this namespace deploy no Service", way.noun),
            _ => format!("write {}", either(names.iter().copied())),
        });
    finding.note(way.broken).help(help)
}

/// Whether a port has this number or name.
fn is_called(listed: &LockedPort, port: &ServicePort) -> bool {
    match port {
        ServicePort::Number(number) => listed.port == *number,
        ServicePort::Name(name) => listed.name.as_ref() == Some(name),
    }
}

fn check_port(way: Way, backend: &Backend, port: &ServicePort, locked: LockedService<'_>) -> Option<Finding> {
    let protocol = backend.protocol;
    let ports = locked.service.ports.iter().filter(|port| port.protocol.as_str() == protocol.name());
    if !ports.clone().any(|listed| is_called(listed, port)) {
        let finding = UNKNOWN_SERVICE.at(
            backend.location.key("port"),
            format!("the Service `{}` has no port {}", shorten(&backend.service), port),
        );
        let numbers: BTreeSet<_> = ports.map(|port| port.port).collect();
        let numbers: Vec<_> = numbers.iter().map(u16::to_string).collect();
        let finding = finding.note(way.broken);
        return Some(finding.help(match numbers.as_slice() {
            [] => format!("remove the {}: the Service has no {} port", way.noun, protocol.name()),
            _ => format!("write {}", either(numbers.iter().map(String::as_str))),
        }));
    }
    let targets = locked.targets(port, protocol);
    let covers = |target: &u16| backend.target_ports.iter().any(|port| port.may_be(*target, protocol));
    if targets.is_empty() || backend.target_ports.is_empty() || targets.iter().all(covers) {
        return None;
    }
    let finding = UNKNOWN_SERVICE.at(
        backend.location.key("targetPort"),
        format!(
            "the port {} of the Service `{}` leads to {} of the pods",
            port,
            shorten(&backend.service),
            either(targets.iter().map(u16::to_string).collect::<Vec<_>>().iter().map(String::as_str)),
        ),
    );
    Some(
        finding
            .note("the policy would not permit that port: clients would wait until they time out")
            .help("remove `targetPort`: it is derived from the lock"),
    )
}
