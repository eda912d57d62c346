//! Network policies with rules for a direction that they do not affect, or that affect one without a rule.

use std::collections::BTreeSet;

use crate::cluster::{Deployed, Provenance, Survey};
use crate::diagnostics::rules::INEFFECTIVE_POLICY_TYPE;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, text};
use crate::value::{Map, Value};

/// The directions, with their keys in a policy.
const DIRECTIONS: [(&str, &str); 2] = [("Ingress", "ingress"), ("Egress", "egress")];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let policies = || deployed.of_kind("networking.k8s.io", "NetworkPolicy");
    let closed: BTreeSet<_> = policies()
        .filter(|(policy, _)| closes_ingress(policy))
        .map(|(policy, _)| namespace(policy))
        .collect();
    let served: BTreeSet<_> =
        deployed.of_kind("", "Service").map(|(service, _)| namespace(service)).collect();
    let mut findings = Vec::new();
    for (policy, facts) in policies().filter(|(_, facts)| !facts.is_patched) {
        findings.extend(without_effect(policy, facts));
        findings.extend(allows_all(policy, facts));
        let name = namespace(policy);
        if deployed.knows(name) && served.contains(name) && !closed.contains(name) {
            findings.extend(closes_unsaid(policy, facts));
        }
    }
    findings
}

fn namespace(resource: &Resource) -> &str {
    resource.namespace.as_deref().unwrap_or_default()
}

fn types(policy: &Resource) -> Vec<&str> {
    items_at(&policy.value, &["spec", "policyTypes"]).iter().filter_map(text).collect()
}

fn spec(policy: &Resource) -> Option<&Map> {
    policy.at(&["spec"]).and_then(Value::map)
}

/// Whether a policy is meant to affect incoming connections.
fn closes_ingress(policy: &Resource) -> bool {
    types(policy).contains(&"Ingress") || spec(policy).is_some_and(|spec| spec.get("ingress").is_some())
}

/// Rules for a direction that `policyTypes` does not list.
fn without_effect(policy: &Resource, facts: Provenance) -> Vec<Finding> {
    let types = types(policy);
    let is_ignored = |(name, key): &(&str, &str)| {
        !types.is_empty() && !types.contains(name) && !items_at(&policy.value, &["spec", key]).is_empty()
    };
    let finding = |(name, key): (&str, &str)| {
        let message = format!("the rules of `{key}` have no effect: `policyTypes` does not list `{name}`");
        let finding = INEFFECTIVE_POLICY_TYPE.at(place(policy, facts, key), message);
        finding
            .note("the policy restricts nothing in this direction: all connections stay allowed")
            .help(format!("add `{name}` to `policyTypes`"))
    };
    DIRECTIONS.into_iter().filter(is_ignored).map(finding).collect()
}

/// An empty list of egress rules without `policyTypes` (Kubernetes 1.36, `SetDefaults_NetworkPolicy`).
fn allows_all(policy: &Resource, facts: Provenance) -> Option<Finding> {
    let egress = spec(policy)?.get("egress").map(Value::get);
    let is_empty = matches!(egress, Some(Value::List(items)) if items.is_empty());
    if !is_empty || !types(policy).is_empty() {
        return None;
    }
    let message = "an empty `egress` restricts nothing without `policyTypes`";
    let finding = INEFFECTIVE_POLICY_TYPE.at(place(policy, facts, "egress"), message);
    let finding =
        finding.note("the API server adds `Egress` only if there are rules: all connections stay allowed");
    Some(finding.help("add `policyTypes: [Ingress, Egress]`"))
}

/// Only egress rules without `policyTypes`: the API server adds `Ingress` in any case.
fn closes_unsaid(policy: &Resource, facts: Provenance) -> Option<Finding> {
    if items_at(&policy.value, &["spec", "egress"]).is_empty() || !types(policy).is_empty() {
        return None;
    }
    let message = "this policy also denies all incoming connections";
    let finding = INEFFECTIVE_POLICY_TYPE.at(place(policy, facts, "egress"), message);
    let finding = finding
        .note("without `policyTypes`, a policy affects incoming connections even if it has no rule for them");
    Some(finding.help("add `policyTypes: [Egress]`"))
}

fn place(policy: &Resource, facts: Provenance, key: &str) -> Location {
    facts.at(policy, policy.location.key("spec").key(key.to_owned()).itself())
}
