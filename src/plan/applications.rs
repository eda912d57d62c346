//! Applications with their defaults.

use std::collections::BTreeMap;

use super::images::{self, ImageUpdates};
use super::paths;
use super::patterns::{self, Patterns};
use super::sources::{self, Source};
use super::version::Version;
use super::{ArgoCd, Entry, Platform};
use crate::catalog::{Application as Written, Sync};
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
    /// Where its manifests come from; never empty.
    pub sources: Vec<Source>,
    /// Whether they are listed as several, be it one.
    pub several: bool,
    /// Where new tags of its images are written to, if it lists any.
    pub image_updates: Option<ImageUpdates>,
    /// What its manifests depend on, as Argo CD's annotation says it; nothing if that is everything, or if nobody asks.
    pub generate_paths: Option<Text>,
    /// The namespace of objects that name none.
    pub target_namespace: Text,
    /// `prune`, `selfHeal` and `allowEmpty` of an automated sync; none if somebody presses the button.
    pub automated: Option<Automated>,
    /// Sync options.
    pub options: Vec<Text>,
    /// Whether a retry takes up a new commit.
    pub refresh: bool,
    /// Everything that is handed through as it is written.
    pub written: Written,
}

impl Application {
    /// The first of its sources that renders something.
    pub fn rendered(&self) -> Option<&Source> {
        self.sources.iter().find(|source| source.written.reference.is_none())
    }

    /// Whether its name, or that of its chart or folder, is one of `names`: the best guess at what it brings without a look inside.
    pub fn is_called_after(&self, names: &[&str]) -> bool {
        let last = |path: &str| names.contains(&path.rsplit('/').next().unwrap_or_default());
        names.contains(&self.code.as_str())
            || self.sources.iter().any(|source| {
                let places = [source.written.chart.as_deref(), source.written.path.as_deref()];
                places.into_iter().flatten().any(last) || source.repository.starts_with("oci://") && last(&source.repository)
            })
    }

    /// Whether the catalog calls its Helm release so.
    pub fn has_release(&self, names: &[&str]) -> bool {
        let mut releases = self.sources.iter().filter_map(|source| source.written.helm.as_ref()?.release_name.as_deref());
        releases.any(|release| names.contains(&release))
    }

    /// Whether nothing but the catalog has values for its charts.
    pub fn shows_all_values(&self) -> bool {
        self.sources.iter().all(|source| source.written.chart.is_some() && source.value_files.is_empty())
    }
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

/// The annotation that says which paths an Application depends on (Argo CD 3.5).
pub const GENERATE_PATHS: &str = "argocd.argoproj.io/manifest-generate-paths";

/// The first version of Argo CD that knows an option on an Application, where that is younger than 3.0 (Argo CD's release notes).
fn since(option: &str) -> Option<Version> {
    match option {
        "ClientSideApplyMigration=false" => Some(Version(3, 1, 0)),
        "Prune=false" | "Prune=confirm" | "Delete=false" | "Delete=confirm" => Some(Version(3, 4, 0)),
        _ => None,
    }
}

pub(super) fn plan(
    mut written: Written,
    place: Place,
    namespace: &Text,
    platform: &Platform,
    patterns: &Patterns,
    findings: &mut Vec<Finding>,
) -> Application {
    check_sync(&written, &place, platform, findings);
    check_ignore_differences(&written, &place, findings);
    let code = Text::from(&written.application_code);
    let name = patterns.application(&code, namespace);
    let automated = automated(&written);
    let several = !written.sources.is_empty();
    let sources = sources::plan(&mut written, &name, &place, &|| patterns.values_file(&code, namespace), platform, findings);
    let image_updates = images::plan(&written, &sources, &place, platform, findings);
    let asked = platform.argocd.generate_paths || written.annotations.contains_key(GENERATE_PATHS);
    let generate_paths = asked.then(|| generate_paths(&written, &sources)).flatten();
    check_generate_paths(&written, &sources, generate_paths.as_deref(), &place, findings);
    Application {
        code,
        name,
        wave: 0,
        several,
        image_updates,
        generate_paths,
        sources,
        target_namespace: written.target_namespace.as_ref().map_or_else(|| namespace.clone(), Text::from),
        options: options(&written, automated),
        refresh: refreshes(&written, platform),
        automated,
        written,
        place,
    }
}

/// A retry that keeps to the old commit would fail on after the commit that mends it.
fn refreshes(written: &Written, platform: &Platform) -> bool {
    let retry = written.sync.as_ref().and_then(|sync| sync.retry.as_ref());
    let known = platform.argocd.reaches(ArgoCd::RETRY_REFRESH);
    retry.is_some_and(|retry| retry.refresh.unwrap_or(known))
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

/// The annotation in which paths stand from the root of the repository: a relative one would be joined to the path of every source, and to the
/// root itself for a source with `ref` (Argo CD 3.5, `GetSourceRefreshPaths`).
fn generate_paths(written: &Written, sources: &[Source]) -> Option<Text> {
    let paths = paths::depends_on(sources, &written.generate_paths)?;
    Some(paths.iter().map(|path| format!("/{path}")).collect::<Vec<_>>().join(";").into())
}

/// An annotation that is written by hand has to name at least what the catalog shows.
fn check_generate_paths(written: &Written, sources: &[Source], needed: Option<&str>, place: &Place, findings: &mut Vec<Finding>) {
    let Some(said) = written.annotations.get(GENERATE_PATHS) else { return };
    let folders: Vec<_> = sources.iter().filter_map(|source| source.written.path.as_ref()).collect();
    let named = |item: &str| folders.iter().filter_map(|folder| paths::within(folder, item.trim())).collect::<Vec<_>>();
    let named: Vec<_> = said.split(';').filter(|item| !item.trim().is_empty()).flat_map(named).collect();
    let covers = |needed: &str| named.iter().any(|item| item.is_empty() || item.as_str() == needed || paths::is_below(needed, item));
    let glob = said.contains(['*', '?', '[']);
    if let Some(missed) = needed.into_iter().flat_map(|paths| paths.split(';')).find(|path| !glob && !covers(path.trim_start_matches('/'))) {
        let finding = rules::NARROW_GENERATE_PATHS.at(place.key("annotations").key(GENERATE_PATHS), format!("`{missed}` is not among these paths"));
        let finding = finding.note("Argo CD would not notice commits that change it, and show the application green");
        findings.push(finding.help("add it, or set `argocd.manifestGeneratePaths` in platform.yml and remove the line"));
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

fn check_sync(written: &Written, place: &Place, platform: &Platform, findings: &mut Vec<Finding>) {
    let Some(sync) = &written.sync else { return };
    let place = place.key("sync");
    check_automated(sync, written.auto_sync == Some(true), &place, findings);
    let refresh = sync.retry.as_ref().is_some_and(|retry| retry.refresh == Some(true));
    if refresh && let Some(too_old) = platform.argocd.older_than(ArgoCd::RETRY_REFRESH) {
        findings.push(too_old.refuse(place.key("retry").key("refresh").itself(), "`refresh`"));
    }
    for (index, option) in sync.options.iter().enumerate() {
        check_option(option, &place.key("options").index(index), platform, findings);
        check_protection(option, sync, &place.key("options").index(index), findings);
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

fn check_option(option: &str, place: &Place, platform: &Platform, findings: &mut Vec<Finding>) {
    if let Some(too_old) = since(option).and_then(|version| platform.argocd.older_than(version)) {
        findings.push(too_old.refuse(place.clone(), &format!("the sync option `{option}`")));
    }
    if option.eq_ignore_ascii_case("CreateNamespace=true") {
        let finding = rules::UNKNOWN_SYNC_OPTION.at(place.clone(), "the namespace belongs to the catalog, not to the application");
        let finding = finding.note("the AppProject forbids Namespaces: this would work until the day when the cluster is built anew");
        findings.push(finding.help("remove the line: the entry makes the Namespace"));
    } else if !SYNC_OPTIONS.contains(&option) {
        let finding = rules::UNKNOWN_SYNC_OPTION.at(place.clone(), format!("Argo CD has no sync option `{}`", shorten(option)));
        let finding = finding.note("Argo CD compares options as whole strings and ignores one that it does not know");
        findings.push(finding.help_some(did_you_mean(option, SYNC_OPTIONS)));
    }
}

/// Options that protect less than they seem to.
fn check_protection(option: &str, sync: &Sync, place: &Place, findings: &mut Vec<Finding>) {
    let deletion = |option: &crate::format::Words| matches!(&**option, "Delete=false" | "Delete=confirm");
    if option == "Prune=confirm" {
        let finding = rules::PRUNE_CONFIRM.at(place.clone(), "one object that waits for its confirmation holds up the whole application");
        let finding = finding.note("Argo CD applies nothing of that wave, and no newer commit, until somebody confirms");
        findings.push(finding.help("write `Prune=false` and `Delete=false` for what must not be deleted"));
    } else if option == "Prune=false" && !sync.options.iter().any(deletion) {
        let finding = rules::PRUNE_WITHOUT_DELETE.at(place.clone(), "this keeps objects only as long as the application is there");
        let finding = finding.note("when the Application is removed, its finalizer deletes them all the same");
        findings.push(finding.help("add `Delete=false` beside it"));
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
