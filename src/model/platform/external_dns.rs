//! What external-dns is told about routes.

use super::root;
use super::routing::{Renderer, Routing};
use crate::catalog::Exposure;
use crate::diagnostics::Finding;
use crate::diagnostics::rules;
use crate::model::version::Version;
use crate::platform::ExternalDns as Written;
use crate::value::Text;

/// What external-dns is told about routes.
#[derive(Debug)]
pub struct ExternalDns {
    /// What its annotations begin with.
    pub prefix: &'static str,
    /// What records point to; left to external-dns if there is none.
    pub target: Option<Text>,
    /// Whether Cloudflare stands before them; left to external-dns if it is not said.
    pub proxied: Option<bool>,
    /// The side that records are for; both if there is none.
    pub exposure: Option<Exposure>,
}

impl ExternalDns {
    pub(super) fn new(written: &Written, routing: &Routing, findings: &mut Vec<Finding>) -> Self {
        let location = root().key("externalDns");
        let is_ingress_route = matches!(routing.renderer, Renderer::IngressRoute(_));
        if is_ingress_route && written.target.is_none() {
            let finding = rules::MISSING_PLATFORM_VALUE
                .at(location.clone().itself(), "IngressRoutes need `externalDns.target`");
            let finding = finding
                .note("external-dns makes no record for an IngressRoute that does not say what it points to");
            findings.push(finding.help("add `target: …`: the name or address that clients reach Traefik by"));
        }
        if let Some(exposure) = written.exposure
            && !routing.entry_points.iter().any(|point| point.exposure == exposure)
        {
            let finding = rules::MISSING_ENTRY_POINT
                .at(location.key("exposure"), format!("no entry point faces the {} side", exposure.name()));
            findings.push(finding.note("no route would get a record"));
        }
        let belongs_on_gateway = matches!(routing.renderer, Renderer::HttpRoute(..));
        Self {
            prefix: prefix(written),
            target: written.target.as_ref().filter(|_| !belongs_on_gateway).map(Text::from),
            proxied: written.proxied,
            exposure: written.exposure,
        }
    }
}

/// external-dns 0.22 renamed its annotations and reads the old ones no longer.
fn prefix(written: &Written) -> &'static str {
    if Version::from(&written.version) >= Version(0, 22, 0) {
        "external-dns.kubernetes.io/"
    } else {
        "external-dns.alpha.kubernetes.io/"
    }
}
