//! Findings as a code quality report of GitLab, which shows them in merge requests.

use serde_json::{Value, json};

use crate::diagnostics::{Finding, Severity};
use crate::report::fingerprint::Fingerprints;
use crate::report::json::escape;
use crate::report::position::{Files, whole};
use crate::syntax::SourceMap;

/// All findings as one JSON list.
pub fn write(findings: &[Finding], documents: &SourceMap) -> String {
    let files = Files::new(documents);
    let mut fingerprints = Fingerprints::default();
    let all: Vec<Value> = findings.iter().map(|finding| issue(finding, &files, &mut fingerprints)).collect();
    escape(&format!("{:#}\n", Value::from(all)))
}

fn issue(finding: &Finding, files: &Files<'_>, fingerprints: &mut Fingerprints) -> Value {
    let at = files.fault(finding);
    let severity = match finding.severity {
        Severity::Error => "blocker",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    json!({
        "check_name": finding.rule.name,
        "description": whole(finding),
        "severity": severity,
        "fingerprint": fingerprints.next(finding, files),
        "location": { "path": at.file, "lines": { "begin": at.line, "end": at.end_line } },
    })
}
