//! Where the certificates of the routes come from.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, DnsName};

/// Where the certificates of the routes come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificates {
    /// How certificates are made; `none` if it is not said.
    pub mode: Option<CertificateMode>,
    /// The cert-manager issuer; required for `wildcard`, `certificate` and `annotation`.
    pub issuer: Option<Issuer>,
    /// The name of Traefik's certificate resolver; required for `resolver`.
    pub resolver: Option<DnsLabel>,
}

/// How certificates are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CertificateMode {
    /// wharf makes none: something else sees to it.
    #[default]
    None,
    /// One certificate for the domain and all hosts right below it, served by Traefik's default TLSStore.
    Wildcard,
    /// One certificate for each route, in its namespace.
    Certificate,
    /// One certificate for each route, which cert-manager makes for the annotation of its Ingress; only with
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
    /// Its name.
    pub name: DnsName,
    /// How it proves that a host is yours; `dns01` if it is not said. `http01` opens the policies for the
    /// pods that answer the challenge.
    pub solver: Option<Solver>,
}

/// How an ACME issuer proves that a host is yours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// By a pod beside the app that answers over HTTP.
    Http01,
    /// By a DNS record.
    Dns01,
}

/// The scope of a cert-manager issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum IssuerKind {
    /// One for the whole cluster.
    ClusterIssuer,
    /// One of the namespace that the Certificate is in.
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
