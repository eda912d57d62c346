//! Where the Secrets of the entries come from.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, Duration, NonEmptyString, Version};

/// Where the Secrets of the entries come from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secrets {
    /// Facts about the External Secrets operator; required for Secrets that come from a store.
    pub external_secrets: Option<ExternalSecrets>,
    /// The Secret with which pods pull images, made in the namespace of every entry that does not say
    /// otherwise.
    pub image_pull_secret: Option<ImagePullSecret>,
}

/// Facts about the External Secrets operator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalSecrets {
    /// Its version, which decides the version of its API and the fields that it fills in by itself.
    pub version: Version,
    /// The store that holds the values.
    pub store: SecretStore,
    /// How often a Secret is compared with the store; `1h` if it is not said.
    pub refresh_interval: Option<Duration>,
}

/// A store of External Secrets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretStore {
    /// `ClusterSecretStore` or `SecretStore`.
    pub kind: SecretStoreKind,
    /// Its name.
    pub name: DnsName,
}

/// The scope of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SecretStoreKind {
    /// One for the whole cluster.
    ClusterSecretStore,
    /// One of this name in the namespace of each entry.
    SecretStore,
}

impl SecretStoreKind {
    /// The kind in `secretStoreRef`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterSecretStore => "ClusterSecretStore",
            Self::SecretStore => "SecretStore",
        }
    }
}

/// The Secret with which pods pull images.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImagePullSecret {
    /// Its name in each namespace.
    pub name: DnsName,
    /// The path in the store of what `docker login` writes: `{"auths": …}`.
    pub from: NonEmptyString,
    /// The property at that path; all that is there if it is not said.
    pub property: Option<NonEmptyString>,
}
