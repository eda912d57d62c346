//! How the External Secrets operator treats a Secret.

use schemars::JsonSchema;
use serde::Deserialize;

/// Whose Secret it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CreationPolicy {
    /// The operator creates the Secret, and Kubernetes deletes it with the ExternalSecret.
    #[default]
    Owner,
    /// The operator creates the Secret, and it stays without the ExternalSecret.
    Orphan,
    /// The operator adds the values to a Secret that something else creates.
    Merge,
}

impl CreationPolicy {
    /// The value of `creationPolicy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Orphan => "Orphan",
            Self::Merge => "Merge",
        }
    }
}

/// When the values are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RefreshPolicy {
    /// At the refresh interval.
    Periodic,
    /// When the ExternalSecret changes.
    OnChange,
    /// Never: they are read once.
    CreatedOnce,
}

impl RefreshPolicy {
    /// The value of `refreshPolicy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Periodic => "Periodic",
            Self::OnChange => "OnChange",
            Self::CreatedOnce => "CreatedOnce",
        }
    }
}

/// How a value of the store is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Decoding {
    /// From Base64.
    Base64,
    /// From Base64 for URLs.
    Base64Url,
    /// From Base64 or Base64 for URLs, if it is one of them.
    Auto,
}

impl Decoding {
    /// The value of `decodingStrategy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "Base64",
            Self::Base64Url => "Base64URL",
            Self::Auto => "Auto",
        }
    }
}
