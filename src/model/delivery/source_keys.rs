//! Which keys of a source can be combined, and what they need.

use std::collections::BTreeMap;

use super::paths::within;
use super::sources::{SourceType, is_oci};
use super::values_files::takes_files;
use crate::catalog::{Application, Source};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::model::Platform;
use crate::model::version::Version;
use crate::names::ApplicationName;

/// The first version of Argo CD that supports manifests from OCI images (Argo CD 3.1, OCI user guide).
const OCI: Version = Version(3, 1, 0);

/// Refuses a name that several sources have.
pub(super) fn check_names(sources: &[(Source, Location)], findings: &mut Sink) {
    let mut known: BTreeMap<&str, &Location> = BTreeMap::new();
    for (source, location) in sources {
        let Some(name) = source.name.as_deref() else { continue };
        if let Some(first) = known.insert(name, location) {
            let finding = rules::INVALID_VALUE
                .at(location.key("name"), format!("two sources have the name `{}`", shorten(name)));
            let finding = finding.with_secondary_label(first.key("name"), "first used here");
            findings.push(
                finding.note("Argo CD could not tell them apart").help("write another name, or remove one"),
            );
        }
    }
}

/// Checks each part of a source; `name` is the default name of its release.
pub(super) fn check(
    source: &Source,
    location: &Location,
    name: &ApplicationName,
    platform: &Platform,
    findings: &mut Sink,
) {
    check_source(source, location, platform, findings);
    check_renderer(source, location, findings);
    check_helm(source, location, findings);
    check_release(source, name, location, findings);
    check_directory(source, location, findings);
    check_kustomize(source, location, findings);
    check_plugin(source, location, findings);
}

/// Argo CD ignores `source` if there are `sources` (Argo CD 3.5, multiple sources).
pub(super) fn check_own_keys(application: &Application, location: &Location, findings: &mut Sink) {
    let keys = [
        ("path", application.path.is_some()),
        ("repoURL", application.repo_url.is_some()),
        ("targetRevision", application.target_revision.is_some()),
        ("chart", application.chart.is_some()),
        ("helm", application.helm.is_some()),
        ("kustomize", application.kustomize.is_some()),
        ("directory", application.directory.is_some()),
        ("plugin", application.plugin.is_some()),
    ];
    for (key, _) in keys.into_iter().filter(|(_, is_set)| *is_set) {
        let finding = rules::APPLICATION_SOURCE
            .at(location.key(key).itself(), format!("`{key}` belongs in one of the `sources`"));
        findings.push(
            finding
                .note("Argo CD ignores the single source of an application that has several")
                .help("move the line into the list"),
        );
    }
}

fn check_source(source: &Source, location: &Location, platform: &Platform, findings: &mut Sink) {
    let mut refuse = |location: Location, message: &str, help: &str| {
        findings.push(rules::APPLICATION_SOURCE.at(location, message).help(help));
    };
    match (&source.path, &source.chart, &source.reference) {
        (None, None, None) => refuse(
            location.clone(),
            "the application has no source of manifests",
            "add `path`, a folder of the repository, or `chart` with its `repoURL`, or list several \
             `sources`",
        ),
        (_, Some(_), Some(_)) => refuse(
            location.key("ref").itself(),
            "a chart cannot be used by `ref`",
            "`ref` requires a git repository",
        ),
        (Some(_), None, Some(_)) => refuse(
            location.key("path").itself(),
            "a source with both `ref` and `path` deploys everything in that folder, including values files",
            "remove `path`: `$name/…` starts at the root of the repository",
        ),
        (Some(_), Some(_), None) => {
            refuse(location.key("chart").itself(), "`path` and `chart` are both set", "keep one of them");
        }
        (None, Some(_), None) if source.repo_url.is_none() => {
            refuse(
                location.key("chart").itself(),
                "a chart needs the `repoURL` of its registry",
                "add `repoURL`",
            );
        }
        (None, Some(_), None) if source.target_revision.is_none() => {
            refuse(
                location.key("chart").itself(),
                "a chart needs a version",
                "add `targetRevision`: Argo CD refuses a chart without one",
            );
        }
        (None, Some(_), None) if is_oci(source) => refuse(
            location.key("chart").itself(),
            "Argo CD ignores `chart` if `repoURL` begins with `oci://`",
            "remove `oci://` from `repoURL`, or append the chart's name to it and write `path: .` instead of \
             `chart`",
        ),
        (Some(path), None, None) if within("", path).is_none() => {
            refuse(
                location.key("path"),
                "this path leads out of the repository",
                "write a folder relative to the root of the repository",
            );
        }
        (Some(_), None, None) if is_oci(source) => {
            if let Some(unsupported) = platform.argocd.older_than(OCI) {
                findings.push(
                    unsupported
                        .refuse(location.key("repoURL"), "a source in an OCI registry without `chart`"),
                );
            }
        }
        _ => {}
    }
}

fn check_renderer(source: &Source, location: &Location, findings: &mut Sink) {
    let Source { helm, kustomize, directory, plugin, .. } = source;
    let renderers = [
        ("helm", helm.is_some()),
        ("kustomize", kustomize.is_some()),
        ("directory", directory.is_some()),
        ("plugin", plugin.is_some()),
    ];
    let named: Vec<_> = renderers.into_iter().filter(|(_, named)| *named).map(|(key, _)| key).collect();
    if let [first, second, ..] = named.as_slice() {
        let finding = rules::APPLICATION_SOURCE
            .at(location.key(*second).itself(), format!("`{first}` and `{second}` are both set"));
        findings.push(finding.help("keep one of them: a source has one renderer"));
    }
    if let (Some(_), Some(key)) = (&source.chart, named.iter().find(|key| !matches!(**key, "helm"))) {
        findings.push(
            rules::APPLICATION_SOURCE
                .at(location.key("chart").itself(), "a chart is rendered by Helm")
                .help(format!("use `helm`, not `{key}`")),
        );
    }
    if let (Some(_), Some(key)) = (&source.reference, named.first()) {
        let finding = rules::APPLICATION_SOURCE
            .at(location.key(*key).itself(), format!("`{key}` has no effect in a source with `ref`"));
        findings.push(
            finding
                .note("such a source only provides its files")
                .help("remove the line, or make it a separate source"),
        );
    }
}

fn check_helm(source: &Source, location: &Location, findings: &mut Sink) {
    let Some(helm) = &source.helm else { return };
    let location = location.key("helm");
    let own = source.path.is_some() || takes_files(helm);
    if helm.ignore_missing_value_files == Some(true) && own {
        let finding = rules::IGNORED_VALUES_FILES
            .at(location.key("ignoreMissingValueFiles"), "a values file of this application may be missing");
        findings.push(
            finding
                .note("a misspelt name deploys the chart's own defaults, and everything stays healthy")
                .help("remove the line"),
        );
    }
}

/// The maximum length of the name of a Helm release (Helm 3 and 4, `ValidateReleaseName`).
const MAX_RELEASE_NAME: usize = 53;

/// Argo CD names the release after the Application by default (Argo CD 3.5, `helmTemplate`).
fn check_release(source: &Source, name: &ApplicationName, location: &Location, findings: &mut Sink) {
    if SourceType::of(source) != SourceType::Helm {
        return;
    }
    let release_name = source.helm.as_ref().and_then(|helm| helm.release_name.as_ref());
    let release = release_name.map_or(name.as_str(), |release| release);
    if release.len() > MAX_RELEASE_NAME {
        let location =
            if release_name.is_some() { location.key("helm").key("releaseName") } else { location.clone() };
        let message =
            format!("the Helm release would be named `{}`, {} characters", shorten(release), release.len());
        let finding = rules::INVALID_NAME
            .at(location, message)
            .note(format!("Helm refuses to render the chart: at most {MAX_RELEASE_NAME} are allowed"));
        findings.push(finding.help("write a shorter `helm.releaseName`"));
    }
}

fn check_directory(source: &Source, location: &Location, findings: &mut Sink) {
    let Some(directory) = &source.directory else { return };
    let deep = directory.include.as_ref().is_some_and(|include| include.contains('/'));
    if deep && directory.recurse != Some(true) {
        let finding = rules::INEFFECTIVE_INCLUDE.at(
            location.key("directory").key("include"),
            "this pattern matches files in subfolders, which are not searched",
        );
        let finding = finding.note("Argo CD would find no manifest there, and prune what it found before");
        findings.push(finding.help("add `recurse: true` next to it, or use the subfolder as the `path`"));
    }
}

fn check_kustomize(source: &Source, location: &Location, findings: &mut Sink) {
    for (index, patch) in source.kustomize.iter().flat_map(|kustomize| &kustomize.patches).enumerate() {
        if patch.patch.is_some() == patch.path.is_some() {
            let location = location.key("kustomize").key("patches").index(index);
            let finding = rules::APPLICATION_SOURCE.at(location, "a patch needs either `patch` or `path`");
            findings.push(finding.help("write the change under `patch`, or its file under `path`"));
        }
    }
}

fn check_plugin(source: &Source, location: &Location, findings: &mut Sink) {
    for (index, parameter) in source.plugin.iter().flat_map(|plugin| &plugin.parameters).enumerate() {
        let values = [parameter.string.is_some(), parameter.array.is_some(), parameter.map.is_some()];
        if values.iter().filter(|is_set| **is_set).count() != 1 {
            let location = location.key("plugin").key("parameters").index(index);
            let finding = rules::APPLICATION_SOURCE
                .at(location, "a parameter has one value: `string`, `array` or `map`");
            findings.push(finding.help("keep one of them"));
        }
    }
}
