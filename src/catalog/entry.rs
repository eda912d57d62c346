//! An entry: one namespace and what runs in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Access, Application, Exposure, NetworkPolicies, OrphanedResources, Route, Secret, Stream, SyncWindow,
    TemplateUse,
};
use crate::format::{ApiGroup, Description, DnsLabel, KindName, NonEmptyString};

/// One namespace with its network policies, applications and routes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The namespace that this entry owns, or only deploys to: see `ownsNamespace`; unique in the catalog.
    pub namespace: DnsLabel,
    /// Whether the entry owns its namespace. `false` is for a namespace of the cluster itself, such as
    /// `kube-system` and `default`, or of something outside of the catalog. The entry then renders the
    /// AppProject, the Applications and what else it lists, but no Namespace, no network policies and no
    /// `default` ServiceAccount, and requires `networkPolicies.profile: none`. Default: `true`.
    pub owns_namespace: Option<bool>,
    /// One sentence about the entry, which becomes the description of the AppProject. Default: none.
    pub description: Option<Description>,
    /// One of the platform's tiers, which are synced in order. Default: the last tier.
    pub tier: Option<NonEmptyString>,
    /// Whether this entry, and everything that it owns, may be removed or disabled. If `false`, the
    /// Namespace, the AppProject, the Applications, the ServiceAccounts, the ExternalSecrets and the
    /// default-deny policy stay in the cluster when the entry is removed, so that a mistake does not delete
    /// data and its pods can start again. Default: `false`.
    pub toggleable: Option<bool>,
    /// Whether the entry is rendered. `false` requires `toggleable: true`. Default: `true`.
    pub enabled: Option<bool>,
    /// The Pod Security level that the namespace enforces: `privileged`, `baseline`, `restricted`. Default:
    /// the platform's `defaults.podSecurity`.
    pub pod_security: Option<PodSecurity>,
    /// Labels of the Namespace. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Namespace. Default: none.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Which connections to and from the pods of this namespace are allowed.
    pub network_policies: NetworkPolicies,
    /// The AppProject of the entry's applications. Default: the platform's `defaults.project`; without one,
    /// the AppProject permits only what the entry needs.
    pub project: Option<Project>,
    /// Groups of people who may view or change what runs in this namespace. Default: none; only the cluster's
    /// administrators.
    #[serde(default)]
    pub access: Vec<Access>,
    /// The Secrets that the applications need: where their values come from, never the values themselves.
    /// Default: none.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// Whether the pods pull images with the platform's `secrets.imagePullSecret`. Default: `true` if the
    /// platform has one and the entry owns its namespace.
    pub image_pull_secret: Option<bool>,
    /// The Argo CD Applications that run in this namespace. Default: none.
    #[serde(default)]
    pub applications: Vec<Application>,
    /// Your own objects, rendered from templates once for this entry. Default: none.
    #[serde(default)]
    pub templates: Vec<TemplateUse>,
    /// The sides from which routes can be reached that set no `exposure`: `internal`, `external`. Default:
    /// `defaults.exposure` of the platform.
    #[serde(default)]
    pub exposure: Vec<Exposure>,
    /// The hosts and paths that lead to Services of this namespace. Default: none.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// The TCP and UDP ports of the ingress controller that lead to Services of this namespace. Default:
    /// none.
    #[serde(default)]
    pub streams: Vec<Stream>,
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// Unrestricted: host paths, the host network and privileged containers are allowed.
    Privileged,
    /// Prevents known privilege escalations.
    #[default]
    Baseline,
    /// Requires current hardening practices.
    Restricted,
}

impl PodSecurity {
    /// The value of the `pod-security.kubernetes.io` labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

/// The AppProject: its name, and permissions beyond the entry's own repositories and namespace.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    /// The name of the AppProject. Entries with the same name share one: it permits each of them what any of
    /// them needs. Default: an AppProject of its own, by the platform's `patterns.appProject`.
    pub name: Option<DnsLabel>,
    /// Labels of the AppProject, by which `globalProjects` of Argo CD selects it. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Cluster-scoped resources that the applications may manage and that templates may create. Default:
    /// none.
    #[serde(default)]
    pub cluster_resources: Vec<ClusterResource>,
    /// Namespaced kinds that applications may manage although the AppProject denies them by default, such as
    /// the Roles of an operator's chart, and kinds that templates of the entry create although they may have
    /// an effect beyond the namespace. Default: none.
    #[serde(default)]
    pub namespace_resources: Vec<NamespaceResource>,
    /// Namespaces that the applications may deploy objects to, besides the entry's own and their
    /// `targetNamespace`: `kube-system` for a chart that elects its leader there. They may then manage
    /// every kind there that the AppProject permits. Default: none.
    #[serde(default)]
    pub destinations: Vec<DnsLabel>,
    /// Repositories that the applications may be deployed from, in addition to those that they name. Default:
    /// none.
    #[serde(default)]
    pub source_repos: Vec<NonEmptyString>,
    /// When the applications may be synced. Default: at any time.
    #[serde(default)]
    pub sync_windows: Vec<SyncWindow>,
    /// Whether Argo CD looks for objects that belong to no application. Default: none; it does not.
    pub orphaned_resources: Option<OrphanedResources>,
}

/// A kind of cluster-scoped resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterResource {
    /// The API group, without version: `rbac.authorization.k8s.io`. An empty string is the core group.
    pub group: ApiGroup,
    /// The kind in its exact spelling: `ClusterRole`.
    pub kind: KindName,
    /// The name of the resource; globs are allowed. Needs Argo CD 3.3. Default: any name.
    pub name: Option<NonEmptyString>,
}

/// A namespaced kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamespaceResource {
    /// The API group, without version: `rbac.authorization.k8s.io`. An empty string is the core group.
    pub group: ApiGroup,
    /// The kind in its exact spelling: `Role`.
    pub kind: KindName,
}
