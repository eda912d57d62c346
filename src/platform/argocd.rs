//! Facts about Argo CD.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsLabel, HttpUrl, Version};

/// Facts about Argo CD.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArgoCd {
    /// The namespace that Argo CD runs in; `argocd` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// Its version.
    pub version: Option<Version>,
    /// The API server of the cluster that the applications go to; `https://kubernetes.default.svc` if it is not said.
    pub server: Option<HttpUrl>,
    /// Whether the Lua health check for Applications is installed, without which sync waves between Applications do not wait.
    pub application_health: Option<bool>,
}
