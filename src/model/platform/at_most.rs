//! Lists whose items may all occur in every entry, and are therefore bounded.

use crate::diagnostics::{Location, Sink, rules};

/// The first `most` items of a list; reports a list that is longer.
pub(super) fn at_most<'t, T>(
    most: usize,
    listed: &'t [T],
    noun: &str,
    location: &Location,
    findings: &mut Sink,
) -> &'t [T] {
    if listed.len() > most {
        findings.push(rules::INVALID_VALUE.at(
            location.clone().itself(),
            format!("{} {noun} are listed, and at most {most} are allowed", listed.len()),
        ));
    }
    &listed[..listed.len().min(most)]
}
