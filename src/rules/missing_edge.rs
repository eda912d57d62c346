//! Calls from one entry to another that the policies do not allow, according to the lock.

use super::deployed::Deployed;
use super::openings::Openings;
use crate::derive::{Known, Services};
use crate::diagnostics::rules::MISSING_EDGE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::lock::calls::Host;
use crate::lock::location;
use crate::model::{Application, Entry, Model, Policies, Protocol, ServicePort};
use crate::names::Namespace;
use crate::value::Text;

pub(super) fn check<'m>(
    application: &'m Application,
    known: Known<'m>,
    deployed: &Deployed<'m>,
    openings: &Openings<'m>,
    findings: &mut Sink,
) {
    let (model, calls) = (deployed.model, &known.interface.calls);
    let target = application.target_namespace.as_ref().filter(|_| !calls.is_empty());
    let entry = target.and_then(|namespace| model.entry(namespace));
    let Some(entry) = entry.filter(|entry| !matches!(entry.policies, Policies::None)) else { return };
    for host in calls.keys() {
        let Some(callee) = callee(host, entry, model) else { continue };
        let ports = ports(host, callee, &deployed.services);
        if !openings.connects(entry, callee, &ports) {
            findings.push(missing(application, host, callee, &ports));
        }
    }
}

/// The other entry that a host lies in.
fn callee<'m>(host: &Host, caller: &Entry, model: &'m Model) -> Option<&'m Entry> {
    let namespace = Namespace::new(host.namespace.clone()?);
    model.entry(&namespace).filter(|entry| entry.namespace != caller.namespace)
}

/// The ports of the pods behind a host; none if they are not known.
fn ports(host: &Host, callee: &Entry, services: &Services<'_>) -> Vec<u16> {
    let service = Text::from(host.service.split('.').next_back().unwrap_or_default().to_owned());
    let Some((locked, port)) = services.get(&callee.namespace, &service).zip(host.port) else {
        return Vec::new();
    };
    locked.targets(&ServicePort::Number(port), Protocol::Tcp)
}

fn missing(application: &Application, host: &Host, callee: &Entry, ports: &[u16]) -> Finding {
    let called = host.to_string();
    let finding = MISSING_EDGE.at(
        application.location.key("applicationCode"),
        format!("this application calls `{}`, and no edge allows it", shorten(&called)),
    );
    let numbers: Vec<_> = ports.iter().map(u16::to_string).collect();
    let ports = if numbers.is_empty() { String::new() } else { format!(", ports: [{}]", numbers.join(", ")) };
    finding
        .with_secondary_label(location(&application.code).key("calls").key(called).itself(), "found here")
        .note("the connection would time out: both namespaces deny what nobody allows")
        .help(format!(
            "add `{{namespace: {}{ports}}}` to `networkPolicies.egress` of this entry, or remove the host \
             from the settings of the application",
            callee.namespace
        ))
}
