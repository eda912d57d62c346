//! `platform.yml` as it is written: facts about the cluster and the repository that all entries share.

mod access;
mod argocd;
mod certificates;
mod external_dns;
mod images;
mod network;
mod routing;
mod secrets;

pub use access::Access;
pub use argocd::{ArgoCd, RootApplication, RootClusterResource, RootPart, RootProject};
pub use certificates::{CertificateMode, Certificates, Issuer, IssuerKind, Solver};
pub use external_dns::ExternalDns;
pub use images::{ImageUpdater, WriteBack};
pub use network::{Cni, Dns, IngressController, IpFamily, Network, OutsidePeer};
pub use routing::{
    AllowedRoutes, Callback, EntryPoint, ForwardAuth, GatewayFacts, GatewayListener, GatewaySoftware,
    IngressFacts, IngressSoftware, PlatformAuth, Routing, RoutingKind, SharedMiddleware, Traefik,
};
use schemars::JsonSchema;
pub use secrets::{ExternalSecrets, ImagePullSecret, SecretStore, SecretStoreKind, Secrets};
use serde::Deserialize;

use crate::catalog::PodSecurity;
use crate::format::{DnsName, NonEmptyString, Version};

/// Facts about the cluster and the repository that every entry shares.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "wharf platform.yml")]
pub struct Platform {
    /// The oldest wharf that may compile this catalog; any if it is not said.
    pub required_version: Option<Version>,
    /// The git repository that the applications come from.
    pub repository: Repository,
    /// The domain that short hosts stand below.
    pub domain: DnsName,
    /// The tiers, in the order in which they are synced; `[infrastructure, platform, apps]` if it is not
    /// said.
    pub tiers: Option<Vec<NonEmptyString>>,
    /// Patterns for names that follow a convention.
    pub patterns: Option<Patterns>,
    /// Facts about Argo CD.
    pub argocd: Option<ArgoCd>,
    /// Facts about the network.
    pub network: Option<Network>,
    /// How routes become objects.
    pub routing: Option<Routing>,
    /// Where the certificates of the routes come from.
    pub certificates: Option<Certificates>,
    /// Where the Secrets of the entries come from.
    pub secrets: Option<Secrets>,
    /// Facts about argocd-image-updater; required for `images`.
    pub image_updater: Option<ImageUpdater>,
    /// How groups of people are known to the cluster.
    pub access: Option<Access>,
    /// Facts about external-dns; routes carry no annotations for it if it is not said.
    pub external_dns: Option<ExternalDns>,
    /// The registries that images may come from, or folders of them: `ghcr.io`, `registry.example.com/home`;
    /// any if it is not said. Looked at are the images that the catalog names.
    #[serde(default)]
    pub registries: Vec<NonEmptyString>,
    /// What entries get that do not say otherwise.
    pub defaults: Option<Defaults>,
}

/// The git repository that the applications come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repository {
    /// Its URL, as Argo CD knows it.
    pub url: NonEmptyString,
    /// The branch, tag or commit; `HEAD` if it is not said.
    pub revision: Option<NonEmptyString>,
}

/// Patterns for names that follow a convention, as minijinja templates. Each may use the words that its
/// description names.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patterns {
    /// The values file of an application, relative to its `path`, over `applicationCode` and `namespace`;
    /// `values-{{ applicationCode }}.yml` if it is not said.
    pub values_file: Option<NonEmptyString>,
    /// The name of an Application, over `applicationCode` and `namespace`; `{{ applicationCode }}` if it is
    /// not said. Helm calls the release after it. `dependsOn` and the ServiceAccount go by the
    /// `applicationCode` all the same.
    pub application: Option<NonEmptyString>,
    /// The name of the AppProject of an entry, over `namespace`; `{{ namespace }}` if it is not said.
    pub app_project: Option<NonEmptyString>,
    /// The full name of a host that is written as one label, over `host`, `namespace` and `domain`;
    /// `{{ host }}.{{ domain }}` if it is not said.
    pub host: Option<NonEmptyString>,
    /// The Certificate of a route and the Secret that it fills, over `route`, which is host and first path in
    /// words, and `namespace`; `{{ route }}-tls` if it is not said. Only where `certificates.mode` is
    /// `certificate`.
    pub certificate_secret: Option<NonEmptyString>,
}

/// What entries get that do not say otherwise.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// The Pod Security level of namespaces; `baseline` if it is not said.
    pub pod_security: Option<PodSecurity>,
}
