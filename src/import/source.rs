//! The sources of an Application, in the keys of the catalog.

use super::entry::Scope;
use super::project::map_at;
use super::values;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::model::{of_file, within};
use crate::value::{Map, Text, Value};

/// The keys of one source; `code` completes the values file of the platform's pattern, and `hint` is the
/// tool of a folder that names none.
pub(super) fn source(source: &Map, code: &str, hint: Option<&str>, scope: &Scope<'_, '_>) -> Map {
    let platform = &scope.known.platform;
    let at = |key: &str| text_at(source, &[key]);
    let folder = at("path").filter(|_| at("repoURL") == Some(platform.repository.as_str()));
    let hint = hint.or_else(|| folder.and_then(|folder| scope.known.folders.tool(folder)));
    let chart = at("chart");
    let own = at("repoURL") == Some(platform.repository.as_str());
    let repository = at("repoURL").filter(|_| !own || chart.is_some());
    let same = own && chart.is_none() && at("targetRevision").unwrap_or("HEAD") == platform.revision.as_str();
    let revision = at("targetRevision").or(Some("HEAD")).filter(|_| !same);
    let tool = |name: &str| (hint == Some(name) && !is_named(source)).then(|| empty(name));
    Map::new()
        .with_some("name", at("name").map(Text::copied))
        .with_some("path", at("path").map(Text::copied))
        .with_some("repoURL", repository.map(Text::copied))
        .with_some("targetRevision", revision.map(Text::copied))
        .with_some("chart", chart.map(Text::copied))
        .with_some("ref", at("ref").map(Text::copied))
        .with_some("helm", helm(source, code, scope).or_else(|| tool("helm")))
        .with_some("kustomize", map_at(source, "kustomize").cloned().or_else(|| tool("kustomize")))
        .with_some("directory", directory(source, hint))
        .with_some("plugin", map_at(source, "plugin").cloned())
}

/// The paths of the repository that a source shows: its folder, and files and folders that it names.
pub(super) fn paths(source: &Map) -> Vec<Text> {
    let folder = text_at(source, &["path"]).unwrap_or_default();
    let files = items_at(source, &["helm", "valueFiles"]).iter().filter_map(text);
    let parameters = maps_at(source, &["helm", "fileParameters"]);
    let files = files.chain(parameters.filter_map(|parameter| text_at(parameter, &["path"])));
    let libraries = items_at(source, &["directory", "jsonnet", "libs"]).iter().filter_map(text);
    let components = items_at(source, &["kustomize", "components"]).iter().filter_map(text);
    [within("", folder)]
        .into_iter()
        .chain(files.map(|file| of_file(folder, file)))
        .chain(libraries.map(|library| within("", library)))
        .chain(components.map(|component| within(folder, component)))
        .flatten()
        .collect()
}

/// A folder that no tool is named for: its manifests are applied as they are.
fn directory(source: &Map, hint: Option<&str>) -> Option<Map> {
    let named = hint.is_some() || is_named(source);
    map_at(source, "directory").cloned().or_else(|| (!named).then(Map::new))
}

/// Whether a source says what renders it.
fn is_named(source: &Map) -> bool {
    ["helm", "kustomize", "plugin", "directory", "chart", "ref"].iter().any(|key| source.get(key).is_some())
}

/// A tool without options; Helm without the values files of the platform's pattern.
fn empty(tool: &str) -> Map {
    if tool == "helm" { Map::new().with("valueFiles", Vec::<Text>::new()) } else { Map::new() }
}

fn helm(source: &Map, code: &str, scope: &Scope<'_, '_>) -> Option<Map> {
    let written = map_at(source, "helm")?;
    let pattern = scope.known.platform.patterns.values_file.as_ref();
    let pattern = pattern.map_or("values-{{ applicationCode }}.yml", |pattern| &**pattern);
    let default = super::application::filled(pattern, code, scope.namespace);
    let files: Vec<_> = items_at(written, &["valueFiles"]).iter().filter_map(text).collect();
    let folder = source.get("chart").is_none();
    let omitted = if folder { files == [default.as_str()] } else { files.is_empty() };
    let files: Vec<_> = files.into_iter().map(Text::copied).collect();
    let rest = written
        .iter()
        .filter(|(key, _)| !["valueFiles", "values", "valuesObject", "version"].contains(&key.as_str()));
    let helm: Map = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
    let helm = if omitted { helm } else { helm.with("valueFiles", files) };
    let parsed = || values::parsed(text_at(written, &["values"])?).map(Value::Map);
    let helm = helm.with_some("values", written.get("valuesObject").cloned().or_else(parsed));
    (!helm.is_empty()).then(|| without_zero(helm))
}

/// Parameters without a value have an empty one.
fn without_zero(helm: Map) -> Map {
    let parameters: Vec<_> = maps_at(&helm, &["parameters"]).cloned().collect();
    if parameters.iter().all(|parameter| parameter.get("value").is_some()) {
        return helm;
    }
    let filled = parameters.into_iter().map(|parameter| {
        if parameter.get("value").is_some() { parameter } else { parameter.with("value", "") }
    });
    let filled = Value::from(filled.collect::<Vec<_>>());
    let pairs = helm.iter().map(|(key, value)| {
        (key.clone(), if key.as_str() == "parameters" { filled.clone() } else { value.clone() })
    });
    pairs.collect()
}
