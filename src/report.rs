//! Reports: findings drawn for people and for programs.

mod excerpt;
mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub(crate) mod lines;
mod position;
pub mod sarif;
pub mod text;

use crate::diagnostics::Finding;
use crate::syntax::SourceMap;

/// Sorts findings in the order of the files and of their lines.
pub fn sort(findings: &mut [Finding], documents: &SourceMap) {
    findings.sort_by_cached_key(|finding| {
        let location = finding.location();
        let start = documents.get(location.file).map_or(0, |document| document.span(location).start);
        (location.file, start, finding.rule.name, finding.message.clone())
    });
}
