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
    /// The namespace that Argo CD runs in. Default: `argocd`.
    pub namespace: Option<DnsLabel>,
    /// The version of Argo CD, in quotes: `'3.2'`. Default: unknown; wharf then does not use features of
    /// newer versions on its own.
    pub version: Option<Version>,
    /// The API server of the cluster that applications are deployed to. The only supported value is the
    /// default, the cluster that Argo CD itself runs in. Default: `https://kubernetes.default.svc`.
    pub server: Option<HttpUrl>,
    /// Whether the Lua health check for Applications is installed. Without it, sync waves do not wait for
    /// Applications. Default: `false`.
    pub application_health: Option<bool>,
    /// The URL schemes of values files that Argo CD permits: `helm.valuesFileSchemes` in `argocd-cm`.
    /// Default: `[http, https]`.
    pub values_file_schemes: Option<Vec<UrlScheme>>,
    /// Whether Applications declare the files that their manifests depend on, so that Argo CD renders only
    /// those that a commit changes. What a chart or an overlay includes from elsewhere must be listed in the
    /// application's `generatePaths`. Default: `false`.
    pub manifest_generate_paths: Option<bool>,
    /// Whether Argo CD manages EndpointSlices, which routes to `addresses` need. By default, Argo CD 3
    /// excludes them in `resource.exclusions` of `argocd-cm`. Default: `true` for a `version` before 3, else
    /// `false`.
    pub endpoint_slices: Option<bool>,
    /// The root Application, which applies everything that wharf renders. `wharf bootstrap` writes it.
    /// Default: the default of each key.
    pub root: Option<RootApplication>,
}

/// The root Application, which applies everything that wharf renders. `wharf bootstrap` writes it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RootApplication {
    /// The name of the root Application and of its AppProject. Default: `catalog-root`.
    pub name: Option<DnsLabel>,
    /// The folder of the repository that the root Application applies: the output of `wharf render` or, with
    /// `plugin`, the folder of the catalog. Default: `rendered`, with `plugin` `.`.
    pub path: Option<RepositoryPath>,
    /// The config management plugin that runs wharf in Argo CD, with its version: `wharf-v1`. Default: none;
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
    /// The tiers whose entries it renders. Default: none.
    #[serde(default)]
    pub tiers: Vec<NonEmptyString>,
}

/// What the AppProject of the root application permits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RootProject {
    /// Whatever a catalog may come to hold: every namespace but `kube-*`, every namespaced kind, and
    /// Namespaces. Adding and removing entries needs no manual step.
    #[default]
    General,
    /// Exactly the namespaces and kinds of this catalog. It has to be applied manually whenever one is added,
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
