//! Routes, while the location of the ingress controller is not set.

use crate::diagnostics::Sink;
use crate::diagnostics::rules::ASSUMED_INGRESS_CONTROLLER;
use crate::model::Model;

/// Policies allow requests from one namespace only: if the default is wrong, no app with a route can be
/// reached.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let network = &model.platform.network;
    let namespace = &network.ingress_controller.namespace;
    if !network.ingress_controller_assumed || model.entry(namespace).is_some() {
        return;
    }
    if let Some(route) = model.entries.iter().flat_map(|entry| &entry.routes).next() {
        let message = format!(
            "the location of the ingress controller is not set: policies assume the namespace `{namespace}`"
        );
        let finding = ASSUMED_INGRESS_CONTROLLER
            .at(route.location.key("host"), message)
            .with_label("the first host that it serves");
        let finding = finding.note(
            "if it runs elsewhere, the policies block its requests to every app, and clients get a timeout",
        );
        findings.push(
            finding.help("set `network.ingressController` with `namespace` and `podLabels` in platform.yml"),
        );
    }
}
