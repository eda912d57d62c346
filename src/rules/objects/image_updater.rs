//! Annotations for argocd-image-updater that its version does not read.

use crate::cluster::{Application, Survey};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::IMAGE_ANNOTATION;
use crate::kubernetes::Resource;
use crate::kubernetes::pods::workload;
use crate::kubernetes::resource::{is_true, maps_at, text_at};
use crate::manifests::matches_glob;

/// The annotation with the images of an Application (argocd-image-updater before 1.0, and later with
/// `useAnnotations`).
pub(super) const IMAGE_LIST: &str = "argocd-image-updater.argoproj.io/image-list";

const NAME: &str = "argocd-image-updater";

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    if !ignores_annotations(survey) {
        return Vec::new();
    }
    survey.applications.iter().filter_map(|application| ignored(survey, application)).collect()
}

/// The `ImageUpdater`s of a repository.
fn updaters(survey: &Survey) -> impl Iterator<Item = &Resource> {
    let clusters = survey.clusters.iter();
    clusters.flat_map(|deployed| deployed.cluster.of_kind("argocd-image-updater.argoproj.io", "ImageUpdater"))
}

/// Whether the version that is deployed, as far as it is known, is 1.0 or newer: it reads `ImageUpdater`s.
/// The major version of the chart is that of the updater.
fn ignores_annotations(survey: &Survey) -> bool {
    let is_chart = |application: &Application| {
        let sources = application.sources();
        let mut own = sources.iter().filter(|source| source.text(&["chart"]) == Some(NAME));
        own.any(|source| source.text(&["targetRevision"]).is_some_and(is_current))
    };
    let is_pod = |resource: &Resource| {
        let images = workload(resource).into_iter().flat_map(|pods| pods.containers().collect::<Vec<_>>());
        images.filter_map(|container| text_at(container, &["image"])).any(|image| {
            let tag = image.rsplit('/').next().and_then(|image| image.strip_prefix(NAME)?.strip_prefix(':'));
            tag.is_some_and(is_current)
        })
    };
    updaters(survey).next().is_some()
        || survey.applications.iter().any(is_chart)
        || survey.clusters.iter().flat_map(|deployed| deployed.cluster.resources()).any(is_pod)
}

/// Whether a version is 1.0 or newer.
fn is_current(version: &str) -> bool {
    let (major, _) = version.trim_start_matches('v').split_once('.').unwrap_or_default();
    major.parse::<u32>().is_ok_and(|major| major > 0)
}

fn ignored(survey: &Survey, application: &Application) -> Option<Finding> {
    application.resource.annotation(IMAGE_LIST)?;
    let mut references =
        updaters(survey).flat_map(|updater| maps_at(&updater.value, &["spec", "applicationRefs"]));
    let name = application.resource.name.as_str();
    let is_read = references.any(|reference| {
        is_true(reference, &["useAnnotations"])
            || text_at(reference, &["namePattern"]).is_some_and(|pattern| matches_glob(pattern, name))
    });
    if is_read {
        return None;
    }
    let location = application.resource.location.key("metadata").key("annotations").key(IMAGE_LIST).itself();
    let finding =
        IMAGE_ANNOTATION.at(location, "argocd-image-updater does not read this annotation since version 1.0");
    let finding = finding.note("the images of the Application are never updated");
    Some(finding.help("create an ImageUpdater for it, with the images or with `useAnnotations: true`"))
}
