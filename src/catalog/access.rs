//! Who may view and change what runs in a namespace.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::GroupName;

/// A group of people, and what they may do with an entry in Kubernetes and in Argo CD.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Access {
    /// The name of the group at the identity provider. Kubernetes objects prepend the platform's
    /// `access.groupPrefix`; Argo CD objects do not.
    pub group: GroupName,
    /// What members of the group may do.
    pub role: AccessRole,
}

/// What members of a group may do. No role may change or delete an Application itself, because it comes from
/// the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccessRole {
    /// View everything except the values of Secrets: the ClusterRole `view`; in Argo CD, view applications
    /// and logs.
    Viewer,
    /// Change what runs and read Secrets: the ClusterRole `edit`; in Argo CD also sync, run actions such as a
    /// restart, and delete pods.
    Editor,
    /// Grant access to others: the ClusterRole `admin`; in Argo CD also delete any object of the namespace
    /// and open a shell in its pods.
    Admin,
}

impl AccessRole {
    /// The name in the catalog, and of the AppProject's role.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The built-in ClusterRole of the role (Kubernetes, user-facing roles).
    pub fn cluster_role(self) -> &'static str {
        match self {
            Self::Viewer => "view",
            Self::Editor => "edit",
            Self::Admin => "admin",
        }
    }
}
