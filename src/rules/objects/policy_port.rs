//! Policies with the port of a Service, where the pods listen on a different one.

use std::collections::{BTreeMap, BTreeSet};

use super::port::Pods;
use crate::cluster::{Deployed, Survey};
use crate::diagnostics::rules::SERVICE_PORT;
use crate::diagnostics::suggestion::{either, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{at, maps_at, port, text_at};
use crate::value::{Map, Value};

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut policies = deployed.of_kind("networking.k8s.io", "NetworkPolicy").peekable();
    if policies.peek().is_none() {
        return Vec::new();
    }
    let (pods, services) = (Pods::new(deployed), services(deployed));
    let mut findings = Vec::new();
    for (policy, facts) in policies.filter(|(_, facts)| !facts.is_patched) {
        let namespace = policy.namespace.as_deref().unwrap_or_default();
        let (Some(services), numbered) = (services.get(namespace), numbered(policy)) else { continue };
        if numbered.is_empty() {
            continue;
        }
        let Some(selected) = pods.selected(deployed, policy) else { continue };
        let listened: BTreeSet<u16> =
            selected.iter().flat_map(Workload::ports).map(|port| port.number).collect();
        let mappings: Vec<_> = services.iter().flat_map(|service| mappings(service, &selected)).collect();
        for (number, location) in numbered.into_iter().filter(|(number, _)| !listened.contains(number)) {
            let found = mistaken(number, &mappings, &listened);
            findings.extend(
                found.map(|(service, targets)| {
                    of_service(number, service, &targets, facts.at(policy, location))
                }),
            );
        }
    }
    findings
}

/// The Services by their namespaces, unless a patch changes one.
fn services(deployed: &Deployed) -> BTreeMap<&str, Vec<&Resource>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for (service, _) in deployed.of_kind("", "Service").filter(|(_, facts)| !facts.is_patched) {
        found.entry(service.namespace.as_deref().unwrap_or_default()).or_default().push(service);
    }
    found
}

/// The numbers of ports in the ingress rules of a policy.
fn numbered(policy: &Resource) -> Vec<(u16, Location)> {
    let location = policy.location.key("spec").key("ingress");
    let rules = maps_at(&policy.value, &["spec", "ingress"]).enumerate();
    let ports = rules.flat_map(|(rule, value)| {
        let location = location.index(rule).key("ports");
        maps_at(value, &["ports"]).enumerate().filter(|(_, item)| item.get("endPort").is_none()).filter_map(
            move |(index, item)| Some((item.get("port").and_then(port)?, location.index(index).key("port"))),
        )
    });
    ports.collect()
}

/// A port of a Service, and the port of pods behind it.
struct Mapping<'s> {
    service: &'s Resource,
    port: u16,
    target: u16,
}

/// The ports of a Service of these pods.
fn mappings<'s>(service: &'s Resource, selected: &[Workload<'_>]) -> Vec<Mapping<'s>> {
    let selector = at(&service.value, &["spec", "selector"]).and_then(Value::map);
    let own: Vec<_> =
        selected.iter().filter(|pods| selector.is_some_and(|selector| pods.matches(selector))).collect();
    let mut found = Vec::new();
    for item in maps_at(&service.value, &["spec", "ports"]).filter(|_| !own.is_empty()) {
        let Some(port) = item.get("port").and_then(port) else { continue };
        let targets = target(item, port, &own);
        found.extend(targets.into_iter().map(|target| Mapping { service, port, target }));
    }
    found
}

/// The ports of pods that a port of a Service leads to.
fn target(item: &Map, own: u16, selected: &[&Workload<'_>]) -> Vec<u16> {
    let Some(target) = item.get("targetPort") else { return vec![own] };
    if let Some(number) = port(target) {
        return vec![number];
    }
    let name = text_at(item, &["targetPort"]);
    let ports = selected.iter().flat_map(|pods| pods.ports());
    ports.filter(|port| port.name.as_deref() == name).map(|port| port.number).collect()
}

/// The Service whose port was written, and the ports of its pods, if no pod listens on the number.
fn mistaken<'s>(
    number: u16,
    mappings: &[Mapping<'s>],
    listened: &BTreeSet<u16>,
) -> Option<(&'s Resource, BTreeSet<u16>)> {
    if mappings.iter().any(|mapping| mapping.target == number) {
        return None;
    }
    let of_number = || mappings.iter().filter(|mapping| mapping.port == number);
    let service = of_number().next()?.service;
    let targets: BTreeSet<_> = of_number().map(|mapping| mapping.target).collect();
    targets.iter().all(|target| listened.contains(target)).then_some((service, targets))
}

fn of_service(number: u16, service: &Resource, targets: &BTreeSet<u16>, location: Location) -> Finding {
    let message =
        format!("{number} is the port of the Service `{}`, and not of its pods", shorten(&service.name));
    let targets: Vec<_> = targets.iter().map(ToString::to_string).collect();
    let finding = SERVICE_PORT.at(location, message);
    finding
        .note("policies match the ports of pods: the connection to the Service would time out")
        .help(format!("write {}", either(targets.iter().map(String::as_str))))
}
