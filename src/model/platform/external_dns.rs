//! The settings of external-dns.

use super::root;
use super::routing::{Renderer, Routing};
use crate::catalog::Exposure;
use crate::diagnostics::{Sink, rules};
use crate::model::version::Version;
use crate::platform::ExternalDns as Written;
use crate::value::Text;

/// The settings of external-dns.
#[derive(Debug)]
pub struct ExternalDns {
    /// The prefix of its annotations.
    pub prefix: &'static str,
    /// The target of records; none for the default of external-dns.
    pub target: Option<Text>,
    /// Whether Cloudflare proxies them; none for the default of external-dns.
    pub proxied: Option<bool>,
    /// The side that gets records; both if there is none.
    pub exposure: Option<Exposure>,
}

impl ExternalDns {
    pub(super) fn new(written: &Written, routing: &Routing, findings: &mut Sink) -> Self {
        let location = root().key("externalDns");
        let is_ingress_route = matches!(routing.renderer, Renderer::IngressRoute(_));
        if is_ingress_route && written.target.is_none() {
            let finding = rules::MISSING_PLATFORM_VALUE
                .at(location.clone().itself(), "IngressRoutes need `externalDns.target`");
            let finding = finding.note("external-dns creates no record for an IngressRoute without a target");
            findings
                .push(finding.help("add `target: …`: the name or address at which clients reach Traefik"));
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

/// external-dns 0.22 renamed its annotations and no longer reads the old ones.
fn prefix(written: &Written) -> &'static str {
    if Version::from(&written.version) >= Version(0, 22, 0) {
        "external-dns.kubernetes.io/"
    } else {
        "external-dns.alpha.kubernetes.io/"
    }
}
