//! An Argo CD Application.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Directory, Helm, Image, Kustomize, Plugin, Source, TemplateUse};
use crate::format::{
    ApiGroup, DnsLabel, DnsName, DottedName, Duration, JsonPointer, KindName, NonEmptyString, RepositoryPath,
};

/// An Argo CD Application: its sources and how it is synced.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// The name of the Application, unique in the catalog. The platform's `patterns.application` can derive
    /// another name from it. Helm names the release after it: with a dot in it, a chart that names its
    /// Services after the release needs its own `helm.releaseName`.
    pub application_code: DottedName,
    /// A folder of the repository. It is rendered as a Helm chart unless `kustomize`, `directory` or `plugin`
    /// is set. Default: none.
    pub path: Option<RepositoryPath>,
    /// The URL of the repository, or of the Helm or OCI registry that holds the `chart`. Default: the
    /// platform's repository.
    #[serde(rename = "repoURL")]
    pub repo_url: Option<NonEmptyString>,
    /// The branch, tag or commit, or the version of the chart. Default: the platform's revision.
    pub target_revision: Option<NonEmptyString>,
    /// The name of a chart in a Helm or OCI registry. Requires `repoURL` and `targetRevision`. Default: none.
    pub chart: Option<NonEmptyString>,
    /// How Helm renders the chart. Default: with the values files of the platform's pattern.
    pub helm: Option<Box<Helm>>,
    /// Renders `path` with Kustomize. Default: none.
    pub kustomize: Option<Box<Kustomize>>,
    /// Applies the manifests in `path` as they are. Default: none.
    pub directory: Option<Box<Directory>>,
    /// Renders `path` with a config management plugin. Default: none.
    pub plugin: Option<Box<Plugin>>,
    /// Several sources, instead of the single one that the keys above describe. Default: none.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Whether the application is synced automatically, deletes resources that were removed from git
    /// (`sync.prune`) and reverts changes made in the cluster (`sync.selfHeal`). If `false`, it must be
    /// synced manually. Default: `false`.
    pub auto_sync: Option<bool>,
    /// Details of how the application is synced. Default: none.
    pub sync: Option<Box<Sync>>,
    /// Differences between git and the cluster that Argo CD ignores. If the application self-heals, wharf
    /// adds the sync option `RespectIgnoreDifferences=true`, without which Argo CD would revert what is
    /// ignored here with the next sync; `wharf explain` shows it. Default: none.
    #[serde(default)]
    pub ignore_differences: Vec<IgnoreDifference>,
    /// Information that the Argo CD user interface shows. Default: none.
    #[serde(default)]
    pub info: Vec<Info>,
    /// How many old revisions are kept for a rollback. Default: `10`.
    pub revision_history_limit: Option<u32>,
    /// Labels of the Application. Default: none.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Application. Default: none.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// The namespace of objects that do not name one; `none` if every object names its own, or is
    /// cluster-scoped: Argo CD then refuses an object that should name one. Default: the entry's namespace.
    pub target_namespace: Option<DnsLabel>,
    /// Whether to make a ServiceAccount named after the `applicationCode`, with which pods get no token. Set
    /// it to `false` if the chart makes its own ServiceAccount. Default: `true` if a source is a folder,
    /// `false` for a chart of a registry, if the lock lists one that the chart makes, and if the entry does
    /// not own its namespace.
    pub service_account: Option<bool>,
    /// Whether its pods use the network of their node. Policies do not apply to them, and others see the
    /// address of the node. Default: what the lock says; else `false`.
    pub host_network: Option<bool>,
    /// What happens to the objects of the application when it is removed: `foreground`, `background` or
    /// `none`. Default: `foreground`.
    pub finalizer: Option<Finalizer>,
    /// Files and folders outside of `path` that the manifests depend on, such as a chart that this one
    /// includes. Paths start at the root of the repository. Only used if `argocd.manifestGeneratePaths` is
    /// `true` in platform.yml. Default: none.
    #[serde(default)]
    pub generate_paths: Vec<RepositoryPath>,
    /// Images that argocd-image-updater keeps up to date. Requires `imageUpdater` in platform.yml. Default:
    /// none.
    #[serde(default)]
    pub images: Vec<Image>,
    /// The values file that new tags are committed to; one of `helm.valueFiles`. Required for a chart in a
    /// registry, as `$name/…` from the repository of another source. Default:
    /// `.argocd-source-<applicationCode>.yaml`, which Argo CD reads from the folder of the chart.
    pub image_values_file: Option<NonEmptyString>,
    /// The applicationCodes of the applications that must be synced before this one. Default: none.
    #[serde(default)]
    pub depends_on: Vec<DottedName>,
    /// Your own objects, rendered from templates once for this application. Default: none.
    #[serde(default)]
    pub templates: Vec<TemplateUse>,
}

impl Application {
    /// Takes out the single source that the application's own keys describe.
    pub fn take_source(&mut self) -> Source {
        Source {
            name: None,
            path: self.path.take(),
            repo_url: self.repo_url.take(),
            target_revision: self.target_revision.take(),
            chart: self.chart.take(),
            reference: None,
            helm: self.helm.take(),
            kustomize: self.kustomize.take(),
            directory: self.directory.take(),
            plugin: self.plugin.take(),
        }
    }
}

/// What happens to the objects of an application when it is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Finalizer {
    /// Deletes dependent objects first, then the objects, then the Application.
    #[default]
    Foreground,
    /// Deletes the objects; Kubernetes then deletes their dependent objects.
    Background,
    /// Keeps the objects running, without an Application that manages them.
    None,
}

/// Details of how the application is synced. `prune`, `selfHeal` and `allowEmpty` require `autoSync: true`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sync {
    /// Whether to delete resources from the cluster that were removed from the repository. Default: `true`.
    pub prune: Option<bool>,
    /// Whether to revert changes that were made in the cluster. Default: `true`.
    pub self_heal: Option<bool>,
    /// Whether an automated sync may delete all resources. Default: `false`.
    pub allow_empty: Option<bool>,
    /// Argo CD sync options, such as `ServerSideApply=true`. Default: none.
    #[serde(default)]
    pub options: Vec<NonEmptyString>,
    /// How a failed sync is retried. Default: Argo CD retries automated syncs 5 times.
    pub retry: Option<Retry>,
}

/// How often and how fast a failed sync is retried.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// The maximum number of retries; unlimited if negative. Default: `0`.
    pub limit: Option<i32>,
    /// The time between two retries. Default: Argo CD's own backoff.
    pub backoff: Option<Backoff>,
    /// Whether a retry moves on to a new commit. Default: `true` if `argocd.version` is 3.2 or newer.
    pub refresh: Option<bool>,
}

/// The time between two retries.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backoff {
    /// The time before the first retry. Default: `5s`.
    pub duration: Option<Duration>,
    /// The factor by which the time grows with each retry. Default: `2`.
    pub factor: Option<u32>,
    /// The maximum time between two retries. Default: `3m`.
    pub max_duration: Option<Duration>,
}

/// Differences that Argo CD ignores, and the objects to ignore them in.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IgnoreDifference {
    /// The API group, without version. Default: the core group.
    pub group: Option<ApiGroup>,
    /// The kind of the objects.
    pub kind: KindName,
    /// The name of the object; not a glob. Default: all names.
    pub name: Option<DnsName>,
    /// The namespace of the objects. Default: all namespaces.
    pub namespace: Option<DnsLabel>,
    /// The fields to ignore, as JSON pointers: `/spec/replicas`. Default: none.
    #[serde(default)]
    pub json_pointers: Vec<JsonPointer>,
    /// The fields to ignore, as jq expressions. Default: none.
    #[serde(default)]
    pub jq_path_expressions: Vec<NonEmptyString>,
    /// Field managers whose fields are ignored. Default: none.
    #[serde(default)]
    pub managed_fields_managers: Vec<NonEmptyString>,
}

/// A piece of information that the Argo CD user interface shows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Info {
    /// The label.
    pub name: NonEmptyString,
    /// The text.
    pub value: String,
}
