//! The Services that a route leads to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::filter::HeaderChanges;
use crate::format::{DnsLabel, DnsName, NonEmptyString, Port, ServicePort};

/// How the ingress controller speaks to a Service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTP over TLS, as a hypervisor or Argo CD without `--insecure` serves it.
    Https,
}

impl Scheme {
    /// The name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// How the certificate of a Service is verified.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BackendTls {
    /// The host that the certificate is issued for. Required unless `verify` is `false`: the ingress
    /// controller connects to an address, which no certificate contains. Default: none.
    pub server_name: Option<DnsName>,
    /// Where the certificate of the authority is that issued it. Default: the authorities that the ingress
    /// controller trusts.
    pub ca: Option<CertificateAuthority>,
    /// Whether the certificate is verified. `false` requires a `reason`. Default: `true`.
    pub verify: Option<bool>,
    /// Why the certificate is not verified. Required for `verify: false`. Default: none.
    pub reason: Option<NonEmptyString>,
}

/// Where the certificate of an authority is: under the key `ca.crt` of one of these, in the entry's
/// namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificateAuthority {
    /// The name of a Secret; not with an HTTPRoute. Default: none.
    pub secret: Option<DnsName>,
    /// The name of a ConfigMap; not with ingress-nginx. Default: none.
    pub config_map: Option<DnsName>,
}

/// A further Service that shares the requests of a route.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backend {
    /// The name of the Service in the entry's namespace.
    pub service: DnsLabel,
    /// The port of the Service: its number or, except with an HTTPRoute, its name.
    pub port: ServicePort,
    /// The port that the pods listen on, which network policies match. Default: that of the Service, if the
    /// lock lists it; else the ingress controller may connect to every port of the pods.
    pub target_port: Option<Port>,
    /// The labels of the pods behind the Service, which network policies match. Default: the ingress
    /// controller may connect to all pods of the entry.
    pub pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// Its share in the requests, in relation to the other weights. Default: `1`.
    pub weight: Option<u32>,
    /// Changes of the headers that this Service receives, besides those of `filters`; only with an HTTPRoute.
    /// Default: none.
    pub request_headers: Option<Box<HeaderChanges>>,
}
