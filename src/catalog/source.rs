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
    /// The name by which `argocd app … --source-name` finds the source. Default: none; it is found by its
    /// position.
    pub name: Option<DnsName>,
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
    /// A name by which other sources refer to the files of this repository: with `ref: values`, they can use
    /// `$values/path/to/values.yml`. A source with `ref` renders nothing itself. Default: none.
    #[serde(rename = "ref")]
    pub reference: Option<DnsLabel>,
    /// How Helm renders the chart. Default: with the values files of the platform's pattern.
    pub helm: Option<Box<Helm>>,
    /// Renders `path` with Kustomize. Default: none.
    pub kustomize: Option<Box<Kustomize>>,
    /// Applies the manifests in `path` as they are. Default: none.
    pub directory: Option<Box<Directory>>,
    /// Renders `path` with a config management plugin. Default: none.
    pub plugin: Option<Box<Plugin>>,
}

/// How Helm renders a chart.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Helm {
    /// The name of the Helm release, at most 53 characters. Default: the name of the Application.
    pub release_name: Option<DnsName>,
    /// Values files, relative to `path`. `$name/…` is a file in the repository of another source; a URL must
    /// have a scheme of `argocd.valuesFileSchemes`. Default: the file of `patterns.valuesFile` if the chart
    /// is a `path`, else none.
    pub value_files: Option<Vec<NonEmptyString>>,
    /// Values, written inline. Default: none.
    pub values: Option<Map>,
    /// Single values, as with `helm --set`. Default: none.
    #[serde(default)]
    pub parameters: Vec<HelmParameter>,
    /// Single values that are read from files, as with `helm --set-file`. Default: none.
    #[serde(default)]
    pub file_parameters: Vec<HelmFileParameter>,
    /// Whether missing values files are ignored. A misspelt file name then deploys the chart with its own
    /// defaults. Default: `false`.
    pub ignore_missing_value_files: Option<bool>,
    /// Whether to skip the chart's custom resource definitions. Default: `false`.
    pub skip_crds: Option<bool>,
    /// Whether to skip the chart's tests. Default: `false`.
    pub skip_tests: Option<bool>,
    /// Whether to skip the validation of values against the chart's schema. Default: `false`.
    pub skip_schema_validation: Option<bool>,
    /// Whether to pass the repository's credentials to other hosts. Default: `false`.
    pub pass_credentials: Option<bool>,
    /// The namespace passed to Helm. Default: the application's `targetNamespace`.
    pub namespace: Option<DnsLabel>,
    /// The Kubernetes version passed to Helm. Default: the version of the cluster.
    pub kube_version: Option<NonEmptyString>,
    /// The API versions passed to Helm. Default: the API versions of the cluster.
    #[serde(default)]
    pub api_versions: Vec<NonEmptyString>,
}

/// One value, as with `helm --set`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelmParameter {
    /// The path of the value: `image.tag`.
    pub name: NonEmptyString,
    /// The value.
    pub value: String,
    /// Whether a value that looks like a number or a boolean is kept as a string. Default: `false`.
    pub force_string: Option<bool>,
}

/// One value that is read from a file, as with `helm --set-file`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HelmFileParameter {
    /// The path of the value: `config.script`.
    pub name: NonEmptyString,
    /// The file, relative to the source's `path`.
    pub path: NonEmptyString,
}

/// How Kustomize renders a folder.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kustomize {
    /// A prefix for all names. Default: none.
    pub name_prefix: Option<NonEmptyString>,
    /// A suffix for all names. Default: none.
    pub name_suffix: Option<NonEmptyString>,
    /// The namespace of all objects. Default: none.
    pub namespace: Option<DnsLabel>,
    /// Images to replace: `[old=]new[:tag|@digest]`. Default: none.
    #[serde(default)]
    pub images: Vec<NonEmptyString>,
    /// The number of replicas of workloads. Default: none.
    #[serde(default)]
    pub replicas: Vec<KustomizeReplicas>,
    /// Patches to apply to objects. Default: none.
    #[serde(default)]
    pub patches: Vec<KustomizePatch>,
    /// Labels to add to all objects. Default: none.
    #[serde(default)]
    pub common_labels: BTreeMap<String, String>,
    /// Whether to replace labels that objects already have. Default: `false`.
    pub force_common_labels: Option<bool>,
    /// Whether to leave labels out of selectors, which are immutable. Default: `false`.
    pub label_without_selector: Option<bool>,
    /// Whether to add labels to pod templates even if they are not in selectors. Default: `false`.
    pub label_include_templates: Option<bool>,
    /// Annotations to add to all objects. Default: none.
    #[serde(default)]
    pub common_annotations: BTreeMap<String, String>,
    /// Whether to replace annotations that objects already have. Default: `false`.
    pub force_common_annotations: Option<bool>,
    /// Whether to replace variables such as `$ARGOCD_APP_NAME` in annotations. Default: `false`.
    pub common_annotations_envsubst: Option<bool>,
    /// Components to add. Default: none.
    #[serde(default)]
    pub components: Vec<NonEmptyString>,
    /// Whether missing components are ignored. Default: `false`.
    pub ignore_missing_components: Option<bool>,
    /// The Kubernetes version passed to charts that Kustomize inflates. Default: the version of the cluster.
    pub kube_version: Option<NonEmptyString>,
    /// The API versions passed to charts that Kustomize inflates. Default: the API versions of the cluster.
    #[serde(default)]
    pub api_versions: Vec<NonEmptyString>,
    /// The name of a Kustomize version that is configured in Argo CD. Default: Argo CD's own version.
    pub version: Option<NonEmptyString>,
}

/// The number of replicas of a workload.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizeReplicas {
    /// The name of the workload.
    pub name: DnsName,
    /// The number of replicas.
    pub count: u32,
}

impl KustomizeReplicas {
    /// An item of `replicas`, for Argo CD and for Kustomize.
    pub fn to_map(&self) -> Map {
        Map::new().with("name", &self.name).with("count", i64::from(self.count))
    }
}

/// A patch and the objects that it is applied to.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizePatch {
    /// The patch as YAML: a partial object (strategic merge) or a list of JSON patch operations. Default:
    /// none.
    pub patch: Option<NonEmptyString>,
    /// A file that holds the patch, relative to the source's `path`. Default: none.
    pub path: Option<NonEmptyString>,
    /// The objects to patch. Default: the object that the patch names.
    pub target: Option<KustomizeTarget>,
    /// Options: `allowNameChange`, `allowKindChange`. Default: none.
    #[serde(default)]
    pub options: BTreeMap<String, bool>,
}

/// The objects that a patch is applied to. A key that is not set matches every object.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KustomizeTarget {
    /// The API group of the objects. Default: any.
    pub group: Option<ApiGroup>,
    /// The API version of the objects, without the group. Default: any.
    pub version: Option<NonEmptyString>,
    /// The kind of the objects. Default: any.
    pub kind: Option<KindName>,
    /// The name of the objects, as a regular expression. Default: any.
    pub name: Option<NonEmptyString>,
    /// The namespace of the objects. Default: any.
    pub namespace: Option<DnsLabel>,
    /// A label selector for the objects. Default: any.
    pub label_selector: Option<NonEmptyString>,
    /// An annotation selector for the objects. Default: any.
    pub annotation_selector: Option<NonEmptyString>,
}

impl KustomizeTarget {
    /// The `target` of a patch, for Argo CD and for Kustomize. An empty group, that of the core API, is not
    /// written, as Argo CD stores none.
    pub fn to_map(&self) -> Map {
        Map::new()
            .with_some("group", self.group.as_ref().filter(|group| !group.is_empty()))
            .with_some("version", self.version.as_ref())
            .with_some("kind", self.kind.as_ref())
            .with_some("name", self.name.as_ref())
            .with_some("namespace", self.namespace.as_ref())
            .with_some("labelSelector", self.label_selector.as_ref())
            .with_some("annotationSelector", self.annotation_selector.as_ref())
    }
}

/// Which manifests of a folder are applied.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Directory {
    /// Whether to include folders below `path`. Default: `false`.
    pub recurse: Option<bool>,
    /// A glob of the files to include. Default: all files.
    pub include: Option<NonEmptyString>,
    /// A glob of the files to exclude. Default: none.
    pub exclude: Option<NonEmptyString>,
    /// How Jsonnet files are evaluated. Default: without variables and libraries.
    pub jsonnet: Option<Jsonnet>,
}

/// How Jsonnet files are evaluated.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Jsonnet {
    /// External variables. Default: none.
    #[serde(default)]
    pub ext_vars: Vec<JsonnetVariable>,
    /// Top-level arguments. Default: none.
    #[serde(default)]
    pub tlas: Vec<JsonnetVariable>,
    /// Folders of libraries, from the root of the repository. Default: none.
    #[serde(default)]
    pub libs: Vec<RepositoryPath>,
}

/// A Jsonnet variable.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JsonnetVariable {
    /// The name of the variable.
    pub name: NonEmptyString,
    /// The value of the variable.
    pub value: String,
    /// Whether the value is a Jsonnet expression instead of a string. Default: `false`.
    pub code: Option<bool>,
}

/// A config management plugin that renders a folder.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plugin {
    /// The name of the plugin, followed by a dash and its version if it has one. Without a name Argo CD would
    /// choose a plugin by discovery, or apply plain manifests if it discovers none.
    pub name: NonEmptyString,
    /// Environment variables of the plugin, which sees them with the prefix `ARGOCD_ENV_`. Default: none.
    #[serde(default)]
    pub env: Vec<PluginVariable>,
    /// Parameters of the plugin. Default: none.
    #[serde(default)]
    pub parameters: Vec<PluginParameter>,
}

/// An environment variable of a plugin.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginVariable {
    /// The name of the variable.
    pub name: NonEmptyString,
    /// The value of the variable.
    pub value: String,
}

/// A parameter of a plugin: a string, a list or a map.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginParameter {
    /// The name of the parameter.
    pub name: NonEmptyString,
    /// The value of a string parameter. Default: none.
    pub string: Option<String>,
    /// The values of a list parameter. Default: none.
    pub array: Option<Vec<String>>,
    /// The values of a map parameter. Default: none.
    pub map: Option<BTreeMap<String, String>>,
}
