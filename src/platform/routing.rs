//! How routes become objects.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{DnsLabel, DnsName, HttpUrl, NonEmptyString, Port, PortNumber, UrlPath, Version};

/// How routes become objects.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Routing {
    /// The kind of object that a route becomes; `traefik` if it is not said.
    pub kind: Option<RoutingKind>,
    /// The entry points of the ingress controller that routes are attached to; one called `websecure` with
    /// TLS if it is not said.
    pub entry_points: Option<Vec<EntryPoint>>,
    /// Facts about Traefik.
    pub traefik: Option<Traefik>,
    /// Facts about the controller of Ingresses; required for `kind: ingress`.
    pub ingress: Option<IngressFacts>,
    /// Facts about the Gateways; required for `kind: gateway`.
    pub gateway: Option<GatewayFacts>,
    /// Who may come in by a route that does not say otherwise. Without it each route has to say `auth: none`
    /// and why.
    pub auth: Option<PlatformAuth>,
}

/// The kind of object that a route becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RoutingKind {
    /// Traefik's IngressRoute.
    #[default]
    Traefik,
    /// Kubernetes' own Ingress, for the controller that `routing.ingress` names.
    Ingress,
    /// The Gateway API's HTTPRoute, attached to the Gateways of `routing.gateway`.
    Gateway,
}

/// Facts about the controller of Ingresses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressFacts {
    /// The class of its Ingresses.
    pub class_name: DnsName,
    /// Which controller it is: each reads annotations of its own, and says nothing about those of others.
    pub controller: IngressSoftware,
}

/// A controller of Ingresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IngressSoftware {
    /// ingress-nginx of the Kubernetes project, of which there is no release after March 2026.
    Nginx,
    /// Traefik.
    Traefik,
}

/// Facts about the Gateways that routes are attached to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayFacts {
    /// Which software serves them: the Gateway API itself has no word for auth. `other` if it is not said.
    pub controller: Option<GatewaySoftware>,
    /// The listeners of Gateways that routes are attached to; they take the place of `entryPoints`.
    #[serde(default)]
    pub gateways: Vec<GatewayListener>,
}

/// What serves Gateways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GatewaySoftware {
    /// Traefik, whose Middlewares an HTTPRoute can name.
    Traefik,
    /// Anything else: routes need `auth: none`.
    #[default]
    Other,
}

/// A listener of a Gateway that exists, or all of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayListener {
    /// The name of the Gateway.
    pub name: DnsName,
    /// Its namespace.
    pub namespace: DnsLabel,
    /// The side that it is reached from.
    pub exposure: Exposure,
    /// The listener; all of the Gateway if it is not said.
    pub section_name: Option<DnsName>,
    /// The port of the listener; any if it is not said.
    pub port: Option<PortNumber>,
    /// The namespaces whose routes its listeners let in: `allowedRoutes.namespaces.from`. `same` if it is not
    /// said, as in the Gateway API.
    pub allowed_routes: Option<AllowedRoutes>,
    /// The labels that `allowedRoutes.namespaces.selector` asks for; required for `selector`.
    #[serde(default)]
    pub namespace_labels: BTreeMap<String, String>,
}

/// Whose routes a listener lets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AllowedRoutes {
    /// Those of the Gateway's own namespace.
    #[default]
    Same,
    /// Those of all namespaces.
    All,
    /// Those of namespaces with the labels of `namespaceLabels`.
    Selector,
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
    pub port: PortNumber,
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
    /// Whether `providers.kubernetesCRD.safeNaming` is on, which Traefik has since 3.7.11: without it
    /// `<namespace>-<name>` of two objects can be the same. `false` if it is not said; Ingresses name their
    /// Middlewares by it.
    pub safe_naming: Option<bool>,
    /// Whether the entry points with TLS have `http.tls` in the static configuration, as the Helm chart's
    /// have; `true` if it is not said.
    pub entry_point_tls: Option<bool>,
    /// The class that `providers.kubernetesCRD.ingressClass` is set to, if it is.
    pub ingress_class: Option<DnsName>,
}

/// Who may come in: a Middleware that exists, or a forward-auth service for which one is made in each
/// namespace.
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

/// A service that the ingress controller asks about each request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForwardAuth {
    /// The URL that it is asked by; that of its Service, `http://SERVICE.NAMESPACE.svc.cluster.local:PORT/…`,
    /// opens the policies for it.
    pub address: HttpUrl,
    /// The port that its pods listen on: policies see this one. Without it the policy for the ingress
    /// controller carries no port.
    pub target_port: Option<Port>,
    /// Whether the forwarded headers of the request are passed on as they are.
    pub trust_forward_header: Option<bool>,
    /// Headers of its answer that the app gets.
    #[serde(default)]
    pub auth_response_headers: Vec<NonEmptyString>,
    /// Where ingress-nginx sends people who have no session:
    /// `https://$host/oauth2/start?rd=$escaped_request_uri`. They get a 401 if it is not said. Traefik hands
    /// them the answer of the service itself.
    pub sign_in: Option<HttpUrl>,
    /// Where the service takes people back in, on each host that it guards; needed where its cookie is for
    /// one host only.
    pub callback: Option<Callback>,
}

/// The paths of a guarded host that lead to the auth service, without auth: with it, people would be sent in
/// circles.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Callback {
    /// The namespace of the auth service.
    pub namespace: DnsLabel,
    /// Its Service.
    pub service: DnsLabel,
    /// The port of the Service.
    pub port: PortNumber,
    /// The path below which everything is its own; `/oauth2/` if it is not said.
    pub path: Option<UrlPath>,
}
