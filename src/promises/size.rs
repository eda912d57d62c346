//! How much a promise may be about, so that no file of a repository takes minutes.

use crate::diagnostics::{Finding, Location, rules};

/// How many connections a promise may be about.
const MAX_CONNECTIONS: usize = 100_000;

/// Refuses a promise about too many connections.
pub(super) fn check(connections: usize, location: &Location) -> Option<Finding> {
    let finding = || {
        let message = format!("this promise is about more than {MAX_CONNECTIONS} connections");
        rules::PROMISE_FORM.at(location.clone(), message).help("write narrower patterns, or fewer ports")
    };
    (connections > MAX_CONNECTIONS).then(finding)
}
