//! A store of External Secrets.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::DnsName;

/// A store of External Secrets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretStore {
    /// The kind of the store: `ClusterSecretStore` or `SecretStore`.
    pub kind: SecretStoreKind,
    /// The name of the store.
    pub name: DnsName,
}

/// The scope of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SecretStoreKind {
    /// A store for the whole cluster.
    ClusterSecretStore,
    /// A store with this name in the namespace of each entry.
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
