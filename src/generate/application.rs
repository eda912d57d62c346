//! The Argo CD Applications of an entry. No zero value is ever emitted: Argo CD drops them from the live object.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{KEPT, extend};
use crate::catalog::{Backoff, Directory, Helm, HelmParameter, IgnoreDifference, Info, Kustomize, Retry};
use crate::finding::Finding;
use crate::format::Words;
use crate::object::{Kind, Object, Origin};
use crate::plan::{Application, Entry, Plan};
use crate::value::{Map, Text, Value};

/// With this finalizer the objects of an Application are deleted with it; without it they would run on, owned by nobody (Argo CD 3.5).
const FINALIZERS: &[&str] = &["resources-finalizer.argocd.argoproj.io"];

pub(super) fn application(item: &Application, entry: &Entry, plan: &Plan, origins: &Arc<[Origin]>, findings: &mut Vec<Finding>) -> Object {
    let spec = Map::new()
        .with("project", &entry.project_name)
        .with("source", source(item))
        .with("destination", Map::new().with("server", &plan.platform.server).with("namespace", &item.target_namespace))
        .with_filled("syncPolicy", sync_policy(item))
        .with_filled("ignoreDifferences", item.written.ignore_differences.iter().map(ignore_difference).collect::<Vec<_>>())
        .with_filled("info", item.written.info.iter().map(info).collect::<Vec<_>>())
        .with_some("revisionHistoryLimit", item.written.revision_history_limit.map(i64::from));
    let mut object = Object::new(Kind::Application, item.name.clone(), item.wave, &entry.namespace, origins)
        .within(&plan.platform.argocd_namespace)
        .sync_options(if entry.protected { KEPT } else { "" })
        .spec(spec);
    object.finalizers = FINALIZERS;
    extend(&mut object, &item.written.labels, &item.written.annotations, &item.place, findings);
    object
}

fn source(item: &Application) -> Map {
    let written = &item.written;
    Map::new()
        .with("repoURL", &item.repository)
        .with("targetRevision", &item.revision)
        .with_some("path", written.path.as_ref())
        .with_some("chart", written.chart.as_ref())
        .with_filled("helm", helm(item))
        .with_some("kustomize", written.kustomize.as_ref().map(kustomize).filter(|map| !map.is_empty()))
        .with_filled("directory", written.directory.as_ref().map(directory).unwrap_or_default())
}

fn helm(item: &Application) -> Map {
    let files = Map::new().with_filled("valueFiles", item.value_files.clone());
    let Some(helm) = &item.written.helm else { return files };
    let Helm { release_name, value_files: _, values, parameters, ignore_missing_value_files, skip_crds, pass_credentials } = helm;
    let mut map = Map::new().with_some("releaseName", release_name.as_ref());
    for (key, value) in files.iter() {
        map.push(key.clone(), value.clone());
    }
    map.with_filled("valuesObject", values.clone().unwrap_or_default())
        .with_filled("parameters", parameters.iter().map(parameter).collect::<Vec<_>>())
        .with_true("ignoreMissingValueFiles", *ignore_missing_value_files == Some(true))
        .with_true("skipCrds", *skip_crds == Some(true))
        .with_true("passCredentials", *pass_credentials == Some(true))
}

fn parameter(parameter: &HelmParameter) -> Map {
    Map::new()
        .with("name", &parameter.name)
        .with_filled("value", parameter.value.clone())
        .with_true("forceString", parameter.force_string == Some(true))
}

fn kustomize(kustomize: &Kustomize) -> Map {
    let Kustomize { name_prefix, name_suffix, namespace, images, common_labels, common_annotations, components } = kustomize;
    Map::new()
        .with_some("namePrefix", name_prefix.as_ref())
        .with_some("nameSuffix", name_suffix.as_ref())
        .with_some("namespace", namespace.as_ref())
        .with_filled("images", words(images))
        .with_filled("commonLabels", strings(common_labels))
        .with_filled("commonAnnotations", strings(common_annotations))
        .with_filled("components", words(components))
}

fn directory(directory: &Directory) -> Map {
    Map::new()
        .with_true("recurse", directory.recurse == Some(true))
        .with_some("include", directory.include.as_ref())
        .with_some("exclude", directory.exclude.as_ref())
}

fn sync_policy(item: &Application) -> Map {
    let automated = item.automated.map(|automated| {
        // `automated: {}` means something: it syncs by itself.
        Map::new().with_true("prune", automated.prune).with_true("selfHeal", automated.self_heal).with_true("allowEmpty", automated.allow_empty)
    });
    let retry = item.written.sync.as_ref().and_then(|sync| sync.retry.as_ref());
    Map::new()
        .with_some("automated", automated)
        .with_filled("syncOptions", item.options.clone())
        // An empty `retry` means something: a limit of 0, where Argo CD's own for automated syncs is 5 (Argo CD 3.5).
        .with_some("retry", retry.map(self::retry))
}

fn retry(retry: &Retry) -> Map {
    let limit = retry.limit.filter(|limit| *limit != 0).map(i64::from);
    Map::new().with_some("limit", limit).with_some("backoff", retry.backoff.as_ref().map(backoff).filter(|map| !map.is_empty()))
}

fn backoff(backoff: &Backoff) -> Map {
    Map::new()
        .with_some("duration", backoff.duration.as_ref())
        .with_some("factor", backoff.factor.filter(|factor| *factor > 0).map(i64::from))
        .with_some("maxDuration", backoff.max_duration.as_ref())
}

fn ignore_difference(difference: &IgnoreDifference) -> Map {
    Map::new()
        .with_some("group", difference.group.as_ref())
        .with("kind", &difference.kind)
        .with_some("name", difference.name.as_ref())
        .with_some("namespace", difference.namespace.as_ref())
        .with_filled("jsonPointers", difference.json_pointers.iter().map(Text::from).collect::<Vec<_>>())
        .with_filled("jqPathExpressions", words(&difference.jq_path_expressions))
        .with_filled("managedFieldsManagers", words(&difference.managed_fields_managers))
}

fn info(info: &Info) -> Map {
    Map::new().with("name", &info.name).with("value", info.value.clone())
}

fn words(words: &[Words]) -> Vec<Text> {
    words.iter().map(Text::from).collect()
}

fn strings(map: &BTreeMap<String, String>) -> Map {
    map.iter().map(|(key, value)| (key.clone(), Value::from(value.clone()))).collect()
}
