//! Where the certificates of routes come from.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, DnsName};

/// Where the certificates of routes come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificates {
    /// How certificates are made: `none`, `wildcard`, `certificate`, `annotation`, `resolver`. Default:
    /// `none`.
    pub mode: Option<CertificateMode>,
    /// The cert-manager issuer. Required for `wildcard`, `certificate` and `annotation`. Default: none.
    pub issuer: Option<Issuer>,
    /// Further domains that the certificate of `wildcard` is valid for, each with all hosts directly below
    /// it. Default: none.
    #[serde(default)]
    pub domains: Vec<DnsName>,
    /// The name of Traefik's certificate resolver. Required for `resolver`. Default: none.
    pub resolver: Option<DnsLabel>,
}

/// How certificates are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateMode {
    /// wharf makes none; something else provides the certificates.
    #[default]
    None,
    /// One certificate for the domain and all hosts directly below it, served by Traefik's default TLSStore.
    /// A route with `certificate: own` has its own.
    Wildcard,
    /// One certificate per route, in the route's namespace.
    Certificate,
    /// One certificate per route, which cert-manager creates for the annotation of the Ingress. Requires
    /// `routing.kind: ingress`.
    Annotation,
    /// Traefik's own certificate resolver.
    Resolver,
}

/// A cert-manager issuer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Issuer {
    /// `ClusterIssuer` or `Issuer`.
    pub kind: IssuerKind,
    /// The name of the issuer.
    pub name: DnsName,
    /// How the ACME issuer validates a host: `dns01` or `http01`. `http01` opens the network policies for the
    /// pods that answer the challenge. Default: `dns01`.
    pub solver: Option<Solver>,
}

/// How an ACME issuer validates a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// With a pod in the namespace of the route that answers over HTTP.
    Http01,
    /// With a DNS record.
    Dns01,
}

/// The scope of a cert-manager issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum IssuerKind {
    /// An issuer for the whole cluster.
    ClusterIssuer,
    /// An issuer in the namespace of the Certificate.
    Issuer,
}

impl IssuerKind {
    /// The kind in `issuerRef`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterIssuer => "ClusterIssuer",
            Self::Issuer => "Issuer",
        }
    }
}
