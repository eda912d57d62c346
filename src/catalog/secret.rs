//! A Secret that an entry needs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CreationPolicy, Decoding, RefreshPolicy, SecretRewrite, SecretSearch, SecretStore};
use crate::format::{DnsName, Duration, KindName, NonEmptyString, SecretKey};

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
    /// The store of the values. Default: the platform's `secrets.externalSecrets.store`.
    pub store: Option<SecretStore>,
    /// The keys of the Secret, and the path of each value in the store. Default: none.
    #[serde(default)]
    pub data: Vec<SecretData>,
    /// Paths in the store whose properties all become keys of the Secret. Default: none.
    #[serde(default)]
    pub data_from: Vec<NonEmptyString>,
    /// Searches of the store whose values all become keys of the Secret. Default: none.
    #[serde(default)]
    pub find: Vec<SecretSearch>,
    /// Regular expressions that rename the keys of `dataFrom` and `find`, one after the other. Default: none.
    #[serde(default)]
    pub rewrite: Vec<SecretRewrite>,
    /// Generators of the operator whose values all become keys of the Secret, such as a `Password`. Default:
    /// none.
    #[serde(default)]
    pub generators: Vec<SecretGenerator>,
    /// How the Secret is made of these values. Default: each value is a key.
    pub template: Option<SecretTemplate>,
    /// How often the Secret is compared with the store: `30m`; `0s` is once. Default: the platform's
    /// `secrets.externalSecrets.refreshInterval`.
    pub refresh_interval: Option<Duration>,
    /// When the values are read again: `periodic`, `onChange`, `createdOnce`. Needs version 0.16 of the
    /// operator. Default: `periodic`.
    pub refresh_policy: Option<RefreshPolicy>,
    /// Whose Secret it is: `owner`, `orphan`, `merge`. Default: `owner`.
    pub creation_policy: Option<CreationPolicy>,
}

/// A generator of the External Secrets operator: an object that makes values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretGenerator {
    /// The kind of the generator in its exact spelling: `Password`; `ClusterGenerator` is one for all
    /// namespaces.
    pub kind: KindName,
    /// The name of the generator.
    pub name: DnsName,
    /// Regular expressions that rename the keys of its values, one after the other. Default: none.
    #[serde(default)]
    pub rewrite: Vec<SecretRewrite>,
}

/// How a Secret is made of the values, by the operator. A text is a Go template: `{{ .password }}` is the
/// value of the key `password`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretTemplate {
    /// The keys of the Secret and their texts. Default: none; each value is a key.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    #[schemars(extend("propertyNames" = crate::format::schema("SecretKey")))]
    pub data: BTreeMap<SecretKey, String>,
    /// Texts that are keys of a ConfigMap or of another Secret, each for the same key. Default: none.
    #[serde(default)]
    pub from: Vec<SecretTemplateFile>,
    /// Whether the values are keys of the Secret too, beside those of `data`. Default: `false`.
    pub keep_values: Option<bool>,
    /// Labels of the Secret. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Secret. Default: none.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// Texts of an object in the entry's namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretTemplateFile {
    /// The name of a ConfigMap. Default: none.
    pub config_map: Option<DnsName>,
    /// The name of a Secret. Default: none.
    pub secret: Option<DnsName>,
    /// The keys of the object that are texts; at least one. Default: none.
    #[serde(default)]
    pub keys: Vec<SecretKey>,
}

/// One key of a Secret.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretData {
    /// The key in the Secret.
    pub key: SecretKey,
    /// The path of the value in the store. Default: that of the platform's `patterns.storePath`.
    pub from: Option<NonEmptyString>,
    /// The property at that path. Default: without `from`, that of the platform's `patterns.storeProperty`;
    /// else the whole value.
    pub property: Option<NonEmptyString>,
    /// The version of the value. Default: the newest.
    pub version: Option<NonEmptyString>,
    /// How the value is decoded: `base64`, `base64url`, `auto`. Default: it is not decoded.
    pub decode: Option<Decoding>,
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
