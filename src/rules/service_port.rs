//! Edges to the port of a Service, where policies match the ports of pods, according to the lock.

use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::diagnostics::rules::SERVICE_PORT;
use crate::diagnostics::suggestion::either;
use crate::diagnostics::{Location, Sink};
use crate::model::{Entry, Port};

pub(super) fn check<'m>(entry: &'m Entry, deployed: &Deployed<'m>, findings: &mut Sink) {
    for (index, edge) in entry.egress.iter().enumerate() {
        let Some(callee) = deployed.callee(edge) else { continue };
        for (number, port) in edge.ports.iter().enumerate() {
            let location = || {
                let line = entry.location.key("networkPolicies").key("egress").index(index);
                line.key("ports").index(number)
            };
            check_port(location, port, callee, deployed, findings);
        }
    }
}

fn check_port<'m>(
    location: impl Fn() -> Location,
    written: &str,
    callee: &'m Entry,
    deployed: &Deployed<'m>,
    findings: &mut Sink,
) {
    let Some(port) = Port::parse(written).ok().and_then(|port| port.tcp_number()) else { return };
    let Some(contents) = deployed.contents(callee) else { return };
    if contents.listens(port) || !contents.serves(port) {
        return;
    }
    for (name, service) in contents.known.iter().flat_map(|known| &known.interface.services) {
        let called = service.ports.iter().filter(|listed| listed.port == port);
        let targets: BTreeSet<u16> = called.flat_map(|listed| listed.targets.iter().copied()).collect();
        if targets.is_empty() {
            continue;
        }
        let targets: Vec<_> = targets.iter().map(u16::to_string).collect();
        let finding = SERVICE_PORT.at(
            location(),
            format!("{port} is the port of the Service `{}`, and not of its pods", name.name),
        );
        let finding =
            finding.note("policies match the ports of pods: the connection to the Service would time out");
        findings.push(finding.help(format!("write {}", either(targets.iter().map(String::as_str)))));
        return;
    }
}
