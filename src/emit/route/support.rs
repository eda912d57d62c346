//! How controllers refuse what they do not support.

use crate::catalog::Route;
use crate::diagnostics::{FileId, Finding, Location, rules};
use crate::model::Platform;
use crate::value::Text;

/// A route as it is written, before it has a place in the model.
pub(crate) struct Requested<'r> {
    pub(super) route: &'r Route,
    pub(super) location: &'r Location,
    pub(super) namespace: &'r Text,
    pub(super) platform: &'r Platform,
}

/// A route that asks for something that the controller does not support.
pub(super) fn unsupported(
    location: Location,
    message: impl Into<String>,
    note: impl Into<String>,
    help: &str,
) -> Finding {
    rules::UNSUPPORTED_ROUTE.at(location, message).note(note).help(help)
}

/// Auth of the platform, below the key `key` of `routing.auth`, that the controller does not support.
pub(super) fn unsupported_auth(key: &'static str, message: &str, note: &str, help: &str) -> Finding {
    let routing = Location::root(FileId::PLATFORM).key("routing");
    rules::UNSUPPORTED_AUTH
        .at(routing.key("auth").key(key).itself(), message)
        .with_secondary_label(routing.key("kind"), "this kind of route")
        .note(note)
        .help(help)
}

/// The characters that a path may have besides ASCII letters and digits (Gateway API 1.6, `HTTPPathMatch`).
/// The API server would accept others in an Ingress, and controllers copy them into their own expressions and
/// configuration files.
const PLAIN: &str = "-/._~!$&'()*+,;=:@";

/// Refuses paths that do not pass unchanged through the API server and the configuration of a controller.
pub(super) fn check_paths(requested: &Requested<'_>, findings: &mut Vec<Finding>) {
    for (index, path) in requested.route.paths.iter().enumerate() {
        if let Some(char) =
            path.path.chars().find(|char| !char.is_ascii_alphanumeric() && !PLAIN.contains(*char))
        {
            findings.push(unsupported(
                requested.location.key("paths").index(index).key("path"),
                format!("this kind of route does not support `{char}` in a path"),
                "the API server or the controller would reject it",
                "route a shorter path instead, or use IngressRoutes",
            ));
        }
    }
}
