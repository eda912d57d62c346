//! Values that are not in the catalog.

use schemars::JsonSchema;
use serde::Deserialize;

/// A variable: either a value, or where it comes from.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variable {
    /// The value, at most 1024 characters. Default: none; requires `from`.
    pub value: Option<String>,
    /// Where the value comes from: `env` is the environment variable with the prefix `WHARF_VAR_`. Default:
    /// none; requires `value`.
    pub from: Option<VariableSource>,
}

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VariableSource {
    /// The environment of wharf.
    Env,
}
