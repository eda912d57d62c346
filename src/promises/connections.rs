//! Promises about connections.

use super::finding::{impossible, possible};
use super::names::places;
use super::size;
use crate::cluster::{Port, PortName, Transport, Truth};
use crate::diagnostics::{Finding, Location, rules};
use crate::format::Port as WrittenPort;
use crate::model::PortRange;
use crate::promise::{Flow, Only};
use crate::reach::{Answer, Connection, Place, Reach};

/// Checks that no connection is possible.
pub(super) fn deny(flow: &Flow, location: &Location, reach: &Reach<'_>) -> Vec<Finding> {
    match answers(flow, location, reach) {
        Err(findings) => findings,
        Ok(answers) => {
            let broken = answers.iter().filter(|answer| !answer.truth.is_no());
            broken.map(|answer| possible(location, answer)).collect()
        }
    }
}

/// Checks that every connection is possible.
pub(super) fn allow(flow: &Flow, location: &Location, reach: &Reach<'_>) -> Vec<Finding> {
    match answers(flow, location, reach) {
        Err(findings) => findings,
        Ok(answers) => {
            let broken = answers.iter().filter(|answer| !answer.truth.is_yes());
            broken.map(|answer| impossible(location, answer)).collect()
        }
    }
}

/// Checks that nothing but the listed ends can connect.
pub(super) fn only(only: &Only, location: &Location, reach: &Reach<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut allowed = Vec::new();
    for (index, name) in only.from.iter().enumerate() {
        match places(name, &location.key("from").index(index), reach) {
            Ok(found) => allowed.extend(found),
            Err(finding) => findings.push(finding),
        }
    }
    let ports = ports(&only.ports, &location.key("ports"), &mut findings);
    let to = places(&only.to, &location.key("to"), reach).unwrap_or_else(|finding| {
        findings.push(finding);
        Vec::new()
    });
    if !findings.is_empty() {
        return findings;
    }
    let entries =
        to.iter().filter_map(|place| if let Place::Entry(entry) = place { Some(*entry) } else { None });
    for entry in entries {
        let sources = reach.sources(entry).into_iter().filter(|from| !is_listed(from, &allowed));
        for from in sources {
            let answer = ask(&from, &Place::Entry(entry), &ports, reach);
            let is_open = answer.iter().filter(|answer| !answer.truth.is_no());
            let accepted = |answer: &&Answer| !reach.is_part(&from, &allowed, &answer.truth);
            findings.extend(is_open.filter(accepted).map(|answer| possible(location, answer)));
        }
    }
    findings
}

fn is_listed(from: &Place<'_>, allowed: &[Place<'_>]) -> bool {
    allowed.iter().any(|place| place.name() == from.name())
}

/// The answers about all connections of a promise.
fn answers(flow: &Flow, location: &Location, reach: &Reach<'_>) -> Result<Vec<Answer>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut named = |key: &'static str, name: &str| {
        places(name, &location.key(key), reach).unwrap_or_else(|finding| {
            findings.push(finding);
            Vec::new()
        })
    };
    let (froms, tos) = (named("from", &flow.from), named("to", &flow.to));
    let ports = ports(&flow.ports, &location.key("ports"), &mut findings);
    findings.extend(size::check(froms.len() * tos.len() * ports.len().max(1), location));
    if !findings.is_empty() {
        return Err(findings);
    }
    let pairs = froms.iter().flat_map(|from| tos.iter().map(move |to| (from, to)));
    let others = pairs.filter(|(from, to)| from.name() != to.name());
    Ok(others.flat_map(|(from, to)| ask(from, to, &ports, reach)).collect())
}

/// The answers about a connection: one for each port, or one for any port.
fn ask<'m>(from: &Place<'m>, to: &Place<'m>, ports: &[Port], reach: &Reach<'m>) -> Vec<Answer> {
    let connection = |port| Connection { port, ..Connection::new(from.clone(), to.clone()) };
    if ports.is_empty() {
        return vec![reach.connection(&connection(None))];
    }
    ports.iter().map(|port| reach.connection(&connection(Some(port.clone())))).collect()
}

/// The ports of a promise; of a range, the first and the last.
fn ports(written: &[WrittenPort], location: &Location, findings: &mut Vec<Finding>) -> Vec<Port> {
    let mut ports = Vec::new();
    for (index, port) in written.iter().enumerate() {
        let refuse = |message: String| {
            rules::PROMISE_FORM
                .at(location.index(index), message)
                .help("write `5432`, `53/UDP` or `8000-8010`")
        };
        match crate::model::Port::parse(port) {
            Ok(crate::model::Port { range: PortRange::Numbers(low, high), protocol }) => {
                let protocol = Transport::named(protocol.name()).unwrap_or(Transport::Tcp);
                let at = |number| Port { protocol, number, name: PortName::Unknown };
                ports.push(at(low));
                ports.extend((high > low).then(|| at(high)));
            }
            Ok(_) => findings.push(refuse(format!("`{}` is a name: a promise is about numbers", &**port))),
            Err(message) => findings.push(refuse(message)),
        }
    }
    ports
}

impl Reach<'_> {
    /// Whether what an open connection depends on is that the pods are those of an end that is allowed: the
    /// ingress controller is some pods of an entry.
    fn is_part(&self, from: &Place<'_>, allowed: &[Place<'_>], truth: &Truth) -> bool {
        let is_same = |place: &Place<'_>| {
            let namespace = self.namespace_of(place);
            namespace.is_some() && namespace == self.namespace_of(from)
        };
        let is_whole = |place: &Place<'_>| matches!(place, Place::Entry(_) | Place::Namespace(_));
        let is_meant =
            |place: &Place<'_>| is_whole(place) || !truth.is_yes() || self.are_pods_of(from, place);
        allowed.iter().filter(|place| is_same(place)).any(is_meant)
    }
}
