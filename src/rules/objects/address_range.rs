//! Network policies that allow connections to the internet, and with them to the LAN.

use crate::cluster::{Deployed, Survey};
use crate::diagnostics::rules::POLICY_INCLUDES_LAN;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text_at};
use crate::value::{Map, Value};

/// The ranges of all addresses.
const ALL: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Ports that are usually meant for servers in the LAN as well: DNS and NTP.
const SHARED: [u16; 2] = [53, 123];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        findings.extend(of_cluster(deployed));
    }
    findings
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    let policies = deployed.of_kind("networking.k8s.io", "NetworkPolicy");
    for (policy, facts) in policies.filter(|(_, facts)| !facts.is_patched) {
        let found = blocks(policy).into_iter().map(|(location, range)| {
            includes_lan(if facts.is_rendered { policy.location.clone() } else { location }, range)
        });
        findings.extend(found);
    }
    findings
}

/// The ranges of all addresses in the egress rules of a policy, unless another rule allows everything anyway.
fn blocks(policy: &Resource) -> Vec<(Location, &str)> {
    let location = policy.location.key("spec").key("egress");
    let rules: Vec<_> = maps_at(&policy.value, &["spec", "egress"]).collect();
    if rules.iter().any(|rule| items_at(rule, &["to"]).is_empty()) {
        return Vec::new();
    }
    let rules = rules.into_iter().enumerate().filter(|(_, rule)| !is_shared(rule));
    let peers = rules.flat_map(|(rule, value)| {
        let location = location.index(rule).key("to");
        maps_at(value, &["to"]).enumerate().map(move |(index, peer)| (location.index(index), peer))
    });
    let ranges = peers.filter_map(|(location, peer)| {
        let block = at(peer, &["ipBlock"]).and_then(Value::map)?;
        let range = text_at(block, &["cidr"]).filter(|range| ALL.contains(range))?;
        items_at(block, &["except"]).is_empty().then(|| (location.key("ipBlock").key("cidr"), range))
    });
    ranges.collect()
}

/// Whether a rule is only about ports that servers in the LAN have, too.
fn is_shared(rule: &Map) -> bool {
    let mut ports = maps_at(rule, &["ports"]).map(|item| item.get("port").and_then(port)).peekable();
    ports.peek().is_some() && ports.all(|port| port.is_some_and(|port| SHARED.contains(&port)))
}

fn includes_lan(location: Location, range: &str) -> Finding {
    let message = format!("the range `{}` includes your LAN and the nodes", shorten(range));
    let finding = POLICY_INCLUDES_LAN.at(location, message);
    let finding =
        finding.note("whoever takes over one of the pods can connect to routers, storage and nodes");
    finding.help("add the private ranges as `except`: `[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]`")
}
