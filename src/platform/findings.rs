//! Which findings are accepted in the whole catalog, and how severe others are.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{NonEmptyString, RuleName};

/// Which findings are accepted in the whole catalog, and how severe others are.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Findings {
    /// Rules whose findings are not reported anywhere in the catalog. A single line is accepted with a
    /// comment at it, `# wharf: allow RULE: reason`. Default: none.
    #[serde(default)]
    pub allow: Vec<Allowed>,
    /// The severity of rules whose findings may be accepted: `error`, `warning`, `note`. Default: that of
    /// each rule.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, FindingSeverity>")]
    #[schemars(extend("propertyNames" = crate::format::schema("RuleName")))]
    pub severity: BTreeMap<RuleName, FindingSeverity>,
}

/// A rule whose findings are accepted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowed {
    /// The name of the rule, as reports print it in brackets. An error that guards data or auth cannot be
    /// accepted.
    pub rule: RuleName,
    /// Why its findings are accepted.
    pub reason: NonEmptyString,
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingSeverity {
    /// Nothing is written while there is such a finding.
    Error,
    /// It is reported, and is an error with `--deny-warnings`.
    Warning,
    /// It is reported, and changes nothing.
    Note,
}
