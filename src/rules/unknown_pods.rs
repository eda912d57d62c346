//! Labels that select no pod of an entry, according to the lock.

use std::collections::BTreeMap;

use super::deployed::Deployed;
use super::unknown_service::is_known;
use crate::derive::known;
use crate::diagnostics::rules::UNKNOWN_PODS;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink};
use crate::model::{Backend, Entry, Model, PodLabels};
use crate::names::Namespace;
use crate::value::{SortedMap, Text};

pub(super) fn check(model: &Model, deployed: &Deployed<'_>, findings: &mut Sink) {
    if model.lock.entries.is_empty() {
        return;
    }
    for entry in &model.entries {
        let location = entry.location.key("networkPolicies");
        for (index, edge) in entry.egress.iter().enumerate() {
            let location = location.key("egress").index(index);
            check_labels(
                &location.key("fromPodLabels"),
                edge.from_pod_labels.as_deref(),
                entry,
                deployed,
                findings,
            );
            let other = edge.namespace.as_ref().and_then(|name| model.entry(&Namespace::new(name)));
            if let Some(other) = other {
                check_labels(
                    &location.key("toPodLabels"),
                    edge.to_pod_labels.as_deref(),
                    other,
                    deployed,
                    findings,
                );
            }
        }
        for (index, edge) in entry.ingress.iter().enumerate() {
            let location = location.key("ingress").index(index).key("toPodLabels");
            check_labels(&location, edge.to_pod_labels.as_deref(), entry, deployed, findings);
        }
        for route in &entry.routes {
            check_backend(&route.location, &route.backend, entry, deployed, findings);
            for (index, backend) in route.others.iter().enumerate() {
                let location = route.location.key("backends").index(index);
                check_backend(&location, backend, entry, deployed, findings);
            }
        }
    }
}

fn check_backend<'m>(
    location: &Location,
    backend: &Backend,
    entry: &'m Entry,
    deployed: &Deployed<'m>,
    findings: &mut Sink,
) {
    let labels = backend.pods.iter().map(|(key, value)| (key.to_string(), value.to_string()));
    check_labels(&location.key("podLabels"), Some(&labels.collect()), entry, deployed, findings);
}

fn check_labels<'m>(
    location: &Location,
    written: Option<&BTreeMap<String, String>>,
    entry: &'m Entry,
    deployed: &Deployed<'m>,
    findings: &mut Sink,
) {
    let Some(labels) = written.filter(|labels| !labels.is_empty()) else { return };
    // pods that an operator makes are in no lock
    if !is_known(entry, deployed) {
        return;
    }
    let pods = pods(entry, deployed);
    if !pods.iter().any(|known| PodLabels::from(labels).selects(known)) {
        findings.push(unknown(location, labels, entry, &pods));
    }
}

/// The labels of the pods of each workload of a namespace.
fn pods<'m>(entry: &'m Entry, deployed: &Deployed<'m>) -> Vec<&'m SortedMap<Text, Text>> {
    let known = deployed.to(entry).iter().flat_map(|application| known(application, deployed.model));
    known.flat_map(|known| known.interface.pods.values()).map(|pods| &pods.labels).collect()
}

fn unknown(
    location: &Location,
    labels: &BTreeMap<String, String>,
    entry: &Entry,
    pods: &[&SortedMap<Text, Text>],
) -> Finding {
    let finding = UNKNOWN_PODS.at(
        location.clone().itself(),
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
