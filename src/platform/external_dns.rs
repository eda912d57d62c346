//! Facts about external-dns.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{DnsName, Version};

/// Facts about external-dns, which creates the DNS records of routes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalDns {
    /// The version of external-dns. Version 0.22 changed the prefix of its annotations and does not read the
    /// old ones.
    pub version: Version,
    /// The target of the records, such as `TUNNEL.cfargotunnel.com`. Required for `routing.kind: traefik`.
    /// Ignored for `gateway`: external-dns reads the target from the Gateway, not from an HTTPRoute. Default:
    /// the address of the Ingress.
    pub target: Option<DnsName>,
    /// Whether Cloudflare proxies the records. Default: as external-dns is configured.
    pub proxied: Option<bool>,
    /// Create records only for routes that can be reached from this side: `internal` or `external`. Default:
    /// all routes.
    pub exposure: Option<Exposure>,
}
