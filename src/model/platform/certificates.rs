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
    /// One for the domain and further ones, with all hosts directly below each.
    Wildcard(Issuer, Vec<Text>),
    /// One for each route.
    Each(Issuer),
    /// One for each route, by an annotation of its Ingress.
    Annotation(Issuer),
    /// From Traefik's resolver of this name.
    Resolver(Text),
}

impl Certificates {
    /// The issuer of the Certificates of routes, of those that want their own or of all; none if no route has
    /// one.
    pub fn issuer_of_routes(&self, is_own: bool) -> Option<&Issuer> {
        match self {
            Self::Each(issuer) => Some(issuer),
            Self::Wildcard(issuer, _) if is_own => Some(issuer),
            _ => None,
        }
    }

    /// Whether pods in the namespaces of routes solve challenges for their hosts over HTTP.
    pub fn solves_beside_apps(&self) -> bool {
        matches!(self, Self::Each(issuer) | Self::Annotation(issuer) if issuer.solver == Some(Solver::Http01))
    }
}

pub(super) fn certificates(
    written: &WrittenCertificates,
    domain: &Text,
    routing: &Routing,
    support: &Support,
    findings: &mut Sink,
) -> Certificates {
    let location = root().key("certificates");
    let mode = written.mode.unwrap_or_default();
    (support.certificates)(mode, routing, findings);
    let domains = domains(written, domain, findings);
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
            Certificates::Wildcard(issuer.clone(), domains)
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

/// All domains that a wildcard covers, that of the platform first.
fn domains(written: &WrittenCertificates, domain: &Text, findings: &mut Sink) -> Vec<Text> {
    let location = root().key("certificates").key("domains");
    let mut domains = vec![domain.clone()];
    for (index, further) in written.domains.iter().enumerate() {
        let further = Text::from(further);
        if domains.contains(&further) {
            let finding = rules::INVALID_VALUE
                .at(location.index(index), format!("the certificate covers `{further}` already"));
            findings.push(finding.help("remove the line"));
        } else {
            domains.push(further);
        }
    }
    if domains.len() > 1 && written.mode != Some(CertificateMode::Wildcard) {
        let finding = rules::INEFFECTIVE_CERTIFICATE_MODE
            .at(location.itself(), "`domains` has an effect with `mode: wildcard` only");
        let finding = finding.note("no certificate would be issued for these domains");
        findings.push(finding.help("remove the lines, or write `mode: wildcard`"));
    }
    domains
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
