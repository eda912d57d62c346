//! Facts about Argo CD.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{
    ApiGroup, DnsLabel, HttpUrl, KindName, NonEmptyString, RepositoryPath, UrlScheme, Version,
};

/// Facts about Argo CD.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArgoCd {
    /// The namespace that Argo CD runs in; `argocd` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// Its version.
    pub version: Option<Version>,
    /// The API server of the cluster that the applications are deployed to. Default, and the only value so
    /// far: `https://kubernetes.default.svc`, the cluster that Argo CD itself runs in.
    pub server: Option<HttpUrl>,
    /// Whether the Lua health check for Applications is installed, without which sync waves between
    /// Applications do not wait.
    pub application_health: Option<bool>,
    /// The schemes of `helm.valuesFileSchemes` in `argocd-cm`, by which values files may be named;
    /// `[http, https]` if it is not said.
    pub values_file_schemes: Option<Vec<UrlScheme>>,
    /// Whether Applications say which folders and files their manifests depend on, so that Argo CD renders
    /// only what a commit touches; `false` if it is not said. What a chart or an overlay includes from
    /// elsewhere has to be in the application's `generatePaths`.
    pub manifest_generate_paths: Option<bool>,
    /// The root application, which applies everything that wharf makes; `wharf bootstrap` writes it.
    pub root: Option<RootApplication>,
}

/// The root application, which applies everything that wharf makes; `wharf bootstrap` writes it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootApplication {
    /// Its name, and that of its AppProject; `catalog-root` if it is not said.
    pub name: Option<DnsLabel>,
    /// The folder of the repository that `wharf render` writes to; `rendered` if it is not said. With
    /// `plugin`, the folder of the catalog itself; `.` if it is not said.
    pub path: Option<RepositoryPath>,
    /// The config management plugin that runs wharf within Argo CD, with its version: `wharf-v1`. Without it
    /// Argo CD applies the rendered folder.
    pub plugin: Option<NonEmptyString>,
    /// Several root applications that share the catalog by tiers, in place of one; only with `plugin`. Every
    /// tier belongs to exactly one of them. Default: one root application for all tiers.
    #[serde(default)]
    pub applications: Vec<RootPart>,
    /// What its AppProject permits. Default: `general`.
    pub project: Option<RootProject>,
    /// Cluster-scoped kinds that templates make and that the root application may apply, besides Namespaces.
    /// Default: none.
    #[serde(default)]
    pub cluster_resources: Vec<RootClusterResource>,
}

/// A root application that renders some tiers only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootPart {
    /// Its name.
    pub name: DnsLabel,
    /// The tiers whose entries it renders.
    #[serde(default)]
    pub tiers: Vec<NonEmptyString>,
}

/// What the AppProject of the root application permits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RootProject {
    /// Whatever a catalog may come to hold: every namespace but `kube-*`, every namespaced kind, and
    /// Namespaces. Adding and removing entries needs nothing by hand.
    #[default]
    General,
    /// Exactly the namespaces and kinds of this catalog. It has to be applied by hand whenever one is added,
    /// and again after one was pruned.
    Exact,
}

/// A cluster-scoped kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootClusterResource {
    /// The API group, without version: `kyverno.io`; empty for the core group.
    pub group: ApiGroup,
    /// The kind, in its own spelling: `ClusterPolicy`.
    pub kind: KindName,
}
