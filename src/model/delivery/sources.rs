//! Where the manifests of applications come from, with the defaults.

use std::collections::BTreeSet;

use super::paths::within;
use crate::catalog::{Application, Helm, Source as Written};
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::NonEmptyString;
use crate::model::Platform;
use crate::model::version::Version;
use crate::names::ApplicationName;
use crate::value::Text;

/// A source of an application of the model.
#[derive(Debug)]
pub struct Source {
    /// Its location: the application itself, or one of its `sources`.
    pub location: Location,
    /// The repository or registry.
    pub repository: Text,
    /// The branch, tag, commit or chart version.
    pub revision: Text,
    /// Values files.
    pub value_files: Vec<Text>,
    /// Everything that is passed through unchanged.
    pub written: Written,
}

/// The type of a source: what renders it (Argo CD 3.5, `ApplicationSourceType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceType {
    /// Helm.
    Helm,
    /// Kustomize.
    Kustomize,
    /// Plain manifests, or Jsonnet.
    Directory,
    /// A config management plugin.
    Plugin,
    /// Nothing: its files are for other sources.
    Reference,
}

impl SourceType {
    fn of(written: &Written) -> Self {
        match written {
            Written { reference: Some(_), .. } => Self::Reference,
            Written { kustomize: Some(_), .. } => Self::Kustomize,
            Written { directory: Some(_), .. } => Self::Directory,
            Written { plugin: Some(_), .. } => Self::Plugin,
            _ => Self::Helm,
        }
    }
}

impl Source {
    /// The type: what renders it.
    pub fn source_type(&self) -> SourceType {
        SourceType::of(&self.written)
    }

    /// Whether it comes from a git repository, not from a registry.
    pub fn is_git(&self) -> bool {
        self.written.chart.is_none() && !is_oci(&self.written)
    }

    /// The name of the chart, if it comes from a repository of charts or from a registry.
    pub fn published_chart(&self) -> Option<&str> {
        let chart = match &self.written.chart {
            Some(chart) => chart,
            None if is_oci(&self.written) && self.source_type() == SourceType::Helm => {
                self.repository.as_str()
            }
            None => return None,
        };
        chart.rsplit('/').next()
    }

    /// Whether its manifests are in a folder of a repository.
    pub fn is_folder(&self) -> bool {
        self.written.path.is_some() && self.written.reference.is_none()
    }
}

/// The first version of Argo CD that supports manifests from OCI images (Argo CD 3.1, OCI user guide).
const OCI: Version = Version(3, 1, 0);

/// The sources of an application: the one that its own keys describe, or those that it lists. `pattern`
/// returns the values file of a chart that lists none; `name` is the default name of the release.
pub(in crate::model) fn model(
    application: &mut Application,
    name: &ApplicationName,
    location: &Location,
    pattern: &dyn Fn() -> Text,
    platform: &Platform,
    findings: &mut Sink,
) -> Vec<Source> {
    let listed = !application.sources.is_empty();
    if listed {
        check_own_keys(application, location, findings);
    }
    let numbered = |(index, source)| (source, location.key("sources").index(index));
    let written = match std::mem::take(&mut application.sources) {
        sources if listed => sources.into_iter().enumerate().map(numbered).collect(),
        _ => vec![(application.take_source(), location.clone())],
    };
    let references = references(&written, findings);
    let model = |(written, location): (Written, Location)| {
        check_source(&written, &location, platform, findings);
        check_renderer(&written, &location, findings);
        check_helm(&written, &location, findings);
        check_release(&written, name, &location, findings);
        check_directory(&written, &location, findings);
        check_kustomize(&written, &location, findings);
        check_plugin(&written, &location, findings);
        check_value_files(&written, &location, &references, platform, findings);
        source(written, location, pattern, platform)
    };
    written.into_iter().map(model).collect()
}

fn source(written: Written, location: Location, pattern: &dyn Fn() -> Text, platform: &Platform) -> Source {
    let elsewhere = written.repo_url.is_some();
    let revision = written.target_revision.as_ref().map(Text::from);
    Source {
        repository: written.repo_url.as_ref().map_or_else(|| platform.repository.clone(), Text::from),
        revision: revision
            .unwrap_or_else(|| if elsewhere { "HEAD".into() } else { platform.revision.clone() }),
        value_files: value_files(&written, pattern),
        written,
        location,
    }
}

fn value_files(written: &Written, pattern: &dyn Fn() -> Text) -> Vec<Text> {
    let has_pattern =
        SourceType::of(written) == SourceType::Helm && written.chart.is_none() && !is_oci(written);
    match written.helm.as_ref().and_then(|helm| helm.value_files.as_ref()) {
        Some(files) => files.iter().map(Text::from).collect(),
        None if has_pattern => vec![pattern()],
        None => Vec::new(),
    }
}

fn is_oci(written: &Written) -> bool {
    written.repo_url.as_ref().is_some_and(|url| url.starts_with("oci://"))
}

/// Argo CD ignores `source` if there are `sources` (Argo CD 3.5, multiple sources).
fn check_own_keys(application: &Application, location: &Location, findings: &mut Sink) {
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

/// The names by which other sources can use values files.
fn references(sources: &[(Written, Location)], findings: &mut Sink) -> BTreeSet<Text> {
    let mut names = BTreeSet::new();
    let used: BTreeSet<&str> = sources.iter().flat_map(|(source, _)| used_names(source)).collect();
    for (source, location) in sources {
        let Some(name) = &source.reference else { continue };
        if !names.insert(Text::from(name)) {
            let finding = rules::VALUES_REFERENCE
                .at(location.key("ref"), format!("two sources have the name `{}`", &**name));
            findings
                .push(finding.note("Argo CD rejects the application").help("give one of them another name"));
        } else if !used.contains(&**name) {
            let finding = rules::VALUES_REFERENCE
                .at(location.key("ref"), format!("no source uses a file of `${}`", &**name));
            let finding = finding.note("a source with `ref` is not rendered: it would have no effect");
            findings.push(finding.help(format!(
                "write `${}/path/to/values.yml` under `helm.valueFiles` of another source, or remove this \
                 one",
                &**name
            )));
        }
    }
    names
}

/// The names of the sources whose files a source uses.
fn used_names(source: &Written) -> impl Iterator<Item = &str> {
    let helm = source.helm.iter();
    let files = helm.flat_map(|helm| {
        helm.value_files.iter().flatten().chain(helm.file_parameters.iter().map(|parameter| &parameter.path))
    });
    files.filter_map(|file| reference_of(file))
}

/// The name in `$name/path`.
fn reference_of(file: &str) -> Option<&str> {
    file.strip_prefix('$').map(|rest| rest.split_once('/').map_or(rest, |(name, _)| name))
}

fn check_source(written: &Written, location: &Location, platform: &Platform, findings: &mut Sink) {
    let mut refuse = |location: Location, message: &str, help: &str| {
        findings.push(rules::APPLICATION_SOURCE.at(location, message).help(help));
    };
    match (&written.path, &written.chart, &written.reference) {
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
        (None, Some(_), None) if written.repo_url.is_none() => {
            refuse(
                location.key("chart").itself(),
                "a chart needs the `repoURL` of its registry",
                "add `repoURL`",
            );
        }
        (None, Some(_), None) if written.target_revision.is_none() => {
            refuse(
                location.key("chart").itself(),
                "a chart needs a version",
                "add `targetRevision`: Argo CD refuses a chart without one",
            );
        }
        (None, Some(_), None) if is_oci(written) => refuse(
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
        (Some(_), None, None) if is_oci(written) => {
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

fn check_renderer(written: &Written, location: &Location, findings: &mut Sink) {
    let Written { helm, kustomize, directory, plugin, .. } = written;
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
    if let (Some(_), Some(key)) = (&written.chart, named.iter().find(|key| !matches!(**key, "helm"))) {
        findings.push(
            rules::APPLICATION_SOURCE
                .at(location.key("chart").itself(), "a chart is rendered by Helm")
                .help(format!("use `helm`, not `{key}`")),
        );
    }
    if let (Some(_), Some(key)) = (&written.reference, named.first()) {
        let finding = rules::APPLICATION_SOURCE
            .at(location.key(*key).itself(), format!("`{key}` has no effect in a source with `ref`"));
        findings.push(
            finding
                .note("such a source only provides its files")
                .help("remove the line, or make it a separate source"),
        );
    }
}

fn check_helm(written: &Written, location: &Location, findings: &mut Sink) {
    let Some(helm) = &written.helm else { return };
    let location = location.key("helm");
    let own = written.path.is_some() || takes_files(helm);
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
fn check_release(written: &Written, name: &ApplicationName, location: &Location, findings: &mut Sink) {
    if SourceType::of(written) != SourceType::Helm {
        return;
    }
    let release_name = written.helm.as_ref().and_then(|helm| helm.release_name.as_ref());
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

/// Whether a values file comes from the repository of another source.
fn takes_files(helm: &Helm) -> bool {
    helm.value_files.iter().flatten().any(|file| file.starts_with('$'))
}

fn check_directory(written: &Written, location: &Location, findings: &mut Sink) {
    let Some(directory) = &written.directory else { return };
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

fn check_kustomize(written: &Written, location: &Location, findings: &mut Sink) {
    for (index, patch) in written.kustomize.iter().flat_map(|kustomize| &kustomize.patches).enumerate() {
        if patch.patch.is_some() == patch.path.is_some() {
            let location = location.key("kustomize").key("patches").index(index);
            let finding = rules::APPLICATION_SOURCE.at(location, "a patch needs either `patch` or `path`");
            findings.push(finding.help("write the change under `patch`, or its file under `path`"));
        }
    }
}

fn check_plugin(written: &Written, location: &Location, findings: &mut Sink) {
    for (index, parameter) in written.plugin.iter().flat_map(|plugin| &plugin.parameters).enumerate() {
        let values = [parameter.string.is_some(), parameter.array.is_some(), parameter.map.is_some()];
        if values.iter().filter(|is_set| **is_set).count() != 1 {
            let location = location.key("plugin").key("parameters").index(index);
            let finding = rules::APPLICATION_SOURCE
                .at(location, "a parameter has one value: `string`, `array` or `map`");
            findings.push(finding.help("keep one of them"));
        }
    }
}

fn check_value_files(
    written: &Written,
    location: &Location,
    references: &BTreeSet<Text>,
    platform: &Platform,
    findings: &mut Sink,
) {
    let Some(helm) = &written.helm else { return };
    let location = location.key("helm");
    for (index, file) in helm.value_files.iter().flatten().enumerate() {
        check_file(file, location.key("valueFiles").index(index), written, references, platform, findings);
    }
    for (index, parameter) in helm.file_parameters.iter().enumerate() {
        check_file(
            &parameter.path,
            location.key("fileParameters").index(index).key("path"),
            written,
            references,
            platform,
            findings,
        );
    }
}

fn check_file(
    file: &NonEmptyString,
    location: Location,
    written: &Written,
    references: &BTreeSet<Text>,
    platform: &Platform,
    findings: &mut Sink,
) {
    if let Some(name) = reference_of(file) {
        if !references.contains(name) {
            findings.push(unknown_reference(name, location, references));
        }
    } else if let Some((scheme, _)) = file.split_once("://") {
        if !platform.argocd.values_file_schemes.iter().any(|listed| listed.as_str() == scheme) {
            findings.push(unknown_scheme(scheme, location, platform));
        }
    } else if written.chart.is_some() {
        let finding = rules::VALUES_FILE_OUTSIDE_CHART
            .at(location, format!("`{}` is relative to the chart, not to the repository", shorten(file)));
        let finding = finding.note("a file of the same name there would silently be used, and yours never");
        findings.push(finding.help(
            "list two `sources`: the chart, and the repository with `ref: values`; then write \
             `$values/path/to/values.yml`",
        ));
    } else if written.path.as_ref().is_some_and(|path| within(path, file).is_none()) {
        let finding = rules::APPLICATION_SOURCE
            .at(location, format!("`{}` leads out of the repository", shorten(file)));
        findings
            .push(finding.note("Argo CD rejects such a file").help("a values file is relative to `path`"));
    }
}

/// The maximum number of names that a misspelt one is compared with: there may be as many misspelt ones.
const GUESSED: usize = 256;

fn unknown_reference(name: &str, location: Location, references: &BTreeSet<Text>) -> Finding {
    let finding = rules::VALUES_REFERENCE.at(location, format!("no source has the name `{}`", shorten(name)));
    let help = did_you_mean(name, references.iter().map(Text::as_str).take(GUESSED));
    let help = help.unwrap_or_else(|| {
        format!("list the repository of this file among the `sources`, with `ref: {}`", shorten(name))
    });
    finding.note("Argo CD cannot find the file").help(help)
}

fn unknown_scheme(scheme: &str, location: Location, platform: &Platform) -> Finding {
    let schemes = either(platform.argocd.values_file_schemes.iter().map(Text::as_str));
    let finding = rules::VALUES_FILE_SCHEME
        .at(location, format!("Argo CD does not support values files with `{}://`", shorten(scheme)));
    let finding = finding.note(format!("it supports {schemes} in this cluster, and rejects the application"));
    finding.help("list it in `argocd.valuesFileSchemes` of platform.yml once Argo CD has the plugin for it")
}
