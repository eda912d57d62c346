//! Network profiles: data with meaning, so that checks and policies read the same.

mod builtin;

pub use builtin::{BUILT_IN, BuiltIn};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{NonEmptyString, Port};

/// A network profile: what entries that use it may do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "wharf profiles/*.yml")]
pub struct Profile {
    /// One sentence about the profile.
    pub summary: NonEmptyString,
    /// The profile that this one adds to.
    pub extends: Option<NonEmptyString>,
    /// Whether each entry that uses it has to give a reason.
    pub reason_required: Option<bool>,
    /// Who may talk to the pods.
    #[serde(default)]
    pub ingress: Vec<IngressRule>,
    /// To whom the pods may talk.
    #[serde(default)]
    pub egress: Vec<EgressRule>,
}

/// A peer that may talk to the pods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressRule {
    /// A named peer.
    pub from: NonEmptyString,
    /// The ports that the pods listen on; all if it is not said.
    #[serde(default)]
    pub ports: Vec<Port>,
}

/// A peer that the pods may talk to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EgressRule {
    /// A named peer.
    pub to: NonEmptyString,
    /// The ports that the peer listens on; all if it is not said.
    #[serde(default)]
    pub ports: Vec<Port>,
}
