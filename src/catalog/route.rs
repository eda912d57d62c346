//! Routes from hosts to Services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::backend::{Backend, BackendTls, Scheme};
use super::filter::Filters;
use super::redirect::Redirect;
use crate::format::{DnsLabel, DnsName, IpAddress, NonEmptyString, Port, ServiceName, ServicePort, UrlPath};

/// A host, or some of its paths, and the Service of the entry's namespace that it leads to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Route {
    /// The host. A single label is completed with the platform's domain; a name with a dot is used as is.
    pub host: DnsName,
    /// Further hosts that lead to the same Service. Default: none.
    #[serde(default)]
    pub aliases: Vec<DnsName>,
    /// Further hosts, as a regular expression of Traefik 3 from `^` to `$`, in lower case:
    /// `^[a-z]+\.apps\.example\.com$`. Everybody who sends such a host reaches the Service, also by hosts
    /// that nobody has thought of; a route that names the host comes first. They have no DNS records and no
    /// certificate but the wildcard. Requires IngressRoutes. Default: none.
    pub host_regexp: Option<NonEmptyString>,
    /// The name of the Service in the entry's namespace; with `addresses`, of the one that wharf makes. With
    /// Traefik, also one of its own services, such as `api@internal`. Required unless the route redirects.
    /// Default: none.
    pub service: Option<ServiceName>,
    /// The address that requests are redirected to, instead of a Service. Nobody has to sign in for it.
    /// Requires IngressRoutes or a Gateway. Default: none; the route leads to `service`.
    pub redirect: Option<Box<Redirect>>,
    /// The port of the Service: its number or, except with an HTTPRoute, its name. Default: none; it is
    /// required for every service but Traefik's own.
    pub port: Option<ServicePort>,
    /// The port that the pods listen on, which network policies match. Default: that of the
    /// Service, if the lock lists it; else the ingress controller may connect to every port of the pods.
    pub target_port: Option<Port>,
    /// The labels of the pods behind the Service, which network policies match. Default: the ingress
    /// controller may connect to all pods of the entry.
    pub pod_labels: Option<Box<BTreeMap<String, String>>>,
    /// The addresses of machines outside of the cluster that the route leads to, such as a NAS. wharf then
    /// makes the Service, and lets the ingress controller connect to them. Needs `argocd.endpointSlices`.
    /// Default: none; the Service exists.
    #[serde(default)]
    pub addresses: Vec<IpAddress>,
    /// How the ingress controller speaks to the Service: `http` or `https`. Default: `http`.
    pub scheme: Option<Scheme>,
    /// How the certificate of the Service is verified. Required for `scheme: https`. Default: none.
    pub backend_tls: Option<BackendTls>,
    /// Whether the Service also speaks gRPC without TLS (`h2c`) on the same port, as Argo CD does: requests
    /// with a `Content-Type` of gRPC then reach it that way. Requires IngressRoutes. Default: `false`.
    pub grpc: Option<bool>,
    /// Further Services that share the requests with `service`, by their weights. Default: none.
    #[serde(default)]
    pub backends: Vec<Backend>,
    /// The share of `service` in the requests, in relation to the weights of `backends`. Default: `1`.
    pub weight: Option<u32>,
    /// Which certificate the hosts have: `platform` is that of `certificates.mode`, `own` is one of the route
    /// beside the wildcard of the platform, for hosts that it does not cover. Default: `platform`.
    pub certificate: Option<RouteCertificate>,
    /// The paths to route. Default: all paths of the host.
    #[serde(default)]
    pub paths: Vec<RoutePath>,
    /// Who may use the route: `platform` requires the platform's auth, `none` allows everybody and requires a
    /// `reason`. Default: `platform`.
    pub auth: Option<Auth>,
    /// Why everybody may use the route. Required for `auth: none`. Default: none.
    pub reason: Option<NonEmptyString>,
    /// The sides from which the host can be reached: `internal`, `external`. Default: the `exposure` of the
    /// entry; else `defaults.exposure` of the platform; else every side that it has.
    #[serde(default)]
    pub exposure: Vec<Exposure>,
    /// Traefik Middlewares that run after auth, in this order. Default: none.
    #[serde(default)]
    pub middlewares: Vec<MiddlewareReference>,
    /// What the ingress controller changes about requests and responses. Default: nothing.
    pub filters: Option<Box<Filters>>,
    /// Traefik's priority of this route over other routes that match the same request. Higher is tried first.
    /// Traefik uses the length of a rule as the priority of routes without one, so `1` comes after all of
    /// those. Default: `0`, which tries the more specific path first.
    pub priority: Option<u32>,
    /// Labels of the route's objects, besides `routing.labels` of the platform. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the route's objects, besides `routing.annotations` of the platform, such as those that
    /// a dashboard reads. If a route becomes several objects, one of them has the annotations; those of the
    /// controller itself are on all of them. Default: none.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Whether external-dns makes DNS records for the hosts. `wharf hosts` lists them in any case. Default:
    /// `true`.
    pub dns: Option<bool>,
}

/// Which certificate the hosts of a route have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RouteCertificate {
    /// The one that `certificates.mode` of the platform says.
    #[default]
    Platform,
    /// One of the route, from the issuer of the platform.
    Own,
}

/// A path below a host.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoutePath {
    /// The path: `/api`.
    pub path: UrlPath,
    /// How the path is matched: `prefix` matches the path and everything below it, `exact` matches only the
    /// path itself. Default: `prefix`.
    #[serde(rename = "match")]
    pub matching: Option<PathMatch>,
    /// Who may use this path: `platform` or `none`. Default: the `auth` of the route.
    pub auth: Option<Auth>,
    /// Why everybody may use this path. Required for `auth: none`. Default: none.
    pub reason: Option<NonEmptyString>,
}

/// How a path is matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PathMatch {
    /// The path and everything below it: `/api` matches `/api` and `/api/…`, but not `/api-secret`. A
    /// trailing slash makes no difference.
    #[default]
    Prefix,
    /// Only the path itself.
    Exact,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// Everybody whom the platform's auth permits.
    #[default]
    Platform,
    /// Everybody.
    None,
}

/// A side from which a host can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// From your LAN.
    Internal,
    /// From the internet.
    External,
}

impl Exposure {
    /// The name in the catalog.
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
    /// The name of the Middleware.
    pub name: DnsName,
    /// The namespace of the Middleware. Another namespace requires `routing.traefik.allowCrossNamespace`.
    /// Default: the entry's namespace.
    pub namespace: Option<DnsLabel>,
}
