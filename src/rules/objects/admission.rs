//! Pods that the Pod Security level of their namespace does not admit, and levels that do not exist.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Provenance, Survey, has_placeholder};
use crate::diagnostics::rules::{INVALID_POD_SECURITY_LABEL, UNADMITTED_PODS};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::pod_security::violations;
use crate::kubernetes::pods::workload;
use crate::kubernetes::resource::text;
use crate::value::{Map, Value};

/// What the labels of Pod Security begin with.
const PREFIX: &str = "pod-security.kubernetes.io/";

/// The labels with levels (Kubernetes 1.36).
const MODES: [&str; 3] = ["enforce", "audit", "warn"];

const LEVELS: [&str; 3] = ["privileged", "baseline", "restricted"];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut levels = BTreeMap::new();
    for (namespace, facts) in deployed.of_kind("", "Namespace").filter(|(_, facts)| !facts.is_patched) {
        findings.extend(labels(namespace, facts));
        let enforced = namespace.at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]);
        levels.extend(enforced.and_then(text).map(|level| (namespace.name.as_str(), level)));
    }
    for (resource, facts) in deployed.resources().filter(|(_, facts)| !facts.is_patched) {
        let level = resource.namespace.as_deref().and_then(|namespace| levels.get(namespace));
        findings.extend(level.and_then(|level| refused(resource, facts, level)));
    }
    findings
}

/// The labels of a namespace that have no effect.
fn labels(namespace: &Resource, facts: Provenance) -> Vec<Finding> {
    let map = namespace.at(&["metadata", "labels"]).and_then(Value::map);
    let own = map
        .into_iter()
        .flat_map(Map::iter)
        .filter_map(|(key, value)| Some((key.as_str(), key.as_str().strip_prefix(PREFIX)?, text(value)?)));
    let fault = |(key, mode, level): (&str, &str, &str)| {
        let location = namespace.location.key("metadata").key("labels").key(key.to_owned());
        let location = if facts.is_rendered { namespace.location.clone() } else { location };
        label(mode, level, location)
    };
    own.filter_map(fault).collect()
}

fn label(mode: &str, level: &str, location: Location) -> Option<Finding> {
    let known = mode.strip_suffix("-version").unwrap_or(mode);
    let (message, help) = if !MODES.contains(&known) {
        (format!("Pod Security has no label `{PREFIX}{}`", shorten(mode)), did_you_mean(known, MODES))
    } else if mode == known && !LEVELS.contains(&level) && !has_placeholder(level) {
        (format!("Pod Security has no level `{}`", shorten(level)), did_you_mean(level, LEVELS))
    } else {
        return None;
    };
    let help = help.or_else(|| Some("write `privileged`, `baseline` or `restricted`".into()));
    let finding = INVALID_POD_SECURITY_LABEL.at(location, message);
    Some(finding.note("the API server ignores the label: the namespace is not restricted").help_some(help))
}

fn refused(resource: &Resource, facts: Provenance, level: &str) -> Option<Finding> {
    let workload = workload(resource)?;
    let found = violations(&workload);
    let (needed, reasons) = match level {
        "baseline" | "restricted" if !found.baseline.is_empty() => ("privileged", found.baseline),
        "restricted" if !found.restricted.is_empty() => ("baseline", found.restricted),
        _ => return None,
    };
    let location = resource.location.key("metadata").key("name");
    let location = if facts.is_rendered { resource.location.clone() } else { location };
    let message = format!(
        "the level `{level}` of the namespace does not admit the pods of `{}`",
        shorten(&workload.title())
    );
    let finding = UNADMITTED_PODS.at(location, message);
    let finding =
        finding.note("the API server refuses each of these pods: the workload exists, and nothing runs");
    let reasons: Vec<_> = reasons.into_iter().collect();
    Some(finding.help(format!("the namespace needs the level `{needed}`: {}", shorten(&reasons.join(", ")))))
}
