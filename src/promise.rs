//! Promises about the network of a catalog, in `tests/*.yml`: which connections must be possible, which must
//! not be, and which hosts need auth.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::Exposure;
use crate::format::{NonEmptyString, Port};

/// Promises, each of which `wharf test` checks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(title = "wharf tests/*.yml")]
pub struct Promises(
    /// The promises.
    #[schemars(length(min = 1))]
    pub Vec<Promise>,
);

/// A promise: exactly one of `deny`, `allow`, `only` and `auth`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Promise {
    /// A sentence that explains the promise. Default: none.
    pub description: Option<NonEmptyString>,
    /// Connections that must not be possible. Default: none.
    pub deny: Option<Flow>,
    /// Connections that must be possible. Default: none.
    pub allow: Option<Flow>,
    /// An entry that nothing but the listed ends may connect to. Default: none.
    pub only: Option<Only>,
    /// Hosts that must require auth on every path. Default: none.
    pub auth: Option<AuthPromise>,
}

/// Connections from one end to another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flow {
    /// What connects: an entry, a peer such as `internet` or `lan`, or a range of addresses. `*` in the name
    /// of an entry matches any characters.
    pub from: NonEmptyString,
    /// What is connected to, in the same way.
    pub to: NonEmptyString,
    /// The ports of the pods that are connected to. Default: any port.
    #[serde(default)]
    pub ports: Vec<Port>,
}

/// An entry with everything that may connect to it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Only {
    /// What may connect: entries, peers such as `ingress-controller`, or ranges of addresses.
    pub from: Vec<NonEmptyString>,
    /// The entry that is connected to. `*` matches any characters.
    pub to: NonEmptyString,
    /// The ports of its pods. Default: any port.
    #[serde(default)]
    pub ports: Vec<Port>,
}

/// Hosts that must require auth.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthPromise {
    /// The side of the entry points: `internal` or `external`. Default: both.
    pub exposure: Option<Exposure>,
    /// Hosts that may have paths without auth. Default: none.
    #[serde(default)]
    pub except: Vec<NonEmptyString>,
}
