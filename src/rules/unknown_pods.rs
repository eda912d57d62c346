//! Labels that select no pod of an entry, according to the lock.

use std::collections::BTreeMap;

use super::deployed::Deployed;
use crate::diagnostics::rules::UNKNOWN_PODS;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink};
use crate::model::{Application, Backend, Entry, PodLabels};
use crate::value::{SortedMap, Text};

pub(super) fn check<'m>(entry: &'m Entry, deployed: &Deployed<'m>, findings: &mut Sink) {
    let line = |key, index| entry.location.key("networkPolicies").key(key).index(index);
    for (index, edge) in entry.egress.iter().enumerate() {
        if let Some(labels) = &edge.from_pod_labels {
            let location = || line("egress", index).key("fromPodLabels");
            findings.extend(check_labels(location, labels, entry, deployed));
        }
        if let Some((labels, other)) = edge.to_pod_labels.as_ref().zip(deployed.callee(edge)) {
            let location = || line("egress", index).key("toPodLabels");
            findings.extend(check_labels(location, labels, other, deployed));
        }
    }
    for (index, edge) in entry.ingress.iter().enumerate() {
        if let Some(labels) = &edge.to_pod_labels {
            let location = || line("ingress", index).key("toPodLabels");
            findings.extend(check_labels(location, labels, entry, deployed));
        }
    }
    for route in &entry.routes {
        findings.extend(check_backend(|| route.location.clone(), &route.backend, entry, deployed));
        for (index, backend) in route.others.iter().enumerate() {
            let location = || route.location.key("backends").index(index);
            findings.extend(check_backend(location, backend, entry, deployed));
        }
    }
}

fn check_backend<'m>(
    location: impl Fn() -> Location,
    backend: &Backend,
    entry: &'m Entry,
    deployed: &Deployed<'m>,
) -> Option<Finding> {
    let labels = backend.pods.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    check_labels(|| location().key("podLabels"), &labels.collect(), entry, deployed)
}

fn check_labels<'m>(
    location: impl Fn() -> Location,
    labels: &BTreeMap<String, String>,
    entry: &'m Entry,
    deployed: &Deployed<'m>,
) -> Option<Finding> {
    // pods that an operator makes are in no lock
    if labels.is_empty() || !deployed.is_complete(entry) {
        return None;
    }
    let pods = pods(entry, deployed);
    let selector = PodLabels::from(labels);
    let selects = |known: &&SortedMap<Text, Text>| selector.selects(known);
    (!pods.iter().any(selects)).then(|| unknown(location(), labels, entry, &pods))
}

/// The labels of the pods of each workload of a namespace.
fn pods<'m>(entry: &'m Entry, deployed: &Deployed<'m>) -> Vec<&'m SortedMap<Text, Text>> {
    let known = deployed.to(&entry.namespace).filter_map(Application::interface);
    known.flat_map(|interface| interface.pods.values()).map(|pods| &pods.labels).collect()
}

fn unknown(
    location: Location,
    labels: &BTreeMap<String, String>,
    entry: &Entry,
    pods: &[&SortedMap<Text, Text>],
) -> Finding {
    let finding = UNKNOWN_PODS.at(
        location.itself(),
        format!("no pod of the applications of `{}` has these labels", entry.namespace),
    );
    finding
        .note("the policy would select nothing, and the connection would time out")
        .help(nearest(labels, pods))
}

/// The value or key that was probably meant, or else the labels of a workload.
fn nearest(labels: &BTreeMap<String, String>, pods: &[&SortedMap<Text, Text>]) -> String {
    for (key, value) in labels {
        let values: Vec<_> = pods.iter().filter_map(|known| known.get(key.as_str())).collect();
        let help = if values.is_empty() {
            let keys: Vec<_> = pods.iter().flat_map(|known| known.keys()).map(Text::as_str).collect();
            did_you_mean(key, keys)
        } else if values.iter().all(|known| known.as_str() != value) {
            did_you_mean(value, values.iter().map(|known| known.as_str()))
        } else {
            None
        };
        if let Some(help) = help {
            return help;
        }
    }
    match pods.first() {
        None => "remove the line: the applications have no pods".into(),
        Some(known) => {
            let pairs: Vec<_> = known.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            format!("there are pods with `{}`", shorten(&pairs.join(", ")))
        }
    }
}
