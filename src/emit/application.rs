//! The Argo CD Applications of an entry. No zero value is ever emitted: Argo CD drops them from the live
//! object.

use std::sync::Arc;

use super::{KEPT, extend, image_annotations, source};
use crate::catalog::{Backoff, Finalizer, IgnoreDifference, Info, Retry};
use crate::diagnostics::Sink;
use crate::format::NonEmptyString;
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Application, Entry, GENERATE_PATHS, Model};
use crate::value::{Map, Text};

pub(super) fn application(
    item: &Application,
    entry: &Entry,
    model: &Model,
    origins: &Arc<[Origin]>,
    findings: &mut Sink,
) -> Object {
    let mut sources = item.sources.iter().map(source::source).peekable();
    let spec = Map::new()
        .with("project", &entry.project_name)
        .with_some("source", sources.next_if(|_| !item.several))
        .with_filled("sources", sources.collect::<Vec<_>>())
        .with(
            "destination",
            Map::new()
                .with("server", &model.platform.argocd.server)
                .with_some("namespace", item.target_namespace.as_ref()),
        )
        .with_filled("syncPolicy", sync_policy(item))
        .with_filled(
            "ignoreDifferences",
            item.ignore_differences.iter().map(ignore_difference).collect::<Vec<_>>(),
        )
        .with_filled("info", item.info.iter().map(info).collect::<Vec<_>>())
        .with_some("revisionHistoryLimit", item.revision_history_limit.map(i64::from));
    let mut object =
        Object::new(Kind::Application, item.name.to_text(), item.wave, &entry.namespace, origins)
            .within(&model.platform.argocd.namespace)
            .sync_options(if entry.protected { KEPT } else { "" })
            .spec(spec);
    object.metadata_mut().finalizers = finalizers(item);
    if model.platform.argocd.generate_paths
        && let Some(paths) = &item.generate_paths
    {
        object.metadata_mut().annotations.push(GENERATE_PATHS, paths.clone());
    }
    image_annotations::add(&mut object, item, model);
    extend(&mut object, &item.labels, &item.annotations, &item.location, findings);
    object
}

/// With a finalizer, the objects of an Application are deleted with it. Without one, they keep running
/// without an owner (Argo CD 3.5).
fn finalizers(item: &Application) -> &'static [&'static str] {
    match item.finalizer {
        Finalizer::Foreground => &["resources-finalizer.argocd.argoproj.io"],
        Finalizer::Background => &["resources-finalizer.argocd.argoproj.io/background"],
        Finalizer::None => &[],
    }
}

fn sync_policy(item: &Application) -> Map {
    let automated = item.automated.map(|automated| {
        // `automated: {}` is not an empty value: it enables automated syncs.
        Map::new()
            .with_true("prune", automated.prune)
            .with_true("selfHeal", automated.self_heal)
            .with_true("allowEmpty", automated.allow_empty)
    });
    Map::new()
        .with_some("automated", automated)
        .with_filled("syncOptions", item.options.clone())
        // An empty `retry` is a limit of 0, while Argo CD's default for automated syncs is 5 (Argo CD 3.5).
        .with_some("retry", item.retry.as_ref().map(|retry| self::retry(retry, item.refresh)))
}

fn retry(retry: &Retry, refresh: bool) -> Map {
    let limit = retry.limit.filter(|limit| *limit != 0).map(i64::from);
    let backoff = retry.backoff.as_ref().map(backoff).filter(|map| !map.is_empty());
    Map::new().with_some("limit", limit).with_some("backoff", backoff).with_true("refresh", refresh)
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
        .with_filled("jqPathExpressions", texts(&difference.jq_path_expressions))
        .with_filled("managedFieldsManagers", texts(&difference.managed_fields_managers))
}

fn info(info: &Info) -> Map {
    Map::new().with("name", &info.name).with("value", info.value.clone())
}

pub(super) fn texts(texts: &[NonEmptyString]) -> Vec<Text> {
    texts.iter().map(Text::from).collect()
}
