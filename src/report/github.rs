//! Findings as annotations of a GitHub workflow, one command per line.

use crate::diagnostics::{Finding, Severity, printable};
use crate::report::position::{Files, Position, whole};
use crate::syntax::SourceMap;

/// All findings as workflow commands.
pub fn write(findings: &[Finding], documents: &SourceMap) -> String {
    let files = Files::new(documents);
    findings.iter().map(|finding| command(finding, &files.fault(finding))).collect()
}

/// GitHub accepts columns only for a finding within one line.
fn command(finding: &Finding, at: &Position<'_>) -> String {
    let columns = if at.line == at.end_line {
        format!(",col={},endColumn={}", at.column, at.end_column)
    } else {
        String::new()
    };
    format!(
        "::{} title=wharf {},file={},line={},endLine={}{columns}::{}\n",
        level(finding.severity),
        finding.rule.name,
        property(at.file),
        at.line,
        at.end_line,
        data(&whole(finding)),
    )
}

/// The name of a severity at GitHub.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error | Severity::Warning => severity.name(),
        Severity::Note => "notice",
    }
}

/// Escapes text after the second `::`, so that it neither ends its line nor begins another command.
fn data(text: &str) -> String {
    let lines = text.lines().map(|line| printable(line).replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
