//! A template that an entry or an application uses.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::DnsLabel;
use crate::value::Map;

/// A template of `templates/`, and what it is filled in with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateUse {
    /// The template: `backup` for `templates/backup.yml`.
    pub name: DnsLabel,
    /// What the template sees as `values`.
    pub values: Option<Map>,
}
