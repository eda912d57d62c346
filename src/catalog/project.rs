//! When applications of a project are synced, and what it reports.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{ApiGroup, CronSchedule, DottedName, Duration, KindName, NonEmptyString, TimeZone};

/// A time in which applications may be synced, or may not be. As soon as one window allows an application to
/// be synced, it may be synced in such windows only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncWindow {
    /// Whether the window allows or denies syncs: `allow`, `deny`.
    pub kind: WindowKind,
    /// When it begins, as five fields of cron: `0 22 * * *`.
    pub schedule: CronSchedule,
    /// How long it lasts: `1h`.
    pub duration: Duration,
    /// The time zone of the schedule: `Europe/Berlin`. Argo CD uses UTC for one that it does not know.
    /// Default: `UTC`.
    pub time_zone: Option<TimeZone>,
    /// The applicationCodes of the applications that it applies to. Default: all applications of the entry.
    #[serde(default)]
    pub applications: Vec<DottedName>,
    /// Whether people may sync manually while the window denies it. Default: `false`.
    pub manual_sync: Option<bool>,
}

/// Whether a window allows or denies syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WindowKind {
    /// Syncs are allowed in it, and not outside of it.
    Allow,
    /// Syncs are not allowed in it.
    Deny,
}

impl WindowKind {
    /// The name in the catalog and in Argo CD.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Whether Argo CD looks for objects in the namespaces of the project that belong to no application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrphanedResources {
    /// Whether each application shows a warning if there are such objects. Default: `true`.
    pub warn: Option<bool>,
    /// Objects that are not reported. Default: none.
    #[serde(default)]
    pub ignore: Vec<OrphanedResource>,
}

/// Objects that are not reported as orphaned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrphanedResource {
    /// The API group, without version; `*` is any. Default: the core group.
    pub group: Option<ApiGroup>,
    /// The kind in its exact spelling: `ConfigMap`. Default: any kind.
    pub kind: Option<KindName>,
    /// The name; globs are allowed. Default: any name.
    pub name: Option<NonEmptyString>,
}
