//! Edges to the range of all addresses, which includes the LAN.

use super::edge::Ports;
use super::peer::Peer;
use super::port::{Port, PortRange};
use crate::diagnostics::{Location, Sink, rules};

/// Ports that are usually meant for servers in the LAN as well: DNS and NTP.
const SHARED: [u16; 2] = [53, 123];

/// Reports a range of all addresses, unless its ports are meant for the LAN, too.
pub(super) fn check(location: &Location, peer: &Peer, ports: &Ports, findings: &mut Sink) {
    let Peer::Range(range) = peer else { return };
    if range.prefix_len() > 0 || is_shared(ports) {
        return;
    }
    let message = format!("the range `{range}` includes your LAN and the nodes");
    let finding = rules::POLICY_INCLUDES_LAN.at(location.clone(), message);
    let note = "whoever takes over one of the pods can connect to routers, storage and nodes";
    let help = "write `to: internet`, or `to: anywhere` if the LAN is meant";
    findings.push(finding.note(note).help(help));
}

fn is_shared(ports: &Ports) -> bool {
    let Ports::Some(ports) = ports else { return false };
    let is_one = |port: &Port| match port.range {
        PortRange::Numbers(first, last) => first == last && SHARED.contains(&first),
        PortRange::Named(_) => false,
    };
    !ports.is_empty() && ports.iter().all(is_one)
}
