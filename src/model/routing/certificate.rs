//! Whether a route has a certificate of its own.

use crate::catalog::{Route as Written, RouteCertificate};
use crate::diagnostics::{Location, Sink, rules};
use crate::model::platform::{Certificates, Platform};

/// Whether a route wants its own certificate beside the wildcard of the platform.
pub(super) fn is_own(
    written: &Written,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) -> bool {
    if written.certificate != Some(RouteCertificate::Own) {
        return false;
    }
    let note = match &platform.certificates {
        Certificates::Wildcard(..) => return true,
        Certificates::Each(_) | Certificates::Annotation(_) => "every route has its own certificate already",
        Certificates::Resolver(_) => "Traefik's resolver gets a certificate for each host already",
        Certificates::None => "wharf makes no certificates, so that the route would have none",
    };
    let finding = rules::INEFFECTIVE_CERTIFICATE_MODE
        .at(location.key("certificate"), "`certificate: own` has an effect with `mode: wildcard` only");
    findings.push(finding.note(note).help("remove the line, or set `certificates.mode` of platform.yml"));
    false
}
