//! Values that are not in the catalog.

use schemars::JsonSchema;
use serde::Deserialize;

/// A variable: a value, where it comes from, or the text that something else replaces.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variable {
    /// The value, at most 1024 characters. Default: none; requires `from` or `passthrough`.
    pub value: Option<String>,
    /// Where the value comes from: `env` is the environment variable with the prefix `WHARF_VAR_`. Default:
    /// none; requires `value` or `passthrough`.
    pub from: Option<VariableSource>,
    /// The text that manifests contain in its place, for a plugin of Argo CD that replaces it:
    /// `${SECRET:DOMAIN}`, `<path:secret/home#domain>`. No rule judges its value; until then it is a
    /// host, such as `var-domain.invalid` for `DOMAIN`, which names of objects and the other commands show.
    /// Default: none; requires `value` or `from`.
    pub passthrough: Option<String>,
}

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VariableSource {
    /// The environment of wharf.
    Env,
}
