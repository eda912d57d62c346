//! Applications with their defaults.

use std::collections::BTreeMap;

use super::patterns::{self, Patterns};
use super::{Entry, Platform};
use crate::catalog::{Application as Written, Helm, Sync};
use crate::document::Place;
use crate::finding::Finding;
use crate::rules;
use crate::suggestion::{did_you_mean, shorten};
use crate::value::Text;

/// An application, as it is meant.
#[derive(Debug)]
pub struct Application {
    /// Where it stands.
    pub place: Place,
    /// What the catalog calls it.
    pub code: Text,
    /// The name of the Application.
    pub name: Text,
    /// The Argo CD sync wave, once the order is known.
    pub wave: i32,
    /// The repository that it comes from.
    pub repository: Text,
    /// The branch, tag, commit or chart version.
    pub revision: Text,
    /// Values files.
    pub value_files: Vec<Text>,
    /// The namespace of objects that name none.
    pub target_namespace: Text,
    /// `prune`, `selfHeal` and `allowEmpty` of an automated sync; none if somebody presses the button.
    pub automated: Option<Automated>,
    /// Sync options.
    pub options: Vec<Text>,
    /// Everything that is handed through as it is written.
    pub written: Written,
}

/// What an automated sync may do.
#[derive(Clone, Copy, Debug)]
pub struct Automated {
    /// Delete what is gone from the repository.
    pub prune: bool,
    /// Undo what was changed by hand.
    pub self_heal: bool,
    /// Delete everything.
    pub allow_empty: bool,
}

/// Argo CD's sync options for an Application. It compares them as whole strings and ignores any other without a word (Argo CD 3.5,
/// `HasOption`).
const SYNC_OPTIONS: [&str; 18] = [
    "ApplyOutOfSyncOnly=true",
    "ClientSideApplyMigration=false",
    "CreateNamespace=false",
    "Delete=confirm",
    "Delete=false",
    "FailOnSharedResource=true",
    "Prune=confirm",
    "Prune=false",
    "PruneLast=true",
    "PrunePropagationPolicy=background",
    "PrunePropagationPolicy=foreground",
    "PrunePropagationPolicy=orphan",
    "Replace=true",
    "RespectIgnoreDifferences=true",
    "ServerSideApply=false",
    "ServerSideApply=true",
    "SkipDryRunOnMissingResource=true",
    "Validate=false",
];

pub(super) fn plan(
    written: Written,
    place: Place,
    namespace: &Text,
    platform: &Platform,
    patterns: &Patterns,
    findings: &mut Vec<Finding>,
) -> Application {
    check_source(&written, &place, findings);
    check_sync(&written, &place, findings);
    check_ignore_differences(&written, &place, findings);
    let code = Text::from(&written.application_code);
    let name = patterns.application(&code, namespace);
    check_release(&written, &name, &place, findings);
    let automated = automated(&written);
    let revision = written.target_revision.as_ref().map(Text::from);
    Application {
        code,
        name,
        wave: 0,
        repository: written.repo_url.as_ref().map_or_else(|| platform.repository.clone(), Text::from),
        revision: revision.unwrap_or_else(|| if written.repo_url.is_some() { "HEAD".into() } else { platform.revision.clone() }),
        value_files: value_files(&written, namespace, patterns),
        target_namespace: written.target_namespace.as_ref().map_or_else(|| namespace.clone(), Text::from),
        options: options(&written, automated),
        automated,
        written,
        place,
    }
}

fn value_files(written: &Written, namespace: &Text, patterns: &Patterns) -> Vec<Text> {
    let plain = written.chart.is_some() || written.kustomize.is_some() || written.directory.is_some();
    match written.helm.as_ref().and_then(|helm| helm.value_files.as_ref()) {
        Some(files) => files.iter().map(Text::from).collect(),
        None if plain => Vec::new(),
        None => vec![patterns.values_file(&written.application_code, namespace)],
    }
}

fn automated(written: &Written) -> Option<Automated> {
    let sync = written.sync.as_ref();
    written.auto_sync.unwrap_or(false).then(|| Automated {
        prune: sync.and_then(|sync| sync.prune).unwrap_or(true),
        self_heal: sync.and_then(|sync| sync.self_heal).unwrap_or(true),
        allow_empty: sync.and_then(|sync| sync.allow_empty).unwrap_or(false),
    })
}

/// The options that are written, and the one without which self-healing would undo what `ignoreDifferences` overlooks.
fn options(written: &Written, automated: Option<Automated>) -> Vec<Text> {
    const RESPECT: &str = "RespectIgnoreDifferences=true";
    let mut options: Vec<Text> = written.sync.iter().flat_map(|sync| &sync.options).map(Text::from).collect();
    let heals = automated.is_some_and(|automated| automated.self_heal);
    if heals && !written.ignore_differences.is_empty() && !options.iter().any(|option| option.as_str() == RESPECT) {
        options.push(RESPECT.into());
    }
    options
}

fn check_source(written: &Written, place: &Place, findings: &mut Vec<Finding>) {
    let mut refuse = |place: Place, message: &str, help: &str| {
        findings.push(rules::APPLICATION_SOURCE.at(place, message).help(help));
    };
    match (&written.path, &written.chart) {
        (None, None) => refuse(
            place.clone(),
            "this application has neither `path` nor `chart`",
            "add `path`, a folder of the repository, or `chart` with its `repoURL`",
        ),
        (Some(_), Some(_)) => refuse(place.key("chart").itself(), "this application has both `path` and `chart`", "keep one of them"),
        (None, Some(_)) if written.repo_url.is_none() => {
            refuse(place.key("chart").itself(), "a chart needs the `repoURL` of its registry", "add `repoURL`");
        }
        (None, Some(_)) if written.target_revision.is_none() => {
            refuse(place.key("chart").itself(), "a chart needs a version", "add `targetRevision`: Argo CD refuses a chart without one");
        }
        _ => {}
    }
    let renderers = [("helm", written.helm.is_some()), ("kustomize", written.kustomize.is_some()), ("directory", written.directory.is_some())];
    let mut named = renderers.iter().filter(|(_, named)| *named).map(|(key, _)| *key);
    if let (Some(first), Some(second)) = (named.next(), named.next()) {
        let message = format!("this application has both `{first}` and `{second}`");
        refuse(place.key(second).itself(), &message, "an application is rendered in one way only; keep one of them");
    }
    if written.chart.is_some() && (written.kustomize.is_some() || written.directory.is_some()) {
        refuse(place.key("chart").itself(), "a chart is rendered by Helm", "use `helm`");
    }
    if written.helm.as_ref().is_some_and(Helm::ignores_missing_files) && written.chart.is_none() && written.path.is_some() {
        let place = place.key("helm").key("ignoreMissingValueFiles");
        let finding = rules::IGNORED_VALUES_FILES.at(place, "a values file of this application may be missing");
        findings.push(finding.note("a misspelt name deploys the chart's own defaults, and everything stays green").help("remove the line"));
    }
}

/// The longest name of a Helm release (Helm 3 and 4, `ValidateReleaseName`).
const LONGEST_RELEASE: usize = 53;

/// Argo CD calls the release after the Application unless it is told otherwise (Argo CD 3.5, `helmTemplate`).
fn check_release(written: &Written, name: &Text, place: &Place, findings: &mut Vec<Finding>) {
    if written.kustomize.is_some() || written.directory.is_some() {
        return;
    }
    let said = written.helm.as_ref().and_then(|helm| helm.release_name.as_ref());
    let release = said.map_or(name.as_str(), |release| release);
    if release.len() > LONGEST_RELEASE {
        let place = if said.is_some() { place.key("helm").key("releaseName") } else { place.key("applicationCode") };
        let message = format!("the Helm release would be called `{}`, {} characters", shorten(release), release.len());
        let finding = rules::BAD_NAME.at(place, message).note(format!("Helm refuses to render the chart: {LONGEST_RELEASE} are allowed"));
        findings.push(finding.help("write a shorter `helm.releaseName`"));
    }
}

impl Helm {
    fn ignores_missing_files(&self) -> bool {
        self.ignore_missing_value_files == Some(true)
    }
}

fn check_ignore_differences(written: &Written, place: &Place, findings: &mut Vec<Finding>) {
    for (index, item) in written.ignore_differences.iter().enumerate() {
        if item.json_pointers.is_empty() && item.jq_path_expressions.is_empty() && item.managed_fields_managers.is_empty() {
            let place = place.key("ignoreDifferences").index(index);
            let finding = rules::IDLE_IGNORE_DIFFERENCE.at(place, "this item names no field to overlook");
            let finding = finding.note("Argo CD would overlook nothing");
            findings.push(finding.help("add `jsonPointers`, `jqPathExpressions` or `managedFieldsManagers`"));
        }
    }
}

fn check_sync(written: &Written, place: &Place, findings: &mut Vec<Finding>) {
    let Some(sync) = &written.sync else { return };
    let place = place.key("sync");
    check_automated(sync, written.auto_sync == Some(true), &place, findings);
    for (index, option) in sync.options.iter().enumerate() {
        check_option(option, place.key("options").index(index), findings);
    }
}

fn check_automated(sync: &Sync, automated: bool, place: &Place, findings: &mut Vec<Finding>) {
    for (key, value) in [("prune", sync.prune), ("selfHeal", sync.self_heal), ("allowEmpty", sync.allow_empty)] {
        if value.is_some() && !automated {
            let finding = rules::SYNC_WITHOUT_AUTO_SYNC.at(place.key(key).itself(), format!("`{key}` means nothing here"));
            let finding = finding.note("it belongs to automated syncs, and this application is synced by hand");
            findings.push(finding.help("add `autoSync: true` to the application, or remove the line"));
        }
    }
}

fn check_option(option: &str, place: Place, findings: &mut Vec<Finding>) {
    if option.eq_ignore_ascii_case("CreateNamespace=true") {
        let finding = rules::UNKNOWN_SYNC_OPTION.at(place, "the namespace belongs to the catalog, not to the application");
        let finding = finding.note("the AppProject forbids Namespaces: this would work until the day when the cluster is built anew");
        findings.push(finding.help("remove the line: the entry makes the Namespace"));
    } else if !SYNC_OPTIONS.contains(&option) {
        let finding = rules::UNKNOWN_SYNC_OPTION.at(place, format!("Argo CD has no sync option `{}`", shorten(option)));
        let finding = finding.note("Argo CD compares options as whole strings and ignores one that it does not know");
        findings.push(finding.help_some(did_you_mean(option, SYNC_OPTIONS)));
    }
}

pub(super) fn check_unique(entries: &[Entry], findings: &mut Vec<Finding>) {
    let mut owners: BTreeMap<&Text, &Place> = BTreeMap::new();
    for application in entries.iter().flat_map(|entry| &entry.applications) {
        if let Some(first) = owners.insert(&application.code, &application.place) {
            owners.insert(&application.code, first);
            let place = application.place.key("applicationCode");
            let finding = rules::DUPLICATE_APPLICATION_CODE.at(place, format!("two applications are called `{}`", application.code));
            let finding = finding.and(first.key("applicationCode"), "the first is here");
            let finding = finding.note("Argo CD keeps one Application of a name: the second would take the first one's place");
            findings.push(finding.help("call them after their entries: `notes-postgres`"));
        }
    }
}

/// Two Applications of one name that are called differently in the catalog: the pattern makes them alike.
pub(super) fn check_unique_names(entries: &[Entry], findings: &mut Vec<Finding>) {
    let mut owners: BTreeMap<&Text, &Application> = BTreeMap::new();
    for application in entries.iter().flat_map(|entry| &entry.applications) {
        let first = *owners.entry(&application.name).or_insert(application);
        if first.code != application.code {
            let message = format!("two applications make the Application `{}`", shorten(&application.name));
            let finding = rules::DUPLICATE_OBJECT.at(application.place.key("applicationCode"), message);
            let finding = finding.and(first.place.key("applicationCode"), "the first is here").and(patterns::place("application"), "by this pattern");
            let finding = finding.note("Argo CD applies the last one of a name: the other line would have no effect");
            findings.push(finding.help("let the pattern use `{{ applicationCode }}`"));
        }
    }
}
