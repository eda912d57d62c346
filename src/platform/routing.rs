//! How routes become objects.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{DnsLabel, DnsName, HttpUrl, Version, Words};

/// How routes become objects.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Routing {
    /// The kind of object that a route becomes; `traefik` if it is not said.
    pub kind: Option<RoutingKind>,
    /// The entry points of the ingress controller that routes are attached to; one called `websecure` with TLS if it is not said.
    pub entry_points: Option<Vec<EntryPoint>>,
    /// Facts about Traefik.
    pub traefik: Option<Traefik>,
    /// Who may come in by a route that does not say otherwise. Without it each route has to say `auth: none` and why.
    pub auth: Option<PlatformAuth>,
}

/// The kind of object that a route becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoutingKind {
    /// Traefik's IngressRoute.
    #[default]
    Traefik,
}

/// A port on which the ingress controller listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryPoint {
    /// Its name in the controller's static configuration.
    pub name: DnsLabel,
    /// The side that it is reached from.
    pub exposure: Exposure,
    /// The port that clients connect to.
    pub port: u16,
    /// Whether clients speak TLS to it.
    pub tls: bool,
}

/// Facts about Traefik.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traefik {
    /// Its version.
    pub version: Option<Version>,
    /// Whether `providers.kubernetesCRD.allowCrossNamespace` is on; Traefik's own default is `false`.
    pub allow_cross_namespace: Option<bool>,
    /// Whether the entry points with TLS have `http.tls` in the static configuration, as the Helm chart's have; `true` if it is not said.
    pub entry_point_tls: Option<bool>,
    /// The class that `providers.kubernetesCRD.ingressClass` is set to, if it is.
    pub ingress_class: Option<DnsName>,
}

/// Who may come in: a Middleware that exists, or a forward-auth service for which one is made in each namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlatformAuth {
    /// A Middleware of one namespace that all routes share; needs `routing.traefik.allowCrossNamespace`.
    pub middleware: Option<SharedMiddleware>,
    /// A service that Traefik asks about each request; each namespace gets a Middleware of its own.
    pub forward_auth: Option<ForwardAuth>,
}

/// A Middleware of one namespace that all routes share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedMiddleware {
    /// Its name.
    pub name: DnsName,
    /// Its namespace.
    pub namespace: DnsLabel,
}

/// A service that Traefik asks about each request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardAuth {
    /// Its URL.
    pub address: HttpUrl,
    /// Whether the forwarded headers of the request are passed on as they are.
    pub trust_forward_header: Option<bool>,
    /// Headers of its answer that the app gets.
    #[serde(default)]
    pub auth_response_headers: Vec<Words>,
}
