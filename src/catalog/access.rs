//! Who may see and change what runs in a namespace.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::GroupName;

/// What the people of a group may do with an entry, in Kubernetes and in Argo CD.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The group, as the identity provider calls it; the platform's `access.groupPrefix` stands before it in
    /// Kubernetes, nothing in Argo CD.
    pub group: GroupName,
    /// What its people may do.
    pub role: AccessRole,
}

/// What the people of a group may do. None of the roles may change or delete an Application itself: it comes
/// from the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccessRole {
    /// See everything but the values of Secrets: the ClusterRole `view`, and in Argo CD the applications and
    /// their logs.
    Viewer,
    /// Change what runs, and read Secrets: the ClusterRole `edit`, and in Argo CD also sync, actions such as
    /// a restart, and delete pods.
    Editor,
    /// Decide who else may: the ClusterRole `admin`, and in Argo CD also delete any object of the namespace
    /// and open a shell in its pods.
    Admin,
}

impl AccessRole {
    /// Its name in the catalog, and that of the AppProject's role.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The ClusterRole that every cluster has for it (Kubernetes, user-facing roles).
    pub fn cluster_role(self) -> &'static str {
        match self {
            Self::Viewer => "view",
            Self::Editor => "edit",
            Self::Admin => "admin",
        }
    }
}
