//! Values of a store that are found by their names, and the keys that they get.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::NonEmptyString;

/// Values of the store that are found by name or by tags.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretSearch {
    /// A regular expression for the names of values: `^notes-`. Default: any name.
    pub name: Option<NonEmptyString>,
    /// Tags of values. Default: any tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The path in the store below which values are searched. Default: the whole store.
    pub path: Option<NonEmptyString>,
}

/// A regular expression that renames keys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretRewrite {
    /// A regular expression for a part of the key: `(.*)`.
    pub from: NonEmptyString,
    /// What it is replaced by; `$1` is the first group: `notes_$1`.
    pub to: String,
}
