//! Values files: those of the repository of another source, by its `ref`, and those at an address.

use std::collections::BTreeSet;

use super::paths::within;
use crate::catalog::{Helm, Source};
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::NonEmptyString;
use crate::model::Platform;
use crate::value::Text;

/// The names by which other sources can use values files.
pub(super) fn references(sources: &[(Source, Location)], findings: &mut Sink) -> BTreeSet<Text> {
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
fn used_names(source: &Source) -> impl Iterator<Item = &str> {
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

/// Checks the values files and file parameters of a source; `references` are the names of other sources.
pub(super) fn check(
    source: &Source,
    location: &Location,
    references: &BTreeSet<Text>,
    platform: &Platform,
    findings: &mut Sink,
) {
    let Some(helm) = &source.helm else { return };
    let location = location.key("helm");
    for (index, file) in helm.value_files.iter().flatten().enumerate() {
        check_file(file, location.key("valueFiles").index(index), source, references, platform, findings);
    }
    for (index, parameter) in helm.file_parameters.iter().enumerate() {
        check_file(
            &parameter.path,
            location.key("fileParameters").index(index).key("path"),
            source,
            references,
            platform,
            findings,
        );
    }
}

fn check_file(
    file: &NonEmptyString,
    location: Location,
    source: &Source,
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
    } else if source.chart.is_some() {
        let finding = rules::VALUES_FILE_OUTSIDE_CHART
            .at(location, format!("`{}` is relative to the chart, not to the repository", shorten(file)));
        let finding = finding.note("a file of the same name there would silently be used, and yours never");
        findings.push(finding.help(
            "list two `sources`: the chart, and the repository with `ref: values`; then write \
             `$values/path/to/values.yml`",
        ));
    } else if source.path.as_ref().is_some_and(|path| within(path, file).is_none()) {
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

/// Whether a values file comes from the repository of another source.
pub(super) fn takes_files(helm: &Helm) -> bool {
    helm.value_files.iter().flatten().any(|file| file.starts_with('$'))
}
