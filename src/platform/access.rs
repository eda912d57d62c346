//! How groups of people are known to the cluster.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::GroupPrefix;

/// How groups of people are known to the cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// What the API server puts before each group of a token, as its `--oidc-groups-prefix` says: `oidc:`;
    /// nothing if it is not said. Argo CD puts nothing there.
    pub group_prefix: Option<GroupPrefix>,
}
