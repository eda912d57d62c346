//! Whether findings point at something: a location is a path, which could be misspelt.

use wharf::diagnostics::{Finding, Location};
use wharf::syntax::SourceMap;

/// The labels of a finding that point at nothing, with the line of the program that created the finding.
pub(crate) fn unknown(finding: &Finding, documents: &SourceMap) -> Vec<String> {
    let exists =
        |location: &Location| documents.get(location.file).is_some_and(|file| file.contains(location));
    let unknown = finding.labels.iter().filter(|label| !exists(&label.location));
    unknown.map(|label| format!("{}: {} [{}]", finding.made_at, label.location, finding.rule.name)).collect()
}
