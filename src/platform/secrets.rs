//! Where the Secrets of entries come from.

use schemars::JsonSchema;
use serde::Deserialize;

pub use crate::catalog::{SecretStore, SecretStoreKind};
use crate::format::{DnsName, Duration, NonEmptyString, Version};

/// Where the Secrets of entries come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secrets {
    /// Facts about the External Secrets operator. Required for Secrets that come from a store. Default: none.
    pub external_secrets: Option<ExternalSecrets>,
    /// The Secret that pods pull images with. It is made in the namespace of every entry, unless the entry
    /// sets `imagePullSecret: false`. Default: none.
    pub image_pull_secret: Option<ImagePullSecret>,
}

/// Facts about the External Secrets operator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalSecrets {
    /// The version of the operator, in quotes: `'2.9'`. It determines the version of the API.
    pub version: Version,
    /// The store that holds the values.
    pub store: SecretStore,
    /// How often a Secret is compared with the store: `30m`. Default: `1h`.
    pub refresh_interval: Option<Duration>,
}

/// The Secret that pods pull images with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImagePullSecret {
    /// The name of the Secret in each namespace.
    pub name: DnsName,
    /// The path in the store of the Docker configuration: `{"auths": …}`.
    pub from: NonEmptyString,
    /// The property at that path. Default: the whole value.
    pub property: Option<NonEmptyString>,
}
