//! A Secret that an entry needs.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, NonEmptyString, SecretKey};

/// A Secret of the namespace: its name and where its values come from, never the values themselves.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    /// The name of the Secret, unique in the namespace.
    pub name: DnsName,
    /// Where the Secret comes from: `store`, `sops`, `sealed`, `manual`. Default: `store`.
    pub source: Option<SecretSource>,
    /// The type of the Secret, such as `kubernetes.io/tls`. Kubernetes does not allow the type to change.
    /// Default: `Opaque`.
    #[serde(rename = "type")]
    pub kind: Option<NonEmptyString>,
    /// The keys of the Secret, and the path of each value in the store. Default: none.
    #[serde(default)]
    pub data: Vec<SecretData>,
    /// Paths in the store whose properties all become keys of the Secret. Default: none.
    #[serde(default)]
    pub data_from: Vec<NonEmptyString>,
}

/// One key of a Secret.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretData {
    /// The key in the Secret.
    pub key: SecretKey,
    /// The path of the value in the store.
    pub from: NonEmptyString,
    /// The property at that path. Default: the whole value.
    pub property: Option<NonEmptyString>,
}

/// Where a Secret comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// The platform's store, through the External Secrets operator.
    #[default]
    Store,
    /// A file in the source of an application, encrypted with SOPS.
    Sops,
    /// A SealedSecret in the source of an application.
    Sealed,
    /// A person who creates it in the cluster.
    Manual,
}

impl SecretSource {
    /// The name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Sops => "sops",
            Self::Sealed => "sealed",
            Self::Manual => "manual",
        }
    }
}
