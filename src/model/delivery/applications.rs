//! Applications with their defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::images::{self, ImageUpdates};
use super::paths;
use super::sources::{self, Source, SourceType};
use super::sync::{self, Automated};
use crate::catalog::{Application as Written, Finalizer, IgnoreDifference, Image, Info, Retry, TemplateUse};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::RepositoryPath;
use crate::kubernetes::kind_name::{misspelt, title};
use crate::lock::{self, Interface};
use crate::model::defaults;
use crate::model::patterns::{self, Patterns};
use crate::model::{Entry, Platform};
use crate::names::{ApplicationCode, ApplicationName, Namespace};
use crate::value::{Index, Text};

/// An application of the model.
#[derive(Debug)]
pub struct Application {
    /// Its location.
    pub location: Location,
    /// Its code in the catalog.
    pub code: ApplicationCode,
    /// The name of the Application.
    pub name: ApplicationName,
    /// The Argo CD sync wave, once the order is known.
    pub wave: i32,
    /// Where its manifests come from; never empty.
    pub sources: Vec<Source>,
    /// Whether they are emitted as a list, even if there is only one.
    pub several: bool,
    /// Where new tags of its images are written to, if it lists any.
    pub image_updates: Option<ImageUpdates>,
    /// The paths that its manifests depend on, in the format of Argo CD's annotation; nothing if that is
    /// everything, or if the annotation is not enabled.
    pub generate_paths: Option<Text>,
    /// The namespace of objects that set none; none if every object has to set its own.
    pub target_namespace: Option<Namespace>,
    /// `prune`, `selfHeal` and `allowEmpty` of an automated sync; none if it is synced manually.
    pub automated: Option<Automated>,
    /// Sync options.
    pub options: Vec<Text>,
    /// How failed syncs are retried; nothing for Argo CD's default.
    pub retry: Option<Retry>,
    /// Whether a retry uses a new commit.
    pub refresh: bool,
    /// Differences that Argo CD ignores.
    pub ignore_differences: Vec<IgnoreDifference>,
    /// Information for the user interface.
    pub info: Vec<Info>,
    /// How many old revisions are kept; nothing for Argo CD's default.
    pub revision_history_limit: Option<u32>,
    /// What happens to its objects when it is removed.
    pub finalizer: Finalizer,
    /// Whether a ServiceAccount is rendered; nothing if that depends on its sources.
    pub service_account: Option<bool>,
    /// Whether its pods are in the host network; nothing if that depends on the lock.
    pub host_network: Option<bool>,
    /// Labels of the Application.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Application.
    pub annotations: BTreeMap<String, String>,
    /// The images that are kept up to date.
    pub images: Vec<Image>,
    /// Folders and files outside of its sources that its manifests depend on.
    pub more_paths: Vec<RepositoryPath>,
    /// The codes of the applications that are synced before.
    pub depends_on: Vec<ApplicationCode>,
    /// The uses of templates.
    pub templates: Vec<TemplateUse>,
    /// The settings that have a line of their own in the catalog.
    pub lines: Vec<Line>,
    /// Its entry in the lock.
    pub locked: Option<Arc<lock::Entry>>,
}

/// A setting with a line of its own, which findings point at instead of at the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// `autoSync`
    AutoSync,
    /// `sync.prune`
    Prune,
    /// `sync.options`
    Options,
    /// `finalizer`
    Finalizer,
}

fn lines(written: &Written) -> Vec<Line> {
    let sync = written.sync.as_ref();
    let all = [
        (Line::AutoSync, written.auto_sync.is_some()),
        (Line::Prune, sync.is_some_and(|sync| sync.prune.is_some())),
        (Line::Options, sync.is_some_and(|sync| !sync.options.is_empty())),
        (Line::Finalizer, written.finalizer.is_some()),
    ];
    all.into_iter().filter(|(_, has_line)| *has_line).map(|(line, _)| line).collect()
}

impl Application {
    /// What it deploys, if the lock knows it.
    pub fn interface(&self) -> Option<&Interface> {
        self.locked.as_ref()?.content.as_ref().ok()
    }

    /// The first of its sources that is rendered.
    pub fn rendered(&self) -> Option<&Source> {
        self.sources.iter().find(|source| source.reference.is_none())
    }

    /// The source whose files others use by this name.
    pub fn source_of_files(&self, reference: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.reference.as_deref() == Some(reference))
    }

    /// Whether its name, or that of its chart or folder, is one of `names`: the best guess at its contents
    /// without reading them.
    pub fn is_named(&self, names: &[&str]) -> bool {
        let last = |path: &str| names.contains(&path.rsplit('/').next().unwrap_or_default());
        names.contains(&self.code.as_str())
            || self.sources.iter().any(|source| {
                let locations = [source.chart.as_deref(), source.path.as_deref()];
                locations.into_iter().flatten().any(last)
                    || source.repository.starts_with("oci://") && last(&source.repository)
            })
    }

    /// The first of its sources that Helm renders.
    pub fn first_chart(&self) -> Option<&Source> {
        self.sources.iter().find(|source| source.source_type() == SourceType::Helm)
    }

    /// Its source that is the chart `name` of a repository or registry.
    pub fn published_chart(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.published_chart() == Some(name))
    }

    /// Whether objects that set no namespace are deployed to this one.
    pub fn targets(&self, namespace: &Namespace) -> bool {
        self.target_namespace.as_ref() == Some(namespace)
    }

    /// The namespace that its manifests are rendered for: `default` if it has no target namespace, as Helm
    /// does in Argo CD.
    pub fn rendered_for(&self) -> &str {
        self.target_namespace.as_ref().map_or("default", Namespace::as_str)
    }

    /// The namespace of an object with this `metadata.namespace`; empty if nothing sets it.
    pub fn namespace_of<'a>(&'a self, own: Option<&'a str>) -> &'a str {
        own.or(self.target_namespace.as_ref().map(Namespace::as_str)).unwrap_or_default()
    }

    /// The name of the Helm release of one of its sources: that of the Application, unless the source sets
    /// another one (Argo CD 3.5, `helmTemplate`).
    pub fn release<'a>(&'a self, source: &'a Source) -> &'a str {
        source.helm.as_ref().and_then(|helm| helm.release_name.as_deref()).unwrap_or(self.name.as_str())
    }

    /// Whether all values of its charts are in the catalog.
    pub fn shows_all_values(&self) -> bool {
        self.sources.iter().all(|source| source.chart.is_some() && source.value_files.is_empty())
    }
}

pub(in crate::model) fn model(
    mut written: Written,
    location: Location,
    namespace: &Namespace,
    platform: &Platform,
    patterns: &Patterns,
    findings: &mut Sink,
) -> Application {
    let lines = lines(&written);
    sync::check(&written, &location, platform, findings);
    defaults::fill(&mut written, platform);
    check_ignore_differences(&written, &location, findings);
    let code = ApplicationCode::new(&written.application_code);
    let name = patterns.application(&code, namespace);
    let automated = sync::automated(&written);
    let several = !written.sources.is_empty();
    let sources = sources::model(
        &mut written,
        &name,
        &location,
        &|| patterns.values_file(&code, namespace),
        platform,
        findings,
    );
    let image_updates = images::model(&written, &sources, &location, platform, findings);
    let asked = platform.argocd.generate_paths || written.annotations.contains_key(paths::GENERATE_PATHS);
    let generate_paths = asked.then(|| paths::annotation(&written, &sources)).flatten();
    paths::check_annotation(&written, &sources, generate_paths.as_deref(), &location, findings);
    Application {
        code,
        name,
        wave: 0,
        several,
        image_updates,
        generate_paths,
        sources,
        target_namespace: target_namespace(&written, namespace),
        options: sync::options(&written, automated),
        refresh: sync::refreshes(&written, platform),
        automated,
        lines,
        retry: written.sync.and_then(|sync| sync.retry),
        ignore_differences: written.ignore_differences,
        info: written.info,
        revision_history_limit: written.revision_history_limit,
        finalizer: written.finalizer.unwrap_or_default(),
        service_account: written.service_account,
        host_network: written.host_network,
        labels: written.labels,
        annotations: written.annotations,
        images: written.images,
        more_paths: written.generate_paths,
        depends_on: written.depends_on.iter().map(ApplicationCode::new).collect(),
        templates: written.templates,
        locked: None,
        location,
    }
}

/// The value of `targetNamespace` with which no namespace is set.
const NO_NAMESPACE: &str = "none";

fn target_namespace(written: &Written, own: &Namespace) -> Option<Namespace> {
    match &written.target_namespace {
        None => Some(own.clone()),
        Some(name) if &**name == NO_NAMESPACE => None,
        Some(name) => Some(Namespace::new(name)),
    }
}

fn check_ignore_differences(written: &Written, location: &Location, findings: &mut Sink) {
    for (index, item) in written.ignore_differences.iter().enumerate() {
        let location = location.key("ignoreDifferences").index(index);
        if item.json_pointers.is_empty()
            && item.jq_path_expressions.is_empty()
            && item.managed_fields_managers.is_empty()
        {
            let finding =
                rules::INEFFECTIVE_IGNORE_DIFFERENCE.at(location, "this item selects no field to ignore");
            let finding = finding.note("Argo CD would ignore nothing");
            findings.push(finding.help("add `jsonPointers`, `jqPathExpressions` or `managedFieldsManagers`"));
        } else {
            findings.extend(unknown_kind(item, &location));
        }
    }
}

/// Argo CD compares group and kind exactly (Argo CD 3.5).
fn unknown_kind(item: &IgnoreDifference, location: &Location) -> Option<Finding> {
    let (group, kind) = (item.group.as_deref().unwrap_or_default(), &*item.kind);
    let help = misspelt(group, kind)?;
    let key = if group.is_empty() { "kind" } else { "group" };
    let message = format!("no object has this group and kind: `{}`", shorten(&title(group, kind)));
    let finding = rules::INEFFECTIVE_IGNORE_DIFFERENCE.at(location.key(key), message);
    Some(finding.note("Argo CD would ignore nothing").help(help))
}

pub(in crate::model) fn check_unique(entries: &[Entry], findings: &mut Sink) {
    let mut owners = Index::with_capacity(entries.len());
    for application in entries.iter().flat_map(|entry| &entry.applications) {
        if let Some(first) = owners.add_first(&application.code, &application.location) {
            let location = application.location.key("applicationCode");
            let finding = rules::DUPLICATE_APPLICATION_CODE
                .at(location, format!("two applications have the code `{}`", application.code));
            let finding = finding.with_secondary_label(first.key("applicationCode"), "first used here");
            let finding = finding
                .note("Argo CD keeps one Application per name: the second one would overwrite the first");
            findings.push(finding.help("name them after their entries: `notes-postgres`"));
        }
    }
}

/// Reports two Applications that get the same name from the pattern although their codes differ.
pub(in crate::model) fn check_unique_names(entries: &[Entry], findings: &mut Sink) {
    let mut owners = Index::with_capacity(entries.len());
    for application in entries.iter().flat_map(|entry| &entry.applications) {
        let first = owners.add_first(&application.name, application);
        if let Some(first) = first.filter(|first| first.code != application.code) {
            let message = format!(
                "two applications have the Application name `{}`",
                shorten(application.name.as_str())
            );
            let finding = rules::DUPLICATE_OBJECT.at(application.location.key("applicationCode"), message);
            let finding = finding
                .with_secondary_label(first.location.key("applicationCode"), "first used here")
                .with_secondary_label(patterns::location("application"), "from this pattern");
            let finding = finding.note(
                "Argo CD keeps one Application per name, the one applied last: the other would not exist",
            );
            findings.push(finding.help("use `{{ applicationCode }}` in the pattern"));
        }
    }
}
