//! Whether an entry of the lock is stale, as far as that is known without rendering anything.

use super::digests::{api_versions, of_sources, of_texts};
use super::files;
use crate::diagnostics::suggestion::{did_you_mean_of_many, shorten};
use crate::diagnostics::{Sink, rules};
use crate::inputs::Repository;
use crate::lock::{Entry, Lock, location};
use crate::model::{Application, Model, Platform, is_same_repository};
use crate::names::ApplicationCode;
use crate::value::Index;

/// The state of the catalog and of its repository that entries are compared with.
struct Now<'m> {
    platform: &'m Platform,
    /// The digest of the API versions of the catalog.
    apis: String,
    /// The working tree, if it is known to be the platform's repository: files are compared only there.
    repository: Option<&'m Repository>,
}

impl Now<'_> {
    /// What has changed since an entry was made, as a clause.
    fn change(&self, application: &Application, entry: &Entry) -> Option<&'static str> {
        let old = &entry.digests;
        if old.source != of_sources(application, self.platform) {
            return Some("its sources in the catalog have changed");
        }
        if old.apis.as_ref().is_some_and(|apis| *apis != self.apis) {
            return Some(
                "its chart checks for APIs, and other charts of the catalog define others than before",
            );
        }
        let files = files::digest(application, self.platform, self.repository?);
        (old.files != files).then_some("its files have changed")
    }
}

/// Whether an entry is stale.
pub fn is_stale(
    application: &Application,
    entry: &Entry,
    platform: &Platform,
    api_versions: &[String],
    repository: Option<&Repository>,
) -> bool {
    Now { platform, apis: of_texts(api_versions), repository }.change(application, entry).is_some()
}

/// Reports unused entries, and stale ones.
pub fn check(model: &Model, repository: Option<&Repository>, findings: &mut Sink) {
    let lock = &model.lock;
    unused(model, lock, findings);
    if lock.entries.is_empty() {
        return;
    }
    let here = |repository: &&Repository| {
        repository.remotes().iter().any(|url| is_same_repository(url, &model.platform.repository))
    };
    let repository = repository.filter(here);
    let now = Now { platform: &model.platform, apis: of_texts(&api_versions(model)), repository };
    for application in model.applications() {
        let Some(entry) = &application.locked else { continue };
        let Some(change) = now.change(application, entry) else { continue };
        let finding = rules::STALE_LOCK.at(
            application.location.key("applicationCode"),
            format!("the lock entry of `{}` is stale", shorten(application.code.as_str())),
        );
        let finding = finding
            .with_label(change)
            .with_secondary_label(location(&application.code).itself(), "locked here");
        let finding = finding.note("it may now need other permissions, ports and Secrets than in the lock");
        findings.push(finding.help("run `wharf lock`, and commit the changes"));
    }
}

fn unused(model: &Model, lock: &Lock, findings: &mut Sink) {
    let codes = || {
        let enabled = model.applications().map(|application| &application.code);
        enabled.chain(&model.disabled_applications)
    };
    let mut known = Index::with_capacity(lock.entries.len());
    for code in codes() {
        known.replace(code, ());
    }
    for code in lock.entries.keys().filter(|code| known.get(code).is_none()) {
        let finding = rules::UNUSED_LOCK_ENTRY
            .at(location(code).itself(), format!("there is no application `{}`", shorten(code.as_str())));
        let near = did_you_mean_of_many(findings, code.as_str(), codes().map(ApplicationCode::as_str));
        let help = "run `wharf lock`, which removes the entry".to_owned();
        findings.push(
            finding
                .note("the entry has no effect")
                .help(near.map_or(help.clone(), |near| format!("{help}; {near}"))),
        );
    }
}
