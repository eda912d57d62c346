//! An Argo CD Application.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Directory, Helm, Image, Kustomize, Plugin, Source, TemplateUse};
use crate::format::{
    ApiGroup, DnsLabel, DnsName, Duration, JsonPointer, KindName, NonEmptyString, RepositoryPath,
};

/// An Argo CD Application: where it comes from and how it is synced.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// The name of the Application; unique in the catalog. `patterns.application` of the platform may make
    /// another name of it.
    pub application_code: DnsLabel,
    /// A folder of the repository: a Helm chart unless `kustomize`, `directory` or `plugin` says otherwise.
    pub path: Option<RepositoryPath>,
    /// The repository; the platform's if it is not said. For a `chart`, the Helm or OCI registry that holds
    /// it.
    #[serde(rename = "repoURL")]
    pub repo_url: Option<NonEmptyString>,
    /// The branch, tag or commit, or the version of the chart; the platform's revision if it is not said.
    pub target_revision: Option<NonEmptyString>,
    /// The name of a chart in a Helm or OCI registry; needs `repoURL` and `targetRevision`.
    pub chart: Option<NonEmptyString>,
    /// How Helm renders the chart.
    pub helm: Option<Box<Helm>>,
    /// Renders `path` with Kustomize.
    pub kustomize: Option<Box<Kustomize>>,
    /// Takes the manifests in `path` as they are.
    pub directory: Option<Box<Directory>>,
    /// Renders `path` with a config management plugin.
    pub plugin: Option<Box<Plugin>>,
    /// Several sources, in place of the one that the keys above describe.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// `true` syncs by itself, prunes what is gone and heals what was changed by hand; otherwise somebody
    /// presses the button.
    pub auto_sync: Option<bool>,
    /// Finer answers about syncing.
    pub sync: Option<Box<Sync>>,
    /// Differences that Argo CD is to overlook.
    #[serde(default)]
    pub ignore_differences: Vec<IgnoreDifference>,
    /// Facts for the Argo CD user interface.
    #[serde(default)]
    pub info: Vec<Info>,
    /// How many old revisions are kept for a rollback; 10 if it is not said.
    pub revision_history_limit: Option<u32>,
    /// Labels of the Application.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Application.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// The namespace that objects without one go to; the entry's if it is not said.
    pub target_namespace: Option<DnsLabel>,
    /// Whether a ServiceAccount called after the `applicationCode` is made for its pods, which hands them no
    /// token. `false` where the chart makes its own; `true` if it is not said and a source is a folder,
    /// `false` for a chart of a registry.
    pub service_account: Option<bool>,
    /// What happens to the objects of the application when it is removed; they are deleted before it if it is
    /// not said.
    pub finalizer: Option<Finalizer>,
    /// Files and folders outside of `path` that the manifests depend on, from the root of the repository: a
    /// chart that this one includes. Only means something where `argocd.manifestGeneratePaths` is `true` in
    /// platform.yml.
    #[serde(default)]
    pub generate_paths: Vec<RepositoryPath>,
    /// Images that argocd-image-updater keeps up to date; needs `imageUpdater` in platform.yml.
    #[serde(default)]
    pub images: Vec<Image>,
    /// The values file that new tags are committed to, one of `helm.valueFiles`; if it is not said, a file
    /// that Argo CD reads beside the chart, `.argocd-source-<applicationCode>.yaml`. Needed for a chart in a
    /// registry: there, `$name/…` from the repository of another source.
    pub image_values_file: Option<NonEmptyString>,
    /// The applicationCodes of applications that are synced before this one.
    #[serde(default)]
    pub depends_on: Vec<DnsLabel>,
    /// Objects of one's own, made by templates once for this application.
    #[serde(default)]
    pub templates: Vec<TemplateUse>,
}

impl Application {
    /// Takes out the one source that the application's own keys describe.
    pub fn take_source(&mut self) -> Source {
        Source {
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
    /// They are deleted first, each after what it owns, and the Application after them.
    #[default]
    Foreground,
    /// They are deleted, and what they own after them.
    Background,
    /// They run on, and no Application knows them any more.
    None,
}

/// Finer answers about syncing. `prune`, `selfHeal` and `allowEmpty` only mean something where `autoSync` is
/// `true`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sync {
    /// Whether what is gone from the repository is deleted from the cluster; `true` if it is not said.
    pub prune: Option<bool>,
    /// Whether what was changed by hand is changed back; `true` if it is not said.
    pub self_heal: Option<bool>,
    /// Whether an automated sync may delete everything; `false` if it is not said.
    pub allow_empty: Option<bool>,
    /// Argo CD sync options: `ServerSideApply=true`.
    #[serde(default)]
    pub options: Vec<NonEmptyString>,
    /// What happens after a sync that failed.
    pub retry: Option<Retry>,
}

/// How often and how fast a failed sync is tried again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// How many times; without end if negative.
    pub limit: Option<i32>,
    /// The time between two tries.
    pub backoff: Option<Backoff>,
    /// Whether a new commit is taken up while an old one is still tried; `true` if it is not said and
    /// `argocd.version` is 3.2 or newer.
    pub refresh: Option<bool>,
}

/// The time between two tries.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backoff {
    /// The first wait: `5s`.
    pub duration: Option<Duration>,
    /// What each wait is multiplied with for the next.
    pub factor: Option<u32>,
    /// The longest wait: `3m`.
    pub max_duration: Option<Duration>,
}

/// Differences of some objects that Argo CD is to overlook.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IgnoreDifference {
    /// The API group, without version; the core group if it is not said.
    pub group: Option<ApiGroup>,
    /// The kind.
    pub kind: KindName,
    /// The name; all if it is not said. No glob.
    pub name: Option<DnsName>,
    /// The namespace; all if it is not said.
    pub namespace: Option<DnsLabel>,
    /// Fields, as JSON pointers: `/spec/replicas`.
    #[serde(default)]
    pub json_pointers: Vec<JsonPointer>,
    /// Fields, as jq expressions.
    #[serde(default)]
    pub jq_path_expressions: Vec<NonEmptyString>,
    /// Field managers whose fields are overlooked.
    #[serde(default)]
    pub managed_fields_managers: Vec<NonEmptyString>,
}

/// A fact for the Argo CD user interface.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Info {
    /// What it is about.
    pub name: NonEmptyString,
    /// What is said.
    pub value: String,
}
