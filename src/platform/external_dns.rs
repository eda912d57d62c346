//! Facts about external-dns.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{DnsName, Version};

/// Facts about external-dns, which makes the DNS records of routes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalDns {
    /// Its version: 0.22 reads annotations of another prefix than those before it, and no longer theirs.
    pub version: Version,
    /// What the records point to, such as `TUNNEL.cfargotunnel.com`; the address that the Ingress has if it
    /// is not said. Required for `routing.kind: traefik`. Belongs on the Gateway for `gateway`: external-dns
    /// does not read it from an HTTPRoute.
    pub target: Option<DnsName>,
    /// Whether Cloudflare stands before the records; as external-dns is configured if it is not said.
    pub proxied: Option<bool>,
    /// The side that the records are for: routes that cannot be reached from there get none. All routes if it
    /// is not said.
    pub exposure: Option<Exposure>,
}
