//! The digests of what an entry of the lock is made from.

use std::collections::BTreeSet;

use super::files;
use crate::emit::source::source;
use crate::inputs::Repository;
use crate::kubernetes::yaml;
use crate::lock::digest::Digest;
use crate::lock::{Digests, builtin};
use crate::manifests::is_own;
use crate::model::{Application, Model, Platform, SourceType};

/// The digests of an application as it is now. Its files are only known in a working tree of the platform's
/// repository; `apis` is that of an application whose charts check for APIs.
pub fn digests(
    application: &Application,
    platform: &Platform,
    api_versions: &[String],
    repository: Option<&Repository>,
) -> Digests {
    let has_chart = application.sources.iter().any(|source| source.source_type() == SourceType::Helm);
    Digests {
        source: of_sources(application, platform),
        files: repository.and_then(|repository| files::digest(application, platform, repository)),
        apis: has_chart.then(|| of_texts(api_versions)),
    }
}

/// The digest of the sources in the catalog. It does not depend on the URL and the branch of the platform's
/// repository.
pub(super) fn of_sources(application: &Application, platform: &Platform) -> String {
    let mut digest = Digest::default();
    for part in [application.name.as_str(), application.rendered_for()] {
        digest.add(part.as_bytes());
    }
    let mut text = String::new();
    for planned in &application.sources {
        let mut emitted = source(planned);
        if is_own(planned, platform) {
            emitted.retain(|key| !matches!(key.as_str(), "repoURL" | "targetRevision"));
        }
        text.clear();
        yaml::write_lines(&mut text, &emitted);
        digest.add(text.as_bytes());
    }
    digest.to_string()
}

pub(super) fn of_texts(texts: &[String]) -> String {
    let mut digest = Digest::default();
    for text in texts {
        digest.add(text.as_bytes());
    }
    digest.to_string()
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
