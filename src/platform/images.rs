//! Facts about argocd-image-updater.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, NonEmptyString, Version};

/// Facts about argocd-image-updater.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageUpdater {
    /// Its version: before 1.0 it reads annotations of Applications, since then `ImageUpdater` objects.
    pub version: Version,
    /// Where new tags are written to.
    pub write_back: WriteBack,
    /// The branch that it commits to where the applications follow `HEAD`; needed there, as it cannot push to
    /// what has no name.
    pub branch: Option<NonEmptyString>,
    /// A branch to push to instead, for somebody to review and merge: a Go template,
    /// `image-updates-{{.SHA256}}`.
    pub review_branch: Option<NonEmptyString>,
    /// A Secret in the namespace of Argo CD with which it pushes; what Argo CD itself reads the repository
    /// with if it is not said, which then has to be allowed to write.
    pub credentials: Option<DnsName>,
}

/// Where new tags are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WriteBack {
    /// The repository: a commit.
    Git,
    /// The Application in the cluster, where the root application undoes it.
    Argocd,
}
