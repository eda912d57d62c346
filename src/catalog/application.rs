//! An Argo CD Application.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::TemplateUse;
use crate::format::{ApiGroup, DnsLabel, DnsName, JsonPointer, KindName, RepositoryPath, Span, Words};
use crate::value::Map;

/// An Argo CD Application: where it comes from and how it is synced.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// The name of the Application; unique in the catalog. `patterns.application` of the platform may make another name of it.
    pub application_code: DnsLabel,
    /// A folder of the repository: a Helm chart unless `directory` or `kustomize` says otherwise.
    pub path: Option<RepositoryPath>,
    /// The repository; the platform's if it is not said. For a `chart`, the Helm or OCI registry that holds it.
    #[serde(rename = "repoURL")]
    pub repo_url: Option<Words>,
    /// The branch, tag or commit, or the version of the chart; the platform's revision if it is not said.
    pub target_revision: Option<Words>,
    /// The name of a chart in a Helm or OCI registry; needs `repoURL` and `targetRevision`.
    pub chart: Option<Words>,
    /// How Helm renders the chart.
    pub helm: Option<Helm>,
    /// Renders `path` with Kustomize.
    pub kustomize: Option<Kustomize>,
    /// Takes the manifests in `path` as they are.
    pub directory: Option<Directory>,
    /// `true` syncs by itself, prunes what is gone and heals what was changed by hand; otherwise somebody presses the button.
    pub auto_sync: Option<bool>,
    /// Finer answers about syncing.
    pub sync: Option<Sync>,
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
    /// The applicationCodes of applications that are synced before this one.
    #[serde(default)]
    pub depends_on: Vec<DnsLabel>,
    /// Objects of one's own, made by templates once for this application.
    #[serde(default)]
    pub templates: Vec<TemplateUse>,
}

/// How Helm renders a chart.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Helm {
    /// The name of the release, at most 53 characters; the name of the Application if it is not said.
    pub release_name: Option<DnsName>,
    /// Values files, relative to `path`; by the platform's pattern if it is not said and the chart is a `path`.
    pub value_files: Option<Vec<Words>>,
    /// Values, written here.
    pub values: Option<Map>,
    /// Single values, as with `helm --set`.
    #[serde(default)]
    pub parameters: Vec<HelmParameter>,
    /// Whether a values file may be missing. A misspelt name then deploys the chart's own defaults.
    pub ignore_missing_value_files: Option<bool>,
    /// Whether the chart's custom resource definitions are left out.
    pub skip_crds: Option<bool>,
    /// Whether the repository's credentials are passed on to other hosts.
    pub pass_credentials: Option<bool>,
}

/// One value, as with `helm --set`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelmParameter {
    /// Its path: `image.tag`.
    pub name: Words,
    /// The value.
    pub value: String,
    /// Whether a value that looks like a number or boolean stays text.
    pub force_string: Option<bool>,
}

/// How Kustomize renders a folder.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kustomize {
    /// A prefix of all names.
    pub name_prefix: Option<Words>,
    /// A suffix of all names.
    pub name_suffix: Option<Words>,
    /// The namespace of all objects.
    pub namespace: Option<DnsLabel>,
    /// Images to replace: `[old=]new[:tag|@digest]`.
    #[serde(default)]
    pub images: Vec<Words>,
    /// Labels of all objects.
    #[serde(default)]
    pub common_labels: BTreeMap<String, String>,
    /// Annotations of all objects.
    #[serde(default)]
    pub common_annotations: BTreeMap<String, String>,
    /// Components to add.
    #[serde(default)]
    pub components: Vec<Words>,
}

/// Which manifests of a folder are taken.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Directory {
    /// Whether folders below `path` are searched too.
    pub recurse: Option<bool>,
    /// A glob of the files to take.
    pub include: Option<Words>,
    /// A glob of the files to leave out.
    pub exclude: Option<Words>,
}

/// Finer answers about syncing. `prune`, `selfHeal` and `allowEmpty` only mean something where `autoSync` is `true`.
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
    pub options: Vec<Words>,
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
}

/// The time between two tries.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backoff {
    /// The first wait: `5s`.
    pub duration: Option<Span>,
    /// What each wait is multiplied with for the next.
    pub factor: Option<u32>,
    /// The longest wait: `3m`.
    pub max_duration: Option<Span>,
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
    pub jq_path_expressions: Vec<Words>,
    /// Field managers whose fields are overlooked.
    #[serde(default)]
    pub managed_fields_managers: Vec<Words>,
}

/// A fact for the Argo CD user interface.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Info {
    /// What it is about.
    pub name: Words,
    /// What is said.
    pub value: String,
}
