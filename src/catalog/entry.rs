//! An entry: one namespace and what runs in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Access, Application, NetworkPolicies, Route, Secret, TemplateUse};
use crate::format::{ApiGroup, Description, DnsLabel, KindName, NonEmptyString};

/// One namespace, its policies, the applications that run in it and the routes that lead to it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// The namespace that this entry owns; unique in the catalog.
    pub namespace: DnsLabel,
    /// One sentence about the entry; the AppProject carries it.
    pub description: Option<Description>,
    /// One of the platform's tiers, which are synced in their order; the last one if it is not said.
    pub tier: Option<NonEmptyString>,
    /// Whether this entry may be removed or switched off, and everything it owns with it. Without it the
    /// Namespace, the AppProject, the Applications, the service accounts, the external secrets and the
    /// default-deny policy are kept in the cluster when the entry is removed, so that a mistake deletes no
    /// data and its pods can start again.
    pub toggleable: Option<bool>,
    /// `false` keeps the lines but renders nothing; only where `toggleable` is `true`.
    pub enabled: Option<bool>,
    /// The Pod Security level that the namespace enforces; the platform's default if it is not said.
    pub pod_security: Option<PodSecurity>,
    /// Labels of the Namespace.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Namespace.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Who may talk to the pods of this namespace, and to whom they may talk.
    pub network_policies: NetworkPolicies,
    /// What the entry's applications may do beyond the least that they need.
    pub project: Option<Project>,
    /// Who may see and change what runs in this namespace; nobody but the cluster's own administrators if it
    /// is not said.
    #[serde(default)]
    pub access: Vec<Access>,
    /// The Secrets that the applications need: where their values come from, never a value.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// Whether the pods pull images with the platform's `secrets.imagePullSecret`; `true` if it is not said
    /// and the platform has one.
    pub image_pull_secret: Option<bool>,
    /// The Argo CD Applications that run in this namespace.
    #[serde(default)]
    pub applications: Vec<Application>,
    /// Objects of one's own, made by templates once for this entry.
    #[serde(default)]
    pub templates: Vec<TemplateUse>,
    /// The hosts and paths that lead to services of this namespace.
    #[serde(default)]
    pub routes: Vec<Route>,
}

/// A level of the Pod Security Standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// Pods may do anything: host paths, host network, privileged containers.
    Privileged,
    /// Pods may not escalate their privileges in the known ways.
    #[default]
    Baseline,
    /// Pods follow the current hardening practice.
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

/// What the AppProject permits beyond the entry's own repositories and namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Project {
    /// Cluster-scoped resources that the applications may own; none if it is not said.
    #[serde(default)]
    pub cluster_resources: Vec<ClusterResource>,
    /// Namespaced kinds of the platform's deny-list that the applications may own after all, such as the
    /// Roles of an operator's chart.
    #[serde(default)]
    pub namespace_resources: Vec<NamespaceResource>,
    /// Repositories that the applications may be deployed from, besides those that they name.
    #[serde(default)]
    pub source_repos: Vec<NonEmptyString>,
}

/// A kind of cluster-scoped resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterResource {
    /// The API group, without version: `rbac.authorization.k8s.io`; empty for the core group.
    pub group: ApiGroup,
    /// The kind, in its own spelling: `ClusterRole`.
    pub kind: KindName,
    /// The name that the resource must have; any name if it is not said. Globs are allowed. Needs Argo CD
    /// 3.3.
    pub name: Option<NonEmptyString>,
}

/// A namespaced kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamespaceResource {
    /// The API group, without version: `rbac.authorization.k8s.io`; empty for the core group.
    pub group: ApiGroup,
    /// The kind, in its own spelling: `Role`.
    pub kind: KindName,
}
