//! Where the manifests of applications come from, with the defaults.

use super::{source_keys, values_files};
use crate::catalog::{Application, Source as Written};
use crate::diagnostics::{Location, Sink};
use crate::model::Platform;
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
    pub(super) fn of(written: &Written) -> Self {
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
        source_keys::check_own_keys(application, location, findings);
    }
    let numbered = |(index, source)| (source, location.key("sources").index(index));
    let written = match std::mem::take(&mut application.sources) {
        sources if listed => sources.into_iter().enumerate().map(numbered).collect(),
        _ => vec![(application.take_source(), location.clone())],
    };
    let references = values_files::references(&written, findings);
    let model = |(written, location): (Written, Location)| {
        source_keys::check(&written, &location, name, platform, findings);
        values_files::check(&written, &location, &references, platform, findings);
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

/// Whether it comes from an OCI registry by its URL.
pub(super) fn is_oci(written: &Written) -> bool {
    written.repo_url.as_ref().is_some_and(|url| url.starts_with("oci://"))
}
