//! How controllers refuse filters that they do not support.

use super::support::{Requested, unsupported};
use crate::diagnostics::Sink;

/// A filter that a controller does not support.
pub(super) struct Refused {
    /// The key below `filters`.
    pub key: &'static str,
    /// What is not supported: a phrase.
    pub message: &'static str,
    /// What would happen in the cluster.
    pub note: &'static str,
    /// What to write instead.
    pub help: &'static str,
}

/// Refuses these filters of a route.
pub(super) fn check(requested: &Requested<'_>, refused: &[Refused], findings: &mut Sink) {
    let Some(filters) = requested.route.filters.as_deref() else { return };
    let is_set = |key: &str| match key {
        "requestHeaders" => filters.request_headers.is_some(),
        "responseHeaders" => filters.response_headers.is_some(),
        "replacePrefix" => filters.replace_prefix.is_some(),
        _ => filters.timeout.is_some(),
    };
    for Refused { key, message, note, help } in refused.iter().filter(|refused| is_set(refused.key)) {
        let location = requested.location.key("filters").key(*key).itself();
        findings.push(unsupported(location, *message, *note, help));
    }
}
