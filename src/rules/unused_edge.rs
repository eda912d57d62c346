//! Edges to ports on which nothing listens, according to the lock.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::contents::Contents;
use super::deployed::Deployed;
use crate::derive::Known;
use crate::diagnostics::rules::UNUSED_EDGE;
use crate::diagnostics::suggestion::either;
use crate::diagnostics::{Location, Sink};
use crate::format::Port as WrittenPort;
use crate::model::{Entry, Port};

/// Hosts in Secrets and in databases are not known, so that an edge which nobody seems to call may well be
/// used; one to a port that does not exist is not.
pub(super) fn check<'m>(entry: &'m Entry, deployed: &Deployed<'m>, findings: &mut Sink) {
    let line = |key, index| entry.location.key("networkPolicies").key(key).index(index);
    for (index, edge) in entry.egress.iter().enumerate() {
        if let Some(callee) = deployed.callee(edge) {
            check_ports(&|| line("egress", index), &edge.ports, callee, deployed, findings);
        }
    }
    for (index, edge) in entry.ingress.iter().enumerate() {
        check_ports(&|| line("ingress", index), &edge.ports, entry, deployed, findings);
    }
}

fn check_ports<'m>(
    edge: &dyn Fn() -> Location,
    ports: &[WrittenPort],
    callee: &'m Entry,
    deployed: &Deployed<'m>,
    findings: &mut Sink,
) {
    if ports.is_empty() {
        return;
    }
    // pods that an operator makes are in no lock
    let is_known = |contents: &Rc<Contents<'_>>| contents.is_complete && contents.declares_ports;
    let Some(contents) = deployed.contents(callee).filter(is_known) else { return };
    for (index, written) in ports.iter().enumerate() {
        let Some(port) = Port::parse(written).ok().and_then(|port| port.tcp_number()) else { continue };
        // the port of a Service is reported by itself
        if !contents.listens(port) && !contents.serves(port) {
            let message = format!("no pod of `{}` listens on {port}", callee.namespace);
            let finding = UNUSED_EDGE.at(edge().key("ports").index(index), message);
            let finding = finding.note("the line permits connections that nothing can answer");
            findings.push(finding.help(help(&contents.known)));
        }
    }
}

fn help(known: &[Known<'_>]) -> String {
    let pods = known.iter().flat_map(|known| known.interface.pods.values());
    let ports = pods.flat_map(|pods| &pods.ports).filter(|port| port.protocol.as_str() == "TCP");
    let numbers: BTreeSet<_> = ports.map(|port| port.number).collect();
    let numbers: Vec<_> = numbers.iter().map(u16::to_string).collect();
    match numbers.as_slice() {
        [] => "remove the line".into(),
        numbers => format!("write {}, or remove the line", either(numbers.iter().map(String::as_str))),
    }
}
