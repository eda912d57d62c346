//! Webhooks at a Service or a port that no application deploys, by the lock.

use super::deployed::Deployed;
use crate::derive::{Known, LockedService};
use crate::diagnostics::rules::UNKNOWN_WEBHOOK;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::lock::location;
use crate::lock::webhooks::Webhook;
use crate::model::Application;
use crate::names::Namespace;

pub(super) fn check(
    application: &Application,
    known: Known<'_>,
    deployed: &Deployed<'_>,
    findings: &mut Sink,
) {
    for webhook in known.interface.webhooks.iter().filter(|webhook| webhook.targets.is_empty()) {
        findings.extend(judge(webhook, application, deployed));
    }
}

fn judge(webhook: &Webhook, application: &Application, deployed: &Deployed<'_>) -> Option<Finding> {
    let namespace = Namespace::new(application.namespace_of(webhook.service.namespace.as_deref()).to_owned());
    let entry = deployed.model.entry(&namespace)?;
    match deployed.services.get(&namespace, &webhook.service.name) {
        Some(service) if has_port(service, webhook.port) => None,
        Some(_) => Some(unknown(webhook, application, &format!("which has no port {}", webhook.port))),
        None if deployed.is_complete(entry) => {
            Some(unknown(webhook, application, &format!("which no application deploys to `{namespace}`")))
        }
        None => None,
    }
}

fn has_port(service: LockedService<'_>, port: u16) -> bool {
    service.service.ports.iter().any(|listed| listed.port == port)
}

fn unknown(webhook: &Webhook, application: &Application, why: &str) -> Finding {
    let service = shorten(&webhook.service.name);
    let finding = UNKNOWN_WEBHOOK.at(
        application.location.key("applicationCode"),
        format!("this application has a webhook at the Service `{service}`, {why}"),
    );
    finding
        .with_secondary_label(location(&application.code).key("webhooks").itself(), "found here")
        .note(
            "the API server cannot call it, and refuses the requests unless the `failurePolicy` is `Ignore`",
        )
        .help("deploy the Service, or correct the `clientConfig` of the webhook, then run `wharf lock`")
}
