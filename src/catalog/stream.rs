//! TCP and UDP ports of the ingress controller that lead to Services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, DnsName, NonEmptyString, Port, ServicePort};

/// A TCP or UDP port of the ingress controller that leads to a Service of the entry's namespace. Requires
/// Traefik, and IngressRoutes or Ingresses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stream {
    /// The entry point, whose `protocol` is `tcp` or `udp`.
    pub entry_point: DnsLabel,
    /// The name of the Service in the entry's namespace.
    pub service: DnsLabel,
    /// The port of the Service: its number or its name.
    pub port: ServicePort,
    /// The port that the pods listen on, which network policies match. Default: that of the Service, if the
    /// lock lists it; else the ingress controller may connect to every port of the pods.
    pub target_port: Option<Port>,
    /// The labels of the pods behind the Service, which network policies match. Default: the ingress
    /// controller may connect to all pods of the entry.
    pub pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// Why everybody who reaches the port may connect: the platform's auth guards HTTP only.
    pub reason: NonEmptyString,
    /// The host that clients name in TLS; the entry point then has `tls: true`. Default: every connection to
    /// the entry point.
    pub host: Option<DnsName>,
    /// Who ends TLS: `terminate` is the ingress controller, `passthrough` the pods. Only for entry points
    /// with `tls: true`. Default: `terminate`.
    pub tls: Option<StreamTls>,
}

/// Who ends TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StreamTls {
    /// The ingress controller, with its default certificate.
    #[default]
    Terminate,
    /// The pods.
    Passthrough,
}
