//! How routes are rendered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{DnsLabel, DnsName, HttpUrl, NonEmptyString, Port, PortNumber, UrlPath, Version};

/// How routes are rendered.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Routing {
    /// The kind of object that routes are rendered as: `traefik`, `ingress`, `gateway`. Default: `traefik`.
    pub kind: Option<RoutingKind>,
    /// The entry points of the ingress controller that routes are attached to. Default: one entry point
    /// `websecure`, with TLS.
    pub entry_points: Option<Vec<EntryPoint>>,
    /// Facts about Traefik. Default: the default of each key.
    pub traefik: Option<Traefik>,
    /// Facts about the Ingress controller. Required for `kind: ingress`. Default: none.
    pub ingress: Option<IngressFacts>,
    /// Facts about the Gateways. Required for `kind: gateway`. Default: none.
    pub gateway: Option<GatewayFacts>,
    /// How routes with `auth: platform` are guarded. Default: none; every route must then set `auth: none`
    /// and a `reason`.
    pub auth: Option<PlatformAuth>,
    /// Labels of the objects of all routes. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the objects of all routes; a route can set another value. Default: none.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// The kind of object that routes are rendered as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoutingKind {
    /// IngressRoute of Traefik.
    #[default]
    Traefik,
    /// Ingress of Kubernetes, for the controller of `routing.ingress`.
    Ingress,
    /// HTTPRoute of the Gateway API, attached to the Gateways of `routing.gateway`.
    Gateway,
}

/// Facts about the Ingress controller.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressFacts {
    /// The ingress class.
    pub class_name: DnsName,
    /// The controller: `nginx` or `traefik`. Each controller reads its own annotations and silently ignores
    /// those of others.
    pub controller: IngressSoftware,
}

/// An Ingress controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IngressSoftware {
    /// ingress-nginx of the Kubernetes project, which has no releases after March 2026.
    Nginx,
    /// Traefik.
    Traefik,
}

/// Facts about the Gateways that routes are attached to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayFacts {
    /// The controller of the Gateways: `traefik` or `other`. The Gateway API itself does not define auth.
    /// Default: `other`.
    pub controller: Option<GatewaySoftware>,
    /// The listeners of Gateways that routes are attached to. They replace `entryPoints`. Default: none.
    #[serde(default)]
    pub gateways: Vec<GatewayListener>,
}

/// A Gateway controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GatewaySoftware {
    /// Traefik, whose Middlewares an HTTPRoute can reference.
    Traefik,
    /// Any other controller; routes require `auth: none`.
    #[default]
    Other,
}

/// A listener of an existing Gateway, or all of its listeners.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayListener {
    /// The name of the Gateway.
    pub name: DnsName,
    /// The namespace of the Gateway.
    pub namespace: DnsLabel,
    /// The side from which it is reached: `internal` or `external`.
    pub exposure: Exposure,
    /// The name of the listener. Default: all listeners of the Gateway.
    pub section_name: Option<DnsName>,
    /// The port of the listener. Default: any port.
    pub port: Option<PortNumber>,
    /// The `sectionName` of the listener with TLS, of the same Gateway, that all requests are redirected to.
    /// wharf then renders a second HTTPRoute for each route, which redirects. Default: none; the listener
    /// serves routes.
    pub redirect_to: Option<DnsName>,
    /// The namespaces whose routes the listener accepts: `allowedRoutes.namespaces.from`. Default: `same`, as
    /// in the Gateway API.
    pub allowed_routes: Option<AllowedRoutes>,
    /// The labels that `allowedRoutes.namespaces.selector` matches. Required for `selector`. Default: none.
    #[serde(default)]
    pub namespace_labels: BTreeMap<String, String>,
}

/// The namespaces whose routes a listener accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AllowedRoutes {
    /// The Gateway's own namespace.
    #[default]
    Same,
    /// All namespaces.
    All,
    /// Namespaces with the labels of `namespaceLabels`.
    Selector,
}

/// A port on which the ingress controller listens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryPoint {
    /// The name in the controller's static configuration.
    pub name: DnsLabel,
    /// The side from which it is reached: `internal` or `external`.
    pub exposure: Exposure,
    /// The port that clients connect to.
    pub port: PortNumber,
    /// Whether clients use TLS.
    pub tls: bool,
    /// What the entry point serves: `http` for routes, `tcp` or `udp` for the `streams` of entries. Default:
    /// `http`.
    pub protocol: Option<EntryPointProtocol>,
    /// The entry point with TLS that all requests are redirected to. Traefik does so by its static
    /// configuration, which `wharf bootstrap` writes; routes are then not attached to this entry point. For
    /// ingress-nginx, wharf writes an annotation. Default: none; routes are attached to it.
    pub redirect_to: Option<DnsLabel>,
}

impl EntryPoint {
    /// Whether it is for routes: it serves HTTP.
    pub fn is_http(&self) -> bool {
        self.protocol.unwrap_or_default() == EntryPointProtocol::Http
    }

    /// Whether routes are attached to it: it serves HTTP, and does not only redirect.
    pub fn serves(&self) -> bool {
        self.redirect_to.is_none() && self.is_http()
    }
}

/// What an entry point serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryPointProtocol {
    /// HTTP, with or without TLS.
    #[default]
    Http,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Facts about Traefik.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traefik {
    /// The version of Traefik, in quotes: `'3.7'`. Default: unknown; wharf then assumes a current version.
    pub version: Option<Version>,
    /// Whether `providers.kubernetesCRD.allowCrossNamespace` is enabled. Default: `false`, as in Traefik.
    pub allow_cross_namespace: Option<bool>,
    /// Whether `providers.kubernetesCRD.safeNaming` is enabled, which needs Traefik 3.7.11. Without it, the
    /// name `<namespace>-<name>` of two objects can be the same. The Middlewares of an Ingress are named
    /// accordingly. Default: `false`.
    pub safe_naming: Option<bool>,
    /// Whether the entry points with TLS have `http.tls` in the static configuration, as in the Helm chart.
    /// Default: `true`.
    pub entry_point_tls: Option<bool>,
    /// The value of `providers.kubernetesCRD.ingressClass`. Default: not set.
    pub ingress_class: Option<DnsName>,
}

/// How routes are guarded: with an existing Middleware, or with a forward-auth service, for which wharf makes
/// a Middleware in each namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlatformAuth {
    /// A Middleware that all routes share. Requires `routing.traefik.allowCrossNamespace`. Default: none.
    pub middleware: Option<SharedMiddleware>,
    /// A service that the ingress controller asks about each request. Default: none.
    pub forward_auth: Option<ForwardAuth>,
}

/// A Middleware that all routes share.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedMiddleware {
    /// The name of the Middleware.
    pub name: DnsName,
    /// The namespace of the Middleware. If an entry owns it, the auth service is expected in it: the network
    /// policies let the ingress controller connect to its pods.
    pub namespace: DnsLabel,
    /// The port that the pods of the auth service listen on, which network policies match. Default: unknown;
    /// the ingress controller may then connect to every port of the pods.
    pub target_port: Option<Port>,
}

/// A service that the ingress controller asks about each request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardAuth {
    /// The URL of the service. With the URL of a Service,
    /// `http://SERVICE.NAMESPACE.svc.cluster.local:PORT/…`, wharf also opens the network policies for it.
    pub address: HttpUrl,
    /// The port that its pods listen on, which network policies match. Default: unknown; the ingress
    /// controller may then connect to every port of the pods.
    pub target_port: Option<Port>,
    /// Whether to pass the `X-Forwarded-*` headers of the request on unchanged. Default: `false`.
    pub trust_forward_header: Option<bool>,
    /// Headers of the service's response that are passed to the app. Default: none.
    #[serde(default)]
    pub auth_response_headers: Vec<NonEmptyString>,
    /// The URL that ingress-nginx redirects people without a session to:
    /// `https://$host/oauth2/start?rd=$escaped_request_uri`. Traefik returns the response of the service
    /// itself instead. Default: none; ingress-nginx returns 401.
    pub sign_in: Option<HttpUrl>,
    /// The paths on each guarded host that belong to the auth service. Required if its cookie is valid for a
    /// single host only. Default: none.
    pub callback: Option<Callback>,
}

/// The paths on a guarded host that lead to the auth service. They have no auth, because auth would cause a
/// redirect loop.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Callback {
    /// The namespace of the auth service.
    pub namespace: DnsLabel,
    /// The Service of the auth service.
    pub service: DnsLabel,
    /// The port of the Service.
    pub port: PortNumber,
    /// The path below which all requests go to the auth service. Default: `/oauth2/`.
    pub path: Option<UrlPath>,
}
