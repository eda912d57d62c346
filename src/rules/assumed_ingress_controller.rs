//! Routes, and nobody said where the ingress controller is.

use crate::finding::Finding;
use crate::plan::Plan;
use crate::rules::ASSUMED_INGRESS_CONTROLLER;

/// Policies let requests in from one namespace only; a wrong guess cuts every routed app off.
pub(crate) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let network = &plan.platform.network;
    let namespace = &network.ingress_controller.namespace;
    if !network.ingress_controller_assumed || plan.entry(namespace).is_some() {
        return;
    }
    if let Some(route) = plan.entries.iter().flat_map(|entry| &entry.routes).next() {
        let message = format!("nobody said where the ingress controller is: policies assume the namespace `{namespace}`");
        let finding = ASSUMED_INGRESS_CONTROLLER.at(route.place.key("host"), message).saying("the first host that it has to lead to");
        let finding = finding.note("if it runs elsewhere, the policies keep its requests from every app, which answers with a timeout");
        findings.push(finding.help("say `network.ingressController` with `namespace` and `podLabels` in platform.yml"));
    }
}
