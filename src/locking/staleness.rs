//! Whether an entry of the lock is stale, as far as that is known without rendering anything.

use std::collections::BTreeSet;

use super::files;
use crate::diagnostics::suggestion::{did_you_mean_of_many, shorten};
use crate::diagnostics::{Sink, rules};
use crate::emit::source::source;
use crate::inputs::Repository;
use crate::kubernetes::yaml;
use crate::lock::digest::Digest;
use crate::lock::{Entry, Lock, builtin, location};
use crate::manifests::is_own;
use crate::model::{Application, Model, Platform, is_same_repository};
use crate::value::{Key, Map, Value};

/// Why an entry is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Its sources in the catalog have changed, or the cluster has other APIs.
    Source,
    /// The files of the application in the repository have changed.
    Files,
}

/// Whether an entry is stale. Files are only compared in a working tree that is known to be the platform's
/// repository.
pub fn staleness(
    application: &Application,
    entry: &Entry,
    model: &Model,
    api_versions: &[String],
    repository: Option<&Repository>,
) -> Option<Staleness> {
    if entry.source != source_digest(application, &model.platform, api_versions) {
        return Some(Staleness::Source);
    }
    let digest = files::digest(application, &model.platform, repository?);
    (entry.files != digest).then_some(Staleness::Files)
}

/// The digest of the sources of an application in the catalog. It does not depend on the URL and the branch
/// of the platform's repository.
pub fn source_digest(application: &Application, platform: &Platform, api_versions: &[String]) -> String {
    let mut digest = Digest::default();
    for part in [application.name.as_str(), application.rendered_for()] {
        digest.add(part.as_bytes());
    }
    for planned in &application.sources {
        let own = is_own(planned, platform);
        let emitted: Map = source(planned)
            .iter()
            .filter(|(key, _)| !own || !matches!(key.as_str(), "repoURL" | "targetRevision"))
            .map(pair)
            .collect();
        let mut text = String::new();
        yaml::write_lines(&mut text, &emitted);
        digest.add(text.as_bytes());
    }
    if application.sources.iter().any(|source| source.source_type() == crate::model::SourceType::Helm) {
        for version in api_versions {
            digest.add(version.as_bytes());
        }
    }
    digest.to_string()
}

fn pair((key, value): (&Key, &Value)) -> (Key, Value) {
    (key.clone(), value.clone())
}

/// The API versions of charts of the catalog according to the built-in facts: charts check for them before
/// they render a ServiceMonitor or a Certificate, and Argo CD passes all API versions of the cluster to each
/// chart.
pub fn api_versions(model: &Model) -> Vec<String> {
    let sources = model.applications().flat_map(|application| &application.sources);
    let charts = sources.filter_map(|source| builtin::of(&source.repository, source.chart.as_deref()));
    let definitions = charts.flat_map(|chart| &chart.interface.definitions);
    let versions: BTreeSet<_> = definitions
        .flat_map(|(kind, definition)| {
            let each = definition.versions.iter();
            each.flat_map(|version| {
                [format!("{}/{version}", kind.group), format!("{}/{version}/{}", kind.group, kind.kind)]
            })
        })
        .collect();
    versions.into_iter().collect()
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
    let api_versions = api_versions(model);
    for application in model.applications() {
        let Some(entry) = lock.entries.get(&application.code) else { continue };
        let why = match staleness(application, entry, model, &api_versions, repository) {
            None => continue,
            Some(Staleness::Source) => "its sources in the catalog have changed",
            Some(Staleness::Files) => "its files have changed",
        };
        let finding = rules::STALE_LOCK.at(
            application.location.key("applicationCode"),
            format!("the lock entry of `{}` is stale", shorten(application.code.as_str())),
        );
        let finding =
            finding.with_label(why).with_secondary_label(location(&application.code).itself(), "locked here");
        let finding = finding.note("it may now need other permissions, ports and Secrets than in the lock");
        findings.push(finding.help("run `wharf lock`, and commit the changes"));
    }
}

fn unused(model: &Model, lock: &Lock, findings: &mut Sink) {
    let codes: BTreeSet<_> = model
        .applications()
        .map(|application| &application.code)
        .chain(&model.disabled_applications)
        .collect();
    for code in lock.entries.keys().filter(|code| !codes.contains(code)) {
        let finding = rules::UNUSED_LOCK_ENTRY
            .at(location(code).itself(), format!("there is no application `{}`", shorten(code.as_str())));
        let near = did_you_mean_of_many(findings, code.as_str(), codes.iter().map(|code| code.as_str()));
        let help = "run `wharf lock`, which removes the entry".to_owned();
        findings.push(
            finding
                .note("the entry has no effect")
                .help(near.map_or(help.clone(), |near| format!("{help}; {near}"))),
        );
    }
}
