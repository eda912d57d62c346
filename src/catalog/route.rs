//! The way in.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, DnsName, NonEmptyString, Port, PortNumber, UrlPath};

/// A host, or some paths of it, that leads to a service of the entry's namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Route {
    /// The host: a single label stands below the platform's domain, a name with a dot stands for itself.
    pub host: DnsName,
    /// More hosts that lead to the same place.
    #[serde(default)]
    pub aliases: Vec<DnsName>,
    /// The Service in the entry's namespace.
    pub service: DnsLabel,
    /// The port of the Service.
    pub port: PortNumber,
    /// The port that the pods listen on: policies see this one. Without it the policy for the ingress
    /// controller carries no port.
    pub target_port: Option<Port>,
    /// The paths that are routed; all of the host if it is not said.
    #[serde(default)]
    pub paths: Vec<RoutePath>,
    /// Who may come in: `platform` asks the platform's auth, `none` lets everybody in and needs a `reason`;
    /// `platform` if it is not said.
    pub auth: Option<Auth>,
    /// Why everybody may come in.
    pub reason: Option<NonEmptyString>,
    /// The sides that the host can be reached from; all that the platform has if it is not said.
    #[serde(default)]
    pub exposure: Vec<Exposure>,
    /// Traefik middlewares behind auth, in order.
    #[serde(default)]
    pub middlewares: Vec<MiddlewareReference>,
    /// Traefik's priority of this route over others that match too: Traefik compares it with the length of
    /// their rules where they have none, so that `1` is behind all of them. The path that says more is tried
    /// first if it is not said, or `0`.
    pub priority: Option<u32>,
}

/// A path below a host.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoutePath {
    /// The path: `/api`.
    pub path: UrlPath,
    /// `prefix` matches the path and what is below it, `exact` only the path itself; `prefix` if it is not
    /// said.
    #[serde(rename = "match")]
    pub matching: Option<PathMatch>,
    /// Who may come in by this path; the same as for the route if it is not said.
    pub auth: Option<Auth>,
    /// Why everybody may come in.
    pub reason: Option<NonEmptyString>,
}

/// How a path is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PathMatch {
    /// The path and what is below it: `/api` is `/api` and `/api/…`, never `/api-secret`. A slash at its end
    /// makes no difference.
    #[default]
    Prefix,
    /// The path itself.
    Exact,
}

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Those whom the platform's auth lets in.
    #[default]
    Platform,
    /// Everybody.
    None,
}

/// A side from which a host can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// From the own network.
    Internal,
    /// From outside.
    External,
}

impl Exposure {
    /// Its name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }
}

/// A Traefik Middleware.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MiddlewareReference {
    /// Its name.
    pub name: DnsName,
    /// Its namespace; the entry's own if it is not said. Another one needs
    /// `routing.traefik.allowCrossNamespace`.
    pub namespace: Option<DnsLabel>,
}
