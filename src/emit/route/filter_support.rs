//! How controllers refuse filters that they do not support.

use super::support::{Requested, unsupported};
use crate::diagnostics::{Finding, Location, Sink};

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

/// Refuses headers that are added to others, which the Middlewares of Traefik only replace (Traefik 3.7,
/// `headers`).
pub(super) fn check_added(requested: &Requested<'_>, findings: &mut Sink) {
    let Some(filters) = requested.route.filters.as_deref() else { return };
    let location = requested.location.key("filters");
    let changes =
        [("requestHeaders", &filters.request_headers), ("responseHeaders", &filters.response_headers)];
    for (key, changes) in changes {
        if changes.as_ref().is_some_and(|changes| !changes.add.is_empty()) {
            findings.push(added(location.key(key).key("add").itself()));
        }
    }
}

fn added(location: Location) -> Finding {
    unsupported(
        location,
        "a Middleware of Traefik does not add a header to others of the same name",
        "the header of the client or of the Service would be replaced",
        "write `set` if that is what you want, or use a Gateway for the routes",
    )
}
