//! Routes, and nobody said where the ingress controller is.

use crate::diagnostics::Finding;
use crate::diagnostics::rules::ASSUMED_INGRESS_CONTROLLER;
use crate::model::Model;

/// Policies let requests in from one namespace only; a wrong guess cuts every routed app off.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let network = &model.platform.network;
    let namespace = &network.ingress_controller.namespace;
    if !network.ingress_controller_assumed || model.entry(namespace).is_some() {
        return;
    }
    if let Some(route) = model.entries.iter().flat_map(|entry| &entry.routes).next() {
        let message = format!(
            "nobody said where the ingress controller is: policies assume the namespace `{namespace}`"
        );
        let finding = ASSUMED_INGRESS_CONTROLLER
            .at(route.location.key("host"), message)
            .with_label("the first host that it has to lead to");
        let finding = finding.note("if it runs elsewhere, the policies keep its requests from every app, which answers with a timeout");
        findings.push(
            finding.help("say `network.ingressController` with `namespace` and `podLabels` in platform.yml"),
        );
    }
}
