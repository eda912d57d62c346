//! What all entries and applications have unless they set it themselves.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::catalog::{Exposure, Finalizer, PodSecurity, Project, Sync};
use crate::format::{RepositoryPath, ServicePort};

/// Defaults for all entries and applications.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Defaults {
    /// The Pod Security level of namespaces: `privileged`, `baseline`, `restricted`. Default: `baseline`.
    pub pod_security: Option<PodSecurity>,
    /// The sides from which routes can be reached: `internal`, `external`. An entry and a route can set
    /// another `exposure`. Default: every side that the platform has.
    #[serde(default)]
    pub exposure: Vec<Exposure>,
    /// The port of the Services of routes that set no `port`: its number or its name. Default: none; each
    /// route sets its own.
    pub route_port: Option<ServicePort>,
    /// What applications have unless they set it themselves. Default: the default of each key of an
    /// application.
    pub application: Option<ApplicationDefaults>,
    /// What `AppProjects` have: a `name` that all entries share unless they set their own, and permissions in
    /// addition to those of each entry. Default: none.
    pub project: Option<Project>,
}

/// What applications have unless they set it themselves.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationDefaults {
    /// The folder of the repository of applications that set no source: no `path`, `repoURL`, `chart` or
    /// `sources`. Default: none; each application sets its own.
    pub path: Option<RepositoryPath>,
    /// Whether applications are synced automatically. Default: `false`.
    pub auto_sync: Option<bool>,
    /// How applications are synced. Each key applies to applications that do not set it; a sync option also
    /// to applications that do not list it with another value. `prune`, `selfHeal` and `allowEmpty` apply to
    /// automated syncs only. Default: none.
    pub sync: Option<Sync>,
    /// How many old revisions are kept for a rollback. Default: `10`.
    pub revision_history_limit: Option<u32>,
    /// Whether to make a ServiceAccount for each application. Default: `true` for folders, with the
    /// exceptions that `serviceAccount` of an application lists.
    pub service_account: Option<bool>,
    /// What happens to the objects of an application when it is removed: `foreground`, `background` or
    /// `none`. Default: `foreground`.
    pub finalizer: Option<Finalizer>,
}
