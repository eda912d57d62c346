//! A template that an entry or an application uses.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::DnsLabel;
use crate::value::Map;

/// A template of `templates/`, and the values it is rendered with.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateUse {
    /// The name of the template: `backup` is `templates/backup.yml`.
    pub name: DnsLabel,
    /// The values that the template sees as `values`. Default: none.
    pub values: Option<Map>,
}
