//! How applications are synced, with the defaults.

use crate::catalog::{Application as Written, Sync};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::format::NonEmptyString;
use crate::model::{ArgoCd, Platform, Version};
use crate::value::Text;

/// What an automated sync may do.
#[derive(Clone, Copy, Debug)]
pub struct Automated {
    /// Delete what was removed from the repository.
    pub prune: bool,
    /// Undo manual changes.
    pub self_heal: bool,
    /// Delete everything.
    pub allow_empty: bool,
}

/// Argo CD's sync options for an Application. It compares them as whole strings and silently ignores all
/// others (Argo CD 3.5, `HasOption`).
const SYNC_OPTIONS: [&str; 16] = [
    "ApplyOutOfSyncOnly=true",
    "ClientSideApplyMigration=false",
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
    "ServerSideApply=true",
    "SkipDryRunOnMissingResource=true",
    "Validate=false",
];

/// Options that Argo CD does not read because they state what holds without them (Argo CD 3.5, `HasOption`).
const INEFFECTIVE: [&str; 12] = [
    "ApplyOutOfSyncOnly=false",
    "ClientSideApplyMigration=true",
    "CreateNamespace=false",
    "Delete=true",
    "FailOnSharedResource=false",
    "Prune=true",
    "PruneLast=false",
    "Replace=false",
    "RespectIgnoreDifferences=false",
    "ServerSideApply=false",
    "SkipDryRunOnMissingResource=false",
    "Validate=true",
];

/// The first version of Argo CD that supports an option on an Application, if that is newer than 3.0 (Argo
/// CD's release notes).
fn since(option: &str) -> Option<Version> {
    match option {
        "ClientSideApplyMigration=false" => Some(Version(3, 1, 0)),
        "Prune=false" | "Prune=confirm" | "Delete=false" | "Delete=confirm" => Some(Version(3, 4, 0)),
        _ => None,
    }
}

/// A retry of the old commit would keep failing after the commit that fixes it.
pub(in crate::model) fn refreshes(written: &Written, platform: &Platform) -> bool {
    let retry = written.sync.as_ref().and_then(|sync| sync.retry.as_ref());
    let known = platform.argocd.reaches(ArgoCd::RETRY_REFRESH);
    retry.is_some_and(|retry| retry.refresh.unwrap_or(known))
}

pub(in crate::model) fn automated(written: &Written) -> Option<Automated> {
    let sync = written.sync.as_ref();
    written.auto_sync.unwrap_or(false).then(|| Automated {
        prune: sync.and_then(|sync| sync.prune).unwrap_or(true),
        self_heal: sync.and_then(|sync| sync.self_heal).unwrap_or(true),
        allow_empty: sync.and_then(|sync| sync.allow_empty).unwrap_or(false),
    })
}

/// The options that are written, and the one without which self-healing would undo differences that
/// `ignoreDifferences` ignores.
pub(in crate::model) fn options(written: &Written, automated: Option<Automated>) -> Vec<Text> {
    const RESPECT_IGNORE_DIFFERENCES: &str = "RespectIgnoreDifferences=true";
    let mut options: Vec<Text> = written.sync.iter().flat_map(|sync| &sync.options).map(Text::from).collect();
    let self_heals = automated.is_some_and(|automated| automated.self_heal);
    if self_heals
        && !written.ignore_differences.is_empty()
        && !options.iter().any(|option| option.as_str() == RESPECT_IGNORE_DIFFERENCES)
    {
        options.push(RESPECT_IGNORE_DIFFERENCES.into());
    }
    options
}

pub(in crate::model) fn check(
    written: &Written,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    let Some(sync) = &written.sync else { return };
    let location = location.key("sync");
    let by_default = || platform.defaults.application.as_ref().and_then(|defaults| defaults.auto_sync);
    let automated = written.auto_sync.or_else(by_default) == Some(true);
    check_automated(sync, automated, &location, findings);
    check_options(sync, &location, platform, findings);
}

/// Checks what does not depend on how the application is synced.
pub(in crate::model) fn check_options(
    sync: &Sync,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    let refresh = sync.retry.as_ref().is_some_and(|retry| retry.refresh == Some(true));
    if refresh && let Some(unsupported) = platform.argocd.older_than(ArgoCd::RETRY_REFRESH) {
        findings.push(unsupported.refuse(location.key("retry").key("refresh").itself(), "`refresh`"));
    }
    for (index, option) in sync.options.iter().enumerate() {
        check_option(option, &location.key("options").index(index), platform, findings);
        check_protection(option, sync, &location.key("options").index(index), findings);
    }
}

fn check_automated(sync: &Sync, automated: bool, location: &Location, findings: &mut Sink) {
    for (key, value) in
        [("prune", sync.prune), ("selfHeal", sync.self_heal), ("allowEmpty", sync.allow_empty)]
    {
        if value.is_some() && !automated {
            let finding = rules::SYNC_WITHOUT_AUTO_SYNC
                .at(location.key(key).itself(), format!("`{key}` has no effect here"));
            let finding =
                finding.note("it applies to automated syncs, and this application is synced manually");
            findings.push(finding.help("add `autoSync: true` to the application, or remove the line"));
        }
    }
}

fn check_option(option: &str, location: &Location, platform: &Platform, findings: &mut Sink) {
    if let Some(unsupported) = since(option).and_then(|version| platform.argocd.older_than(version)) {
        findings.push(unsupported.refuse(location.clone(), &format!("the sync option `{option}`")));
    }
    if option.eq_ignore_ascii_case("CreateNamespace=true") {
        let finding = rules::UNKNOWN_SYNC_OPTION
            .at(location.clone(), "the namespace belongs to the catalog, not to the application");
        let finding = finding
            .note("the AppProject forbids Namespaces: the sync would fail once the cluster is rebuilt");
        findings.push(finding.help("remove the line: the entry renders the Namespace"));
    } else if INEFFECTIVE.contains(&option) {
        findings.push(ineffective(option, location));
    } else if !SYNC_OPTIONS.contains(&option) {
        let finding = rules::UNKNOWN_SYNC_OPTION
            .at(location.clone(), format!("Argo CD has no sync option `{}`", shorten(option)));
        let finding =
            finding.note("Argo CD compares options as whole strings and ignores those that it does not know");
        findings.push(finding.help_some(did_you_mean(option, alike(option))));
    }
}

fn ineffective(option: &str, location: &Location) -> Finding {
    let finding = rules::INEFFECTIVE_SYNC_OPTION
        .at(location.clone(), format!("the sync option `{option}` has no effect"));
    finding.note("it is what Argo CD does without it").help("remove the line")
}

/// The options that may be meant: never one that states the opposite.
fn alike(option: &str) -> impl Iterator<Item = &'static str> {
    let opposite = match option.rsplit_once('=').map(|(_, value)| value) {
        Some("true") => "=false",
        Some("false") => "=true",
        _ => " ",
    };
    SYNC_OPTIONS.into_iter().filter(move |known| !known.ends_with(opposite))
}

/// Reports options that protect less than it seems.
fn check_protection(option: &str, sync: &Sync, location: &Location, findings: &mut Sink) {
    let deletion = |option: &NonEmptyString| matches!(&**option, "Delete=false" | "Delete=confirm");
    if option == "Prune=confirm" {
        let finding = rules::PRUNE_CONFIRM
            .at(location.clone(), "an object that waits for confirmation blocks the whole application");
        let finding = finding.note(
            "Argo CD applies nothing of that wave, and no newer commit, until the deletion is confirmed",
        );
        findings.push(
            finding.help("write `Prune=false` and `Delete=false` for objects that must not be deleted"),
        );
    } else if option == "Prune=false" && !sync.options.iter().any(deletion) {
        let finding = rules::PRUNE_WITHOUT_DELETE
            .at(location.clone(), "this keeps objects only as long as the application exists");
        let finding = finding.note("when the Application is removed, its finalizer deletes them anyway");
        findings.push(finding.help("add `Delete=false` next to it"));
    }
}
