//! Named ports that no container of the selected pods has.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Provenance, Survey, has_placeholder};
use crate::diagnostics::rules::UNKNOWN_PORT_NAME;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::pods::{Workload, workload};
use crate::kubernetes::resource::{at, maps_at, text, text_at};
use crate::kubernetes::selector::selects;
use crate::value::Value;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pods = Pods::new(deployed);
    let known = deployed.resources().filter(|(_, facts)| !facts.is_patched);
    for (resource, facts) in known {
        let ports = match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
            ("", "Service") => of_service(resource),
            ("networking.k8s.io", "NetworkPolicy") => of_policy(resource),
            _ => continue,
        };
        if ports.is_empty() {
            continue;
        }
        let Some(names) = pods.port_names(deployed, resource) else { continue };
        for (name, location) in ports {
            if !names.iter().any(|known| known == name) && !has_placeholder(name) {
                let location = if facts.is_rendered { resource.location.clone() } else { location };
                findings.push(unknown(resource, name, location, &names));
            }
        }
    }
    findings
}

fn of_service(service: &Resource) -> Vec<(&str, Location)> {
    let location = service.location.key("spec").key("ports");
    let ports = maps_at(&service.value, &["spec", "ports"]).enumerate();
    let named = ports.filter_map(|(index, port)| {
        let name = text_at(port, &["targetPort"]).filter(|name| name.parse::<u16>().is_err())?;
        Some((name, location.index(index).key("targetPort")))
    });
    named.collect()
}

/// The named ports of the ingress rules of a policy, which are those of the pods that it selects.
fn of_policy(policy: &Resource) -> Vec<(&str, Location)> {
    let location = policy.location.key("spec").key("ingress");
    let rules = maps_at(&policy.value, &["spec", "ingress"]).enumerate();
    let ports = rules.flat_map(|(rule, value)| {
        let location = location.index(rule).key("ports");
        maps_at(value, &["ports"])
            .enumerate()
            .map(move |(index, port)| (port, location.index(index).key("port")))
    });
    let named = ports.filter_map(|(port, location)| {
        let name = text_at(port, &["port"]).filter(|name| name.parse::<u16>().is_err())?;
        Some((name, location))
    });
    named.collect()
}

/// Workloads with the facts about them.
type Workloads<'c> = Vec<(Workload<'c>, Provenance)>;

/// A namespace, and a label with its value.
type Labelled<'c> = (&'c str, &'c str, &'c str);

/// The workloads by their namespaces, and by their namespaces and labels.
pub(super) struct Pods<'c> {
    all: BTreeMap<&'c str, Workloads<'c>>,
    labelled: BTreeMap<Labelled<'c>, Workloads<'c>>,
}

impl<'c> Pods<'c> {
    pub(super) fn new(deployed: &'c Deployed) -> Self {
        let mut pods = Self { all: BTreeMap::new(), labelled: BTreeMap::new() };
        for (resource, facts) in deployed.resources() {
            let (Some(pod), Some(namespace)) = (workload(resource), resource.namespace.as_deref()) else {
                continue;
            };
            pods.all.entry(namespace).or_default().push((pod, facts));
            for (key, value) in pod.labels() {
                pods.labelled.entry((namespace, key, value)).or_default().push((pod, facts));
            }
        }
        pods
    }

    /// The names of the ports of all pods that a Service or a policy selects; nothing if they are not all
    /// known.
    fn port_names(&self, deployed: &Deployed, resource: &Resource) -> Option<Vec<String>> {
        let selected = self.selected(deployed, resource)?;
        Some(selected.iter().flat_map(Workload::ports).filter_map(|port| port.name).collect())
    }

    /// All pods that a Service or a policy selects; nothing if they are not all known.
    pub(super) fn selected(&self, deployed: &Deployed, resource: &Resource) -> Option<Vec<Workload<'c>>> {
        let namespace = resource.namespace.as_deref().filter(|namespace| deployed.knows(namespace))?;
        let candidates = match first_label(resource) {
            Some((key, value)) => self.labelled.get(&(namespace, key, value))?,
            None => self.all.get(namespace)?,
        };
        let selected: Vec<_> = candidates.iter().filter(|(pods, _)| is_selected(resource, pods)).collect();
        if selected.is_empty() || selected.iter().any(|(_, facts)| facts.is_patched) {
            return None;
        }
        Some(selected.into_iter().map(|(pods, _)| *pods).collect())
    }
}

/// A label that all selected pods have.
fn first_label(resource: &Resource) -> Option<(&str, &str)> {
    let is_service = resource.kind.is("", "Service");
    let path: &[&str] =
        if is_service { &["spec", "selector"] } else { &["spec", "podSelector", "matchLabels"] };
    let labels = at(&resource.value, path)?.map()?;
    labels.iter().find_map(|(key, value)| Some((key.as_str(), text(value)?)))
}

fn is_selected(resource: &Resource, pods: &Workload<'_>) -> bool {
    let selector = |path: &[&str]| at(&resource.value, path).and_then(Value::map);
    if resource.kind.is("", "Service") {
        return selector(&["spec", "selector"]).is_some_and(|selector| pods.matches(selector));
    }
    selector(&["spec", "podSelector"]).is_some_and(|selector| selects(selector, |label| pods.label(label)))
}

fn unknown(resource: &Resource, name: &str, location: Location, names: &[String]) -> Finding {
    let message = format!("no container of the selected pods has a port named `{}`", shorten(name));
    let finding = UNKNOWN_PORT_NAME.at(location, message);
    let note = if resource.kind.is("", "Service") {
        "the Service has no endpoint on this port"
    } else {
        "the policy allows nothing on this port"
    };
    finding.note(note).help_some(did_you_mean(name, names.iter().map(String::as_str)))
}
