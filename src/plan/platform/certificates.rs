//! Where certificates come from, with the defaults.

use super::root;
use crate::finding::Finding;
use crate::platform::{CertificateMode, Certificates as WrittenCertificates, Issuer};
use crate::rules;
use crate::value::Text;

/// Where certificates come from.
#[derive(Debug, Default)]
pub enum Certificates {
    /// Not from wharf.
    #[default]
    None,
    /// One for the domain.
    Wildcard(Issuer),
    /// One for each route.
    Each(Issuer),
    /// From Traefik's resolver of this name.
    Resolver(Text),
}

pub(super) fn certificates(written: &WrittenCertificates, findings: &mut Vec<Finding>) -> Certificates {
    let place = root().key("certificates");
    let mut missing = |key: &str| {
        let mode = format!("this mode needs `certificates.{key}`");
        findings.push(rules::MISSING_FACT.at(place.key("mode"), mode).help(format!("add `{key}` to `certificates`")));
        Certificates::None
    };
    match (written.mode.unwrap_or_default(), &written.issuer, &written.resolver) {
        (CertificateMode::None, ..) => Certificates::None,
        (CertificateMode::Wildcard, Some(issuer), _) => Certificates::Wildcard(issuer.clone()),
        (CertificateMode::Certificate, Some(issuer), _) => Certificates::Each(issuer.clone()),
        (CertificateMode::Resolver, _, Some(resolver)) => Certificates::Resolver(resolver.into()),
        (CertificateMode::Wildcard | CertificateMode::Certificate, None, _) => missing("issuer"),
        (CertificateMode::Resolver, _, None) => missing("resolver"),
    }
}
