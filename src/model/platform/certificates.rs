//! Where certificates come from, with the defaults.

use super::root;
use super::routing::Routing;
use crate::diagnostics::{Sink, rules};
use crate::model::Support;
use crate::platform::{CertificateMode, Certificates as WrittenCertificates, Issuer, Solver};
use crate::value::Text;

/// Where certificates come from.
#[derive(Debug, Default)]
pub enum Certificates {
    /// wharf renders none.
    #[default]
    None,
    /// One for the domain.
    Wildcard(Issuer),
    /// One for each route.
    Each(Issuer),
    /// One for each route, by an annotation of its Ingress.
    Annotation(Issuer),
    /// From Traefik's resolver of this name.
    Resolver(Text),
}

impl Certificates {
    /// Whether pods in the namespaces of routes solve challenges for their hosts over HTTP.
    pub fn solves_beside_apps(&self) -> bool {
        matches!(self, Self::Each(issuer) | Self::Annotation(issuer) if issuer.solver == Some(Solver::Http01))
    }
}

pub(super) fn certificates(
    written: &WrittenCertificates,
    routing: &Routing,
    support: &Support,
    findings: &mut Sink,
) -> Certificates {
    let location = root().key("certificates");
    let mode = written.mode.unwrap_or_default();
    (support.certificates)(mode, routing, findings);
    let mut missing = |key: &str| {
        let mode = format!("this mode needs `certificates.{key}`");
        findings.push(
            rules::MISSING_PLATFORM_VALUE
                .at(location.key("mode"), mode)
                .help(format!("add `{key}` to `certificates`")),
        );
        Certificates::None
    };
    match (mode, &written.issuer, &written.resolver) {
        (CertificateMode::None, ..) => Certificates::None,
        (CertificateMode::Wildcard, Some(issuer), _) => {
            check_solver(issuer, findings);
            Certificates::Wildcard(issuer.clone())
        }
        (CertificateMode::Certificate, Some(issuer), _) => Certificates::Each(issuer.clone()),
        (CertificateMode::Annotation, Some(issuer), _) => Certificates::Annotation(issuer.clone()),
        (CertificateMode::Resolver, _, Some(resolver)) => Certificates::Resolver(resolver.into()),
        (CertificateMode::Wildcard | CertificateMode::Certificate | CertificateMode::Annotation, None, _) => {
            missing("issuer")
        }
        (CertificateMode::Resolver, _, None) => missing("resolver"),
    }
}

/// A CA issues a wildcard certificate only after a DNS-01 challenge (Let's Encrypt, RFC 8555).
fn check_solver(issuer: &Issuer, findings: &mut Sink) {
    if issuer.solver == Some(Solver::Http01) {
        let location = root().key("certificates").key("issuer").key("solver");
        let finding = rules::INEFFECTIVE_CERTIFICATE_MODE
            .at(location, "a wildcard certificate cannot be issued over HTTP");
        let finding =
            finding.note("the order would fail again and again, until the CA's rate limit is reached");
        findings.push(finding.help("use an issuer with a DNS-01 solver, or `mode: certificate`"));
    }
}
