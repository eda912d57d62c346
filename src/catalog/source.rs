//! Where the manifests of an application come from, and how they are rendered.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{ApiGroup, DnsLabel, DnsName, KindName, NonEmptyString, RepositoryPath};
use crate::value::Map;

/// One of several sources of an application.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
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
    /// A name for the files of this repository: with `ref: values`, the other sources may take
    /// `$values/path/to/values.yml`. Such a source renders nothing itself.
    #[serde(rename = "ref")]
    pub reference: Option<DnsLabel>,
    /// How Helm renders the chart.
    pub helm: Option<Box<Helm>>,
    /// Renders `path` with Kustomize.
    pub kustomize: Option<Box<Kustomize>>,
    /// Takes the manifests in `path` as they are.
    pub directory: Option<Box<Directory>>,
    /// Renders `path` with a config management plugin.
    pub plugin: Option<Box<Plugin>>,
}

/// How Helm renders a chart.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Helm {
    /// The name of the release, at most 53 characters; the name of the Application if it is not said.
    pub release_name: Option<DnsName>,
    /// Values files, relative to `path`, or `$name/…` from the repository of another source, or with a scheme
    /// that the platform lists; by the platform's pattern if it is not said and the chart is a `path`.
    pub value_files: Option<Vec<NonEmptyString>>,
    /// Values, written here.
    pub values: Option<Map>,
    /// Single values, as with `helm --set`.
    #[serde(default)]
    pub parameters: Vec<HelmParameter>,
    /// Single values that are read from files, as with `helm --set-file`.
    #[serde(default)]
    pub file_parameters: Vec<HelmFileParameter>,
    /// Whether a values file may be missing. A misspelt name then deploys the chart's own defaults.
    pub ignore_missing_value_files: Option<bool>,
    /// Whether the chart's custom resource definitions are left out.
    pub skip_crds: Option<bool>,
    /// Whether the chart's tests are left out.
    pub skip_tests: Option<bool>,
    /// Whether the values are not held against the chart's own schema.
    pub skip_schema_validation: Option<bool>,
    /// Whether the repository's credentials are passed on to other hosts.
    pub pass_credentials: Option<bool>,
    /// The namespace that Helm is told; `targetNamespace` if it is not said.
    pub namespace: Option<DnsLabel>,
    /// The version of Kubernetes that Helm is told; the cluster's own if it is not said.
    pub kube_version: Option<NonEmptyString>,
    /// The API versions that Helm is told; the cluster's own if it is not said.
    #[serde(default)]
    pub api_versions: Vec<NonEmptyString>,
}

/// One value, as with `helm --set`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelmParameter {
    /// Its path: `image.tag`.
    pub name: NonEmptyString,
    /// The value.
    pub value: String,
    /// Whether a value that looks like a number or boolean stays text.
    pub force_string: Option<bool>,
}

/// One value that is read from a file, as with `helm --set-file`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelmFileParameter {
    /// Its path in the values: `config.script`.
    pub name: NonEmptyString,
    /// The file, relative to the source's `path`.
    pub path: NonEmptyString,
}

/// How Kustomize renders a folder.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kustomize {
    /// A prefix of all names.
    pub name_prefix: Option<NonEmptyString>,
    /// A suffix of all names.
    pub name_suffix: Option<NonEmptyString>,
    /// The namespace of all objects.
    pub namespace: Option<DnsLabel>,
    /// Images to replace: `[old=]new[:tag|@digest]`.
    #[serde(default)]
    pub images: Vec<NonEmptyString>,
    /// How many pods workloads have.
    #[serde(default)]
    pub replicas: Vec<KustomizeReplicas>,
    /// Changes of objects.
    #[serde(default)]
    pub patches: Vec<KustomizePatch>,
    /// Labels of all objects.
    #[serde(default)]
    pub common_labels: BTreeMap<String, String>,
    /// Whether labels that objects have already may be replaced.
    pub force_common_labels: Option<bool>,
    /// Whether the labels are left out of selectors, which cannot be changed later.
    pub label_without_selector: Option<bool>,
    /// Whether pod templates get the labels too, where selectors do not.
    pub label_include_templates: Option<bool>,
    /// Annotations of all objects.
    #[serde(default)]
    pub common_annotations: BTreeMap<String, String>,
    /// Whether annotations that objects have already may be replaced.
    pub force_common_annotations: Option<bool>,
    /// Whether `$ARGOCD_APP_NAME` and the like are filled in in annotations.
    pub common_annotations_envsubst: Option<bool>,
    /// Components to add.
    #[serde(default)]
    pub components: Vec<NonEmptyString>,
    /// Whether a component may be missing.
    pub ignore_missing_components: Option<bool>,
    /// The name of a Kustomize version that Argo CD has been given.
    pub version: Option<NonEmptyString>,
}

/// How many pods a workload has.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizeReplicas {
    /// The name of the workload.
    pub name: DnsName,
    /// How many.
    pub count: u32,
}

/// A change of objects.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizePatch {
    /// The change, as YAML: a part of the object, or a list of JSON patch operations.
    pub patch: Option<NonEmptyString>,
    /// A file that holds the change, relative to the source's `path`.
    pub path: Option<NonEmptyString>,
    /// The objects to change; the one that the patch names if it is not said.
    pub target: Option<KustomizeTarget>,
    /// Options: `allowNameChange`, `allowKindChange`.
    #[serde(default)]
    pub options: BTreeMap<String, bool>,
}

/// The objects that a patch changes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizeTarget {
    /// Their API group.
    pub group: Option<ApiGroup>,
    /// Their API version, without the group.
    pub version: Option<NonEmptyString>,
    /// Their kind.
    pub kind: Option<KindName>,
    /// Their name, as a regular expression.
    pub name: Option<NonEmptyString>,
    /// Their namespace.
    pub namespace: Option<DnsLabel>,
    /// Their labels, as a selector.
    pub label_selector: Option<NonEmptyString>,
    /// Their annotations, as a selector.
    pub annotation_selector: Option<NonEmptyString>,
}

/// Which manifests of a folder are taken.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Directory {
    /// Whether folders below `path` are searched too.
    pub recurse: Option<bool>,
    /// A glob of the files to take.
    pub include: Option<NonEmptyString>,
    /// A glob of the files to leave out.
    pub exclude: Option<NonEmptyString>,
    /// How Jsonnet files are evaluated.
    pub jsonnet: Option<Jsonnet>,
}

/// How Jsonnet files are evaluated.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Jsonnet {
    /// External variables.
    #[serde(default)]
    pub ext_vars: Vec<JsonnetVariable>,
    /// Top-level arguments.
    #[serde(default)]
    pub tlas: Vec<JsonnetVariable>,
    /// Folders with libraries, from the root of the repository.
    #[serde(default)]
    pub libs: Vec<RepositoryPath>,
}

/// A variable of Jsonnet.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JsonnetVariable {
    /// Its name.
    pub name: NonEmptyString,
    /// Its value.
    pub value: String,
    /// Whether the value is an expression, not text.
    pub code: Option<bool>,
}

/// A config management plugin that renders a folder.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugin {
    /// Its name, with its version behind a dash if it has one. Argo CD would take one that it discovers
    /// without it, and plain manifests where it discovers none.
    pub name: NonEmptyString,
    /// Environment variables for it; it sees them with `ARGOCD_ENV_` before their names.
    #[serde(default)]
    pub env: Vec<PluginVariable>,
    /// Parameters for it.
    #[serde(default)]
    pub parameters: Vec<PluginParameter>,
}

/// An environment variable of a plugin.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginVariable {
    /// Its name.
    pub name: NonEmptyString,
    /// Its value.
    pub value: String,
}

/// A parameter of a plugin: a text, a list or a map.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginParameter {
    /// Its name.
    pub name: NonEmptyString,
    /// Its value, if it is one text.
    pub string: Option<String>,
    /// Its values, if it is a list.
    pub array: Option<Vec<String>>,
    /// Its values, if it is a map.
    pub map: Option<BTreeMap<String, String>>,
}
