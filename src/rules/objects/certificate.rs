//! Certificates that overwrite each other, and annotations for cert-manager that it does not read.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Provenance, Survey};
use crate::diagnostics::rules::{DUPLICATE_SECRET, INEFFECTIVE_CERTIFICATE_MODE};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::resource::{items_at, maps_at, text_at};
use crate::kubernetes::{ISSUER_ANNOTATIONS, Resource};
use crate::value::Map;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        findings.extend(shared_secrets(deployed));
        let known = deployed.resources().filter(|(_, facts)| !facts.is_patched);
        findings.extend(known.filter_map(|(resource, facts)| annotation(resource, facts)));
    }
    findings
}

/// Certificates that are stored in the same Secret.
fn shared_secrets(deployed: &Deployed) -> Vec<Finding> {
    let mut seen = BTreeMap::new();
    let mut findings = Vec::new();
    for (certificate, facts) in deployed.of_kind("cert-manager.io", "Certificate") {
        let Some(secret) = text_at(&certificate.value, &["spec", "secretName"]) else { continue };
        let key = (certificate.namespace.as_deref(), secret);
        let first = *seen.entry(key).or_insert((certificate, facts));
        if first.0.name != certificate.name && !facts.is_patched && !first.1.is_patched {
            findings.push(shared_secret(
                secret,
                secret_name(first.0, first.1),
                secret_name(certificate, facts),
            ));
        }
    }
    findings
}

fn secret_name(certificate: &Resource, facts: Provenance) -> Location {
    if facts.is_rendered {
        return certificate.location.clone();
    }
    certificate.location.key("spec").key("secretName")
}

fn shared_secret(secret: &str, first: Location, second: Location) -> Finding {
    let message = format!("two Certificates are stored in the Secret `{}`", shorten(secret));
    let finding = DUPLICATE_SECRET.at(second, message).with_secondary_label(first, "the first is here");
    finding
        .note("cert-manager overwrites one with the other, until the rate limit of the CA is reached")
        .help("give each Certificate a Secret of its own, or put all names into one Certificate")
}

/// An annotation that cert-manager does not read (cert-manager 1.21, `ingress-shim` and `gateway-shim`).
fn annotation(resource: &Resource, facts: Provenance) -> Option<Finding> {
    let key = ISSUER_ANNOTATIONS.into_iter().find(|key| resource.annotation(key).is_some())?;
    let kind = resource.kind.kind.as_str();
    let location = resource.location.key("metadata").key("annotations").key(key);
    let location = if facts.is_rendered { resource.location.clone() } else { location };
    match (resource.kind.group.as_str(), kind) {
        ("traefik.io" | "traefik.containo.us", _) | ("gateway.networking.k8s.io", "HTTPRoute") => {
            let message = format!("cert-manager does not read the annotations of an {kind}");
            let finding = INEFFECTIVE_CERTIFICATE_MODE.at(location, message);
            let finding = finding.note("no certificate is issued: browsers see the default certificate");
            Some(finding.help("create a Certificate, and name its Secret where TLS ends"))
        }
        ("networking.k8s.io", "Ingress") if !has_certificate(&resource.value) => {
            let message = "no item of `tls` has both `hosts` and `secretName`";
            let finding = INEFFECTIVE_CERTIFICATE_MODE.at(location, message);
            let finding = finding.note("cert-manager skips the Ingress: no certificate is issued");
            Some(finding.help("add `tls` with the hosts and the name of the Secret"))
        }
        _ => None,
    }
}

fn has_certificate(ingress: &Map) -> bool {
    let is_complete =
        |item: &Map| !items_at(item, &["hosts"]).is_empty() && text_at(item, &["secretName"]).is_some();
    maps_at(ingress, &["spec", "tls"]).any(is_complete)
}
