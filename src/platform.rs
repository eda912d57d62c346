//! The types of `platform.yml` as written: facts about the cluster and the repository that all entries share.

mod access;
mod argocd;
mod certificates;
mod defaults;
mod external_dns;
mod findings;
mod images;
mod network;
mod routing;
mod secrets;
mod variables;

pub use access::Access;
pub use argocd::{ArgoCd, RootApplication, RootClusterResource, RootPart, RootProject};
pub use certificates::{CertificateMode, Certificates, Issuer, IssuerKind, Solver};
pub use defaults::{ApplicationDefaults, Defaults};
pub use external_dns::ExternalDns;
pub use findings::{Allowed, FindingSeverity, Findings};
pub use images::{ImageUpdater, WriteBack};
pub use network::{
    Cni, ControllerPods, Dns, IngressController, IpFamily, Monitoring, Network, OutsidePeer, Policies,
};
pub use routing::{
    AllowedRoutes, Callback, EntryPoint, EntryPointProtocol, ForwardAuth, GatewayFacts, GatewayListener,
    GatewaySoftware, IngressFacts, IngressSoftware, PlatformAuth, Routing, RoutingKind, SharedMiddleware,
    Traefik,
};
use std::collections::BTreeMap;

use schemars::JsonSchema;
pub use secrets::{ExternalSecrets, ImagePullSecret, SecretStore, SecretStoreKind, Secrets};
use serde::Deserialize;
pub use variables::{Variable, VariableSource};

use crate::format::{DnsName, NonEmptyString, Version};

/// Facts about the cluster and the repository that every entry shares.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "wharf platform.yml")]
pub struct Platform {
    /// The oldest wharf version that may compile this catalog, in quotes: `'0.1'`. Default: any version.
    pub required_version: Option<Version>,
    /// The git repository that applications are deployed from by default.
    pub repository: Repository,
    /// The domain that completes hosts of a single label.
    pub domain: DnsName,
    /// The tiers, in the order in which they are synced. Default: `[infrastructure, platform, apps]`.
    pub tiers: Option<Vec<NonEmptyString>>,
    /// Patterns for names that follow a convention. Default: wharf's own patterns.
    pub patterns: Option<Patterns>,
    /// Facts about Argo CD. Default: the default of each key.
    pub argocd: Option<ArgoCd>,
    /// Facts about the network. Default: the default of each key.
    pub network: Option<Network>,
    /// How routes are rendered. Default: as an IngressRoute of Traefik on one entry point, `websecure`.
    pub routing: Option<Routing>,
    /// Where the certificates of routes come from. Default: wharf makes none.
    pub certificates: Option<Certificates>,
    /// Where the Secrets of entries come from. Default: none; Secrets cannot come from a store.
    pub secrets: Option<Secrets>,
    /// Facts about argocd-image-updater. Required if applications have `images`. Default: none.
    pub image_updater: Option<ImageUpdater>,
    /// How groups of people are named in the cluster. Default: without a prefix.
    pub access: Option<Access>,
    /// Facts about external-dns. Default: none; routes get no annotations for it.
    pub external_dns: Option<ExternalDns>,
    /// The registries that images may come from, or folders of them: `ghcr.io`, `registry.example.com/home`.
    /// Checked are the images that the catalog names, and those in the lock. Default: any registry.
    #[serde(default)]
    pub registries: Vec<NonEmptyString>,
    /// Defaults for all entries. Default: the default of each key.
    pub defaults: Option<Defaults>,
    /// Values that are written as `${NAME}` in applications.yml and in the rest of this file; `$${NAME}` is
    /// the text itself. A name has capital letters, digits and underscores. Default: none; `${NAME}` stays as
    /// it is.
    #[serde(default)]
    pub variables: BTreeMap<String, Variable>,
    /// Which findings are accepted in the whole catalog, and how severe others are. Default: none are
    /// accepted.
    pub findings: Option<Findings>,
}

/// The git repository that applications are deployed from by default.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Repository {
    /// The URL of the repository, as Argo CD knows it.
    pub url: NonEmptyString,
    /// The branch, tag or commit. Default: `HEAD`.
    pub revision: Option<NonEmptyString>,
}

/// Patterns for names that follow a convention, in the language of templates. Each description lists the
/// variables of its pattern.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patterns {
    /// The values file of an application, relative to its `path`. Variables: `applicationCode`, `namespace`.
    /// Default: `values-{{ applicationCode }}.yml`.
    pub values_file: Option<NonEmptyString>,
    /// The name of an Application, which is also its Helm release name. `dependsOn` and the ServiceAccount
    /// use the `applicationCode`, not this name. Variables: `applicationCode`, `namespace`. Default: `{{
    /// applicationCode }}`.
    pub application: Option<NonEmptyString>,
    /// The name of the AppProject of an entry. Variable: `namespace`. Default: `{{ namespace }}`.
    pub app_project: Option<NonEmptyString>,
    /// The full name of a host that is written as a single label. Variables: `host`, `namespace`, `domain`.
    /// Default: `{{ host }}.{{ domain }}`.
    pub host: Option<NonEmptyString>,
    /// The name of a route's Certificate and of the Secret that it writes to. Only used with
    /// `certificates.mode: certificate`. Variables: `route`, which is made of the host and the first path,
    /// and `namespace`. Default: `{{ route }}-tls`.
    pub certificate_secret: Option<NonEmptyString>,
    /// The path in the store of a value without `from`. Variables: `namespace`, `secret`, which is the name
    /// of the Secret, and `key`. Default: none; each value has a `from`.
    pub store_path: Option<NonEmptyString>,
    /// The property of a value without `from` and `property`. Variables: `namespace`, `secret` and `key`.
    /// Default: none; it is the whole value at its path.
    pub store_property: Option<NonEmptyString>,
}
