//! Where the manifests of applications come from, with the defaults.

use super::{source_keys, values_files};
use crate::catalog::{Application, Directory, Helm, Kustomize, Plugin, Source as Written};
use crate::diagnostics::{Location, Sink};
use crate::format::{DnsLabel, NonEmptyString, RepositoryPath};
use crate::model::Platform;
use crate::names::ApplicationName;
use crate::value::Text;

/// A source of an application of the model.
#[derive(Debug)]
pub struct Source {
    /// Its name among several sources.
    pub name: Option<crate::format::DnsName>,
    /// Its location: the application itself, or one of its `sources`.
    pub location: Location,
    /// The repository or registry.
    pub repository: Text,
    /// The branch, tag, commit or chart version.
    pub revision: Text,
    /// Whether the revision is its own, not the default.
    pub sets_revision: bool,
    /// The folder of the repository that is rendered.
    pub path: Option<RepositoryPath>,
    /// The chart of a repository of charts.
    pub chart: Option<NonEmptyString>,
    /// The name by which other sources use its files.
    pub reference: Option<DnsLabel>,
    /// Values files, also if `helm` lists none.
    pub value_files: Vec<Text>,
    /// The options of Helm; those of the renderers are passed through unchanged.
    pub helm: Option<Box<Helm>>,
    /// The options of Kustomize.
    pub kustomize: Option<Box<Kustomize>>,
    /// Which manifests of a folder are applied.
    pub directory: Option<Box<Directory>>,
    /// The config management plugin.
    pub plugin: Option<Box<Plugin>>,
    /// What renders it.
    source_type: SourceType,
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
        self.source_type
    }

    /// Whether it comes from a git repository, not from a registry.
    pub fn is_git(&self) -> bool {
        self.chart.is_none() && !self.is_oci()
    }

    /// The name of the chart, if it comes from a repository of charts or from a registry.
    pub fn published_chart(&self) -> Option<&str> {
        let chart = match &self.chart {
            Some(chart) => chart,
            None if self.is_oci() && self.source_type == SourceType::Helm => self.repository.as_str(),
            None => return None,
        };
        chart.rsplit('/').next()
    }

    /// Whether its manifests are in a folder of a repository.
    pub fn is_folder(&self) -> bool {
        self.path.is_some() && self.reference.is_none()
    }

    fn is_oci(&self) -> bool {
        self.repository.starts_with(OCI)
    }
}

/// How the URL of an OCI registry begins.
const OCI: &str = "oci://";

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
    source_keys::check_names(&written, findings);
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
        sets_revision: written.target_revision.is_some(),
        source_type: SourceType::of(&written),
        name: written.name,
        path: written.path,
        chart: written.chart,
        reference: written.reference,
        helm: written.helm,
        kustomize: written.kustomize,
        directory: written.directory,
        plugin: written.plugin,
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
    written.repo_url.as_ref().is_some_and(|url| url.starts_with(OCI))
}
