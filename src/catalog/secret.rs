//! A Secret that an entry needs.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, NonEmptyString, SecretKey};

/// A Secret of the namespace: its name and where its values come from, never a value.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    /// Its name; unique in the namespace.
    pub name: DnsName,
    /// Where it comes from; `store` if it is not said.
    pub source: Option<SecretSource>,
    /// Its type, such as `kubernetes.io/tls`; `Opaque` if it is not said. Kubernetes never lets a type be
    /// changed.
    #[serde(rename = "type")]
    pub kind: Option<NonEmptyString>,
    /// Its keys, each with where the store keeps the value.
    #[serde(default)]
    pub data: Vec<SecretData>,
    /// Paths in the store all of whose properties become keys.
    #[serde(default)]
    pub data_from: Vec<NonEmptyString>,
}

/// One key of a Secret.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretData {
    /// The key.
    pub key: SecretKey,
    /// The path of the value in the store.
    pub from: NonEmptyString,
    /// The property at that path; all that is there if it is not said.
    pub property: Option<NonEmptyString>,
}

/// Where a Secret comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// The platform's store, by way of External Secrets.
    #[default]
    Store,
    /// A file that is encrypted with SOPS and stands in the source of an application.
    Sops,
    /// A SealedSecret in the source of an application.
    Sealed,
    /// Somebody who makes it by hand.
    Manual,
}

impl SecretSource {
    /// Its name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Sops => "sops",
            Self::Sealed => "sealed",
            Self::Manual => "manual",
        }
    }
}
