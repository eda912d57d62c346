//! How Applications are delivered: their finalizers, waves, folders, templates and images.

use std::collections::BTreeMap;

use super::image_updater::IMAGE_LIST;
use crate::cluster::{Application, Survey};
use crate::diagnostics::rules::{
    APPLICATION_SOURCE, IMAGE_WRITE_BACK, MISSING_PATH, MISSING_TEMPLATE_KEY, MISSPELT_FINALIZER,
    WAVES_WITHOUT_HEALTH,
};
use crate::diagnostics::suggestion::{nearest, shorten};
use crate::diagnostics::{Finding, count};
use crate::kubernetes::resource::{is_true, items_at, text};
use crate::kubernetes::{Resource, SYNC_WAVE};
use crate::value::Value;

/// The finalizers of Argo CD 3.5; those with a slash may have another word after it.
const FINALIZERS: [&str; 5] = [
    "resources-finalizer.argocd.argoproj.io",
    "resources-finalizer.argocd.argoproj.io/background",
    "resources-finalizer.argocd.argoproj.io/foreground",
    "post-delete-finalizer.argocd.argoproj.io",
    "pre-delete-finalizer.argocd.argoproj.io",
];

/// The annotation with the method by which new tags are written.
const WRITE_BACK: &str = "argocd-image-updater.argoproj.io/write-back-method";

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for application in &survey.applications {
        findings.extend(finalizers(&application.resource));
        findings.extend(missing_paths(application));
        findings.extend(ignored_source(application));
        findings.extend(reverted_image(survey, application));
    }
    findings.extend(survey.projects.iter().flat_map(finalizers));
    findings.extend(survey.application_sets.iter().filter_map(template_key));
    findings.extend(waves(survey));
    findings
}

fn finalizers(resource: &Resource) -> Vec<Finding> {
    let location = resource.location.key("metadata").key("finalizers");
    let all = items_at(&resource.value, &["metadata", "finalizers"]).iter().enumerate();
    let wrong =
        all.filter_map(|(index, value)| Some((index, text(value)?))).filter(|(_, name)| is_misspelt(name));
    let finding = |(index, name): (usize, &str)| {
        let message = format!("Argo CD does not know the finalizer `{}`", shorten(name));
        let finding = MISSPELT_FINALIZER.at(location.index(index), message);
        let meant = nearest(name, FINALIZERS).unwrap_or("resources-finalizer.argocd.argoproj.io");
        finding
            .note("nothing that it deploys is deleted with it, and its own deletion never ends")
            .help(format!("write `{meant}`"))
    };
    wrong.map(finding).collect()
}

/// Whether a finalizer is meant for Argo CD, but is not one of its own.
fn is_misspelt(name: &str) -> bool {
    let is_hook = |own: &str| name.strip_prefix(own).is_some_and(|rest| rest.starts_with('/'));
    let is_known = FINALIZERS.contains(&name) || is_hook(FINALIZERS[3]) || is_hook(FINALIZERS[4]);
    let is_meant = ["argocd", "argoproj", "resources-finalizer"].iter().any(|word| name.contains(word));
    is_meant && !is_known
}

fn missing_paths(application: &Application) -> Vec<Finding> {
    let sources = application.sources();
    let missing = application.missing_paths.iter().filter_map(|index| sources.get(*index));
    let finding = |source: &crate::cluster::ApplicationSource<'_>| {
        let path = source.text(&["path"]).unwrap_or_default();
        let message = format!("there is no folder `{}` in the repository", shorten(path));
        let finding = MISSING_PATH.at(source.location.key("path"), message);
        finding
            .note("Argo CD cannot generate the manifests, and keeps what was deployed before")
            .help("correct the path, or remove the Application")
    };
    missing.map(finding).collect()
}

/// A single source beside a list of sources (Argo CD 3.5, `GetSources`).
fn ignored_source(application: &Application) -> Option<Finding> {
    let spec = application.spec()?;
    let has_both =
        !items_at(spec, &["sources"]).is_empty() && spec.get("source").and_then(Value::map).is_some();
    let location = application.location(&["source"]).itself();
    let finding = APPLICATION_SOURCE.at(location, "`source` has no effect beside `sources`");
    let finding = finding.note("Argo CD ignores the single source of an application that has several");
    has_both.then(|| finding.help("move it into the list, or remove it"))
}

/// New tags that the updater writes into an Application, which a self-healing parent undoes.
fn reverted_image(survey: &Survey, application: &Application) -> Option<Finding> {
    let parent =
        survey.parent(application).filter(|parent| parent.self_heals() && !application.is_generated)?;
    application.resource.annotation(IMAGE_LIST)?;
    let method = application.resource.annotation(WRITE_BACK).unwrap_or("argocd");
    let ignores = parent.spec().is_some_and(|spec| !items_at(spec, &["ignoreDifferences"]).is_empty());
    if method != "argocd" || ignores {
        return None;
    }
    let location = application.resource.location.key("metadata").key("annotations").key(IMAGE_LIST);
    let finding =
        IMAGE_WRITE_BACK.at(location, "new tags are written into the Application, which self-heal undoes");
    let note = format!(
        "the Application `{}` restores what is in git within minutes",
        shorten(&parent.resource.name)
    );
    Some(finding.note(note).help(format!("add the annotation `{WRITE_BACK}: git`")))
}

/// A Go template in which a key that does not exist becomes `<no value>`.
fn template_key(set: &Resource) -> Option<Finding> {
    let options = items_at(&set.value, &["spec", "goTemplateOptions"]);
    let fails = options.iter().filter_map(text).any(|option| option == "missingkey=error");
    if !is_true(&set.value, &["spec", "goTemplate"]) || fails {
        return None;
    }
    let location = set.location.key("spec").key("goTemplate").itself();
    let finding = MISSING_TEMPLATE_KEY.at(location, "a missing key of this template is not an error");
    let note = "a misspelt key, or one that a file lacks, becomes `<no value>` in names, paths and values";
    Some(finding.note(note).help("add `goTemplateOptions: [missingkey=error]`"))
}

/// Waves between the Applications of one parent that Argo CD does not wait for.
fn waves(survey: &Survey) -> Vec<Finding> {
    if survey.has_application_health {
        return Vec::new();
    }
    let mut families = BTreeMap::<usize, Vec<(i64, &Application)>>::new();
    for application in survey.applications.iter().filter(|application| !application.is_generated) {
        let wave = application.resource.annotation(SYNC_WAVE).and_then(|wave| wave.parse().ok()).unwrap_or(0);
        families.entry(application.parent.unwrap_or(usize::MAX)).or_default().push((wave, application));
    }
    families
        .into_iter()
        .filter(|(parent, _)| *parent != usize::MAX)
        .filter_map(|(_, family)| unordered(&family))
        .collect()
}

fn unordered(family: &[(i64, &Application)]) -> Option<Finding> {
    let first = family.iter().map(|(wave, _)| wave).min()?;
    let is_later = |(wave, application): &&(i64, &Application)| {
        wave > first && application.resource.annotation(SYNC_WAVE).is_some()
    };
    let (_, application) = family.iter().filter(is_later).min_by_key(|(wave, _)| wave)?;
    let location = application.resource.location.key("metadata").key("annotations").key(SYNC_WAVE);
    let waves: std::collections::BTreeSet<_> = family.iter().map(|(wave, _)| wave).collect();
    let message = format!(
        "the order of these {} in {} is not enforced",
        count(family.len(), "Application"),
        count(waves.len(), "wave")
    );
    let finding = WAVES_WITHOUT_HEALTH.at(location, message);
    let finding = finding
        .note("without a health check for Applications, Argo CD starts all waves one right after the other");
    Some(finding.help(
        "add `resource.customizations.health.argoproj.io_Application` to the ConfigMap `argocd-cm`, as in \
         the documentation of Argo CD",
    ))
}
