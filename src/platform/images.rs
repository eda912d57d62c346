//! Facts about argocd-image-updater.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, NonEmptyString, Version};

/// Facts about argocd-image-updater.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageUpdater {
    /// The version of argocd-image-updater. Before 1.0 it reads annotations of Applications, since then
    /// `ImageUpdater` objects.
    pub version: Version,
    /// Where new tags are written: `git` or `argocd`.
    pub write_back: WriteBack,
    /// The branch to commit to if the applications follow `HEAD`, which is not a branch that can be pushed
    /// to. Required in this case. Default: the application's `targetRevision`.
    pub branch: Option<NonEmptyString>,
    /// A branch to push to instead, which is then reviewed and merged, as a Go template:
    /// `image-updates-{{.SHA256}}`. Default: none.
    pub review_branch: Option<NonEmptyString>,
    /// The Secret in the namespace of Argo CD that holds the credentials to push with. Default: the
    /// credentials that Argo CD reads the repository with, which then need write access.
    pub credentials: Option<DnsName>,
}

/// Where new tags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WriteBack {
    /// A commit in the repository.
    Git,
    /// The Application in the cluster, where the root Application reverts it.
    Argocd,
}
