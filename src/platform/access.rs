//! How groups of people are named in the cluster.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::GroupPrefix;

/// How groups of people are named in the cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The prefix that the API server adds to groups of a token (`--oidc-groups-prefix`): `oidc:`. Argo CD
    /// adds none. Default: no prefix.
    pub group_prefix: Option<GroupPrefix>,
}
