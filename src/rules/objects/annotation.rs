//! Annotations that nothing reads where they are, or with the name that they have.

use crate::cluster::{Provenance, Survey};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::INEFFECTIVE_ANNOTATION;
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::kubernetes::Resource;
use crate::value::{Map, Value};

/// What the annotations of a Service for Traefik begin with.
const OF_SERVICE: &str = "traefik.ingress.kubernetes.io/service.";

/// What the annotations of an Ingress for Traefik begin with.
const OF_INGRESS: &str = "traefik.ingress.kubernetes.io/router.";

/// The annotations of an Ingress for Traefik (Traefik 3.7), beside those of `tls.domains`.
const ROUTER: [&str; 11] = [
    "entrypoints",
    "middlewares",
    "observability.accesslogs",
    "observability.metrics",
    "observability.tracing",
    "pathmatcher",
    "priority",
    "rulesyntax",
    "tls",
    "tls.certresolver",
    "tls.options",
];

/// The annotations for the target of a DNS record, before and since external-dns 0.22.
const TARGET: [&str; 2] = ["external-dns.alpha.kubernetes.io/target", "external-dns.kubernetes.io/target"];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        let ingresses = deployed.of_kind("networking.k8s.io", "Ingress");
        findings.extend(ingresses.flat_map(|(ingress, facts)| of_ingress(ingress, facts)));
        let routes = deployed.of_kind("gateway.networking.k8s.io", "HTTPRoute");
        findings.extend(routes.filter_map(|(route, facts)| target(route, facts)));
    }
    findings
}

fn annotations(resource: &Resource) -> impl Iterator<Item = &str> {
    let map = resource.at(&["metadata", "annotations"]).and_then(Value::map);
    map.into_iter().flat_map(Map::iter).map(|(key, _)| key.as_str())
}

fn of_ingress(ingress: &Resource, facts: Provenance) -> Vec<Finding> {
    let mut findings = Vec::new();
    for key in annotations(ingress) {
        if key.starts_with(OF_SERVICE) {
            let message = format!("Traefik reads `{}` from Services only", shorten(key));
            let finding = found(ingress, facts, key, message);
            let finding = finding.note("on an Ingress, it has no effect");
            findings.push(finding.help("move it to the Service of the backend"));
        } else if let Some(name) = key.strip_prefix(OF_INGRESS).filter(|name| !is_known(name)) {
            let finding = found(ingress, facts, key, format!("Traefik has no annotation `{}`", shorten(key)));
            let finding =
                finding.note("Traefik drops the whole Ingress: its hosts are answered with status 404");
            findings.push(finding.help_some(did_you_mean(name, ROUTER)));
        }
    }
    findings
}

/// Whether Traefik knows the rest of an annotation of an Ingress, which it reads without regard to case.
fn is_known(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ROUTER.contains(&name.as_str()) || name.starts_with("tls.domains")
}

/// A target of an HTTPRoute, which external-dns takes from the Gateway.
fn target(route: &Resource, facts: Provenance) -> Option<Finding> {
    let key = TARGET.into_iter().find(|key| route.annotation(key).is_some())?;
    let message = "external-dns reads the target of an HTTPRoute from its Gateway";
    let finding = found(route, facts, key, message.into());
    Some(finding.note("the records have the address of the Gateway").help("move it to the Gateway"))
}

fn found(resource: &Resource, facts: Provenance, key: &str, message: String) -> Finding {
    let part = resource.location.key("metadata").key("annotations").key(key.to_owned()).itself();
    INEFFECTIVE_ANNOTATION.at(facts.at(resource, part), message)
}
