//! How the ingress controller speaks to Services that serve HTTPS.

use super::backend::ineffective;
use crate::catalog::{BackendTls as WrittenTls, CertificateAuthority, Route as Written, Scheme};
use crate::diagnostics::{Location, Sink, rules};
use crate::value::Text;

/// How the certificate of a Service that serves HTTPS is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendTls {
    /// The host that it is issued for.
    pub server_name: Option<Text>,
    /// The authority that issued it; those that the controller trusts if there is none.
    pub ca: Option<Ca>,
    /// Whether it is verified.
    pub verify: bool,
}

/// Where the certificate of an authority is, in the namespace of the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ca {
    /// In this Secret.
    Secret(Text),
    /// In this ConfigMap.
    ConfigMap(Text),
}

/// How the certificates of a route's Services are verified; nothing if they serve plain HTTP.
pub(super) fn lower(written: &Written, location: &Location, findings: &mut Sink) -> Option<BackendTls> {
    let at = location.key("backendTls");
    if written.scheme.unwrap_or_default() == Scheme::Http {
        if written.backend_tls.is_some() {
            let message = "`backendTls` has no effect without `scheme: https`";
            findings.push(ineffective(at.itself(), message, "add `scheme: https`, or remove the lines"));
        }
        return None;
    }
    let Some(tls) = &written.backend_tls else {
        let finding = rules::UNVERIFIED_BACKEND
            .at(location.key("scheme"), "`scheme: https` does not say which certificate is expected");
        findings.push(finding.note(NO_NAME).help(
            "add `backendTls: {serverName: …}` with the host of the certificate, or `{verify: false, reason: \
             …}`",
        ));
        return Some(BackendTls::default());
    };
    let verify = tls.verify != Some(false);
    check(tls, verify, &at, findings);
    let ca = tls.ca.as_ref().and_then(|ca| authority(ca, &at.key("ca"), findings));
    Some(BackendTls { server_name: tls.server_name.as_ref().map(Text::from), ca, verify })
}

const NO_NAME: &str = "the ingress controller connects to the address of a pod or machine, for which no \
                       certificate is issued: every request would fail";

fn check(tls: &WrittenTls, verify: bool, at: &Location, findings: &mut Sink) {
    if !verify && tls.reason.is_none() {
        let finding = rules::UNVERIFIED_BACKEND.at(at.key("verify"), "`verify: false` needs a reason");
        let note = "whoever can answer in place of the backend reads all requests, and a later reader has \
                    to know that this is accepted";
        findings.push(finding.note(note).help("add `reason: …` next to it"));
    }
    if !verify && tls.ca.is_some() {
        let message = "`ca` has no effect with `verify: false`";
        findings.push(ineffective(at.key("ca").itself(), message, "remove one of both"));
    }
    if verify && tls.server_name.is_none() {
        let finding = rules::UNVERIFIED_BACKEND.at(at.clone().itself(), "`backendTls` has no `serverName`");
        findings.push(finding.note(NO_NAME).help(
            "add `serverName: …`, the host of the certificate, or write `verify: false` and a `reason`",
        ));
    }
}

fn authority(ca: &CertificateAuthority, at: &Location, findings: &mut Sink) -> Option<Ca> {
    match (&ca.secret, &ca.config_map) {
        (Some(name), None) => Some(Ca::Secret(name.into())),
        (None, Some(name)) => Some(Ca::ConfigMap(name.into())),
        _ => {
            let finding = rules::INVALID_VALUE
                .at(at.clone().itself(), "the certificate of an authority is in a `secret` or a `configMap`");
            findings.push(finding.help("write exactly one of both"));
            None
        }
    }
}
