//! The sources of an Application. No zero value is ever emitted: Argo CD drops them from the live object.

use std::collections::BTreeMap;

use super::application::texts;
use crate::catalog::{
    Directory, Helm, HelmFileParameter, HelmParameter, Jsonnet, JsonnetVariable, Kustomize, KustomizePatch,
    KustomizeReplicas, KustomizeTarget, Plugin, PluginParameter, PluginVariable,
};
use crate::model::Source;
use crate::value::{Key, Map, Text, Value};

pub(crate) fn source(source: &Source) -> Map {
    Map::new()
        .with("repoURL", &source.repository)
        .with("targetRevision", &source.revision)
        .with_some("name", source.name.as_ref())
        .with_some("path", source.path.as_ref())
        .with_some("chart", source.chart.as_ref())
        .with_some("ref", source.reference.as_ref())
        .with_filled("helm", helm(source))
        .with_some("kustomize", source.kustomize.as_deref().map(kustomize).filter(|map| !map.is_empty()))
        .with_filled("directory", source.directory.as_deref().map(directory).unwrap_or_default())
        .with_some("plugin", source.plugin.as_deref().map(plugin))
}

fn helm(source: &Source) -> Map {
    let files = &source.value_files;
    let Some(helm) = &source.helm else { return Map::new().with_filled("valueFiles", files.clone()) };
    Map::new()
        .with_some("releaseName", helm.release_name.as_ref())
        .with_filled("valueFiles", files.clone())
        .with_filled("valuesObject", helm.values.clone().unwrap_or_default())
        .with_filled("parameters", each(&helm.parameters, parameter))
        .with_filled("fileParameters", each(&helm.file_parameters, file_parameter))
        .with_true("ignoreMissingValueFiles", helm.ignore_missing_value_files == Some(true))
        .with_true("skipCrds", helm.skip_crds == Some(true))
        .with_true("skipTests", helm.skip_tests == Some(true))
        .with_true("skipSchemaValidation", helm.skip_schema_validation == Some(true))
        .with_true("passCredentials", helm.pass_credentials == Some(true))
        .with_filled("namespace", helm_namespace(helm))
        .with_filled("kubeVersion", helm.kube_version.as_ref().map(Text::from).unwrap_or_default())
        .with_filled("apiVersions", texts(&helm.api_versions))
}

fn helm_namespace(helm: &Helm) -> Text {
    helm.namespace.as_ref().map(Text::from).unwrap_or_default()
}

fn parameter(parameter: &HelmParameter) -> Map {
    Map::new()
        .with("name", &parameter.name)
        .with_filled("value", parameter.value.clone())
        .with_true("forceString", parameter.force_string == Some(true))
}

fn file_parameter(parameter: &HelmFileParameter) -> Map {
    Map::new().with("name", &parameter.name).with("path", &parameter.path)
}

fn kustomize(kustomize: &Kustomize) -> Map {
    Map::new()
        .with_some("namePrefix", kustomize.name_prefix.as_ref())
        .with_some("nameSuffix", kustomize.name_suffix.as_ref())
        .with_some("namespace", kustomize.namespace.as_ref())
        .with_filled("images", texts(&kustomize.images))
        .with_filled("replicas", each(&kustomize.replicas, KustomizeReplicas::to_map))
        .with_filled("patches", each(&kustomize.patches, patch))
        .with_filled("commonLabels", strings(&kustomize.common_labels))
        .with_true("forceCommonLabels", kustomize.force_common_labels == Some(true))
        .with_true("labelWithoutSelector", kustomize.label_without_selector == Some(true))
        .with_true("labelIncludeTemplates", kustomize.label_include_templates == Some(true))
        .with_filled("commonAnnotations", strings(&kustomize.common_annotations))
        .with_true("forceCommonAnnotations", kustomize.force_common_annotations == Some(true))
        .with_true("commonAnnotationsEnvsubst", kustomize.common_annotations_envsubst == Some(true))
        .with_filled("components", texts(&kustomize.components))
        .with_true("ignoreMissingComponents", kustomize.ignore_missing_components == Some(true))
        .with_some("version", kustomize.version.as_ref())
        .with_some("kubeVersion", kustomize.kube_version.as_ref())
        .with_filled("apiVersions", texts(&kustomize.api_versions))
}

fn patch(patch: &KustomizePatch) -> Map {
    let options: Map = patch
        .options
        .iter()
        .filter(|(_, wanted)| **wanted)
        .map(|(key, value)| (Key::user(key.as_str()), Value::from(*value)))
        .collect();
    Map::new()
        .with_some("path", patch.path.as_ref())
        .with_some("patch", patch.patch.as_ref())
        .with_some("target", patch.target.as_ref().map(KustomizeTarget::to_map).filter(|map| !map.is_empty()))
        .with_filled("options", options)
}

fn directory(directory: &Directory) -> Map {
    Map::new()
        .with_true("recurse", directory.recurse == Some(true))
        .with_some("include", directory.include.as_ref())
        .with_some("exclude", directory.exclude.as_ref())
        .with_some("jsonnet", directory.jsonnet.as_ref().map(jsonnet).filter(|map| !map.is_empty()))
}

fn jsonnet(jsonnet: &Jsonnet) -> Map {
    Map::new()
        .with_filled("extVars", each(&jsonnet.ext_vars, variable))
        .with_filled("tlas", each(&jsonnet.tlas, variable))
        .with_filled("libs", jsonnet.libs.iter().map(Text::from).collect::<Vec<_>>())
}

fn variable(variable: &JsonnetVariable) -> Map {
    Map::new()
        .with("name", &variable.name)
        .with("value", variable.value.clone())
        .with_true("code", variable.code == Some(true))
}

fn plugin(plugin: &Plugin) -> Map {
    Map::new()
        .with("name", &plugin.name)
        .with_filled("env", each(&plugin.env, environment))
        .with_filled("parameters", each(&plugin.parameters, plugin_parameter))
}

fn environment(variable: &PluginVariable) -> Map {
    Map::new().with("name", &variable.name).with("value", variable.value.clone())
}

fn plugin_parameter(parameter: &PluginParameter) -> Map {
    Map::new()
        .with("name", &parameter.name)
        .with_some("string", parameter.string.clone())
        .with_some(
            "array",
            parameter.array.as_ref().map(|items| items.iter().cloned().map(Text::from).collect::<Vec<_>>()),
        )
        .with_some("map", parameter.map.as_ref().map(strings))
}

fn each<T>(items: &[T], make: impl Fn(&T) -> Map) -> Vec<Map> {
    items.iter().map(make).collect()
}

fn strings(map: &BTreeMap<String, String>) -> Map {
    map.iter().map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone()))).collect()
}
