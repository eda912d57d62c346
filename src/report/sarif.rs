//! Findings as SARIF 2.1.0, for GitHub's code scanning and whatever else collects them.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::diagnostics::{Finding, Label, Rule, printable, rules};
use crate::report::fingerprint::Fingerprints;
use crate::report::json::escape;
use crate::report::position::{Files, Position, whole};
use crate::syntax::SourceMap;

/// The JSON Schema of a log.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// All findings as one SARIF log, with the pages of the rules that they break.
pub fn write(findings: &[Finding], documents: &SourceMap) -> String {
    let files = Files::new(documents);
    let broken: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.name).collect();
    let broken: Vec<&Rule> = rules::ALL.iter().copied().filter(|rule| broken.contains(rule.name)).collect();
    let mut fingerprints = Fingerprints::default();
    let results: Vec<_> =
        findings.iter().map(|finding| result(finding, &broken, &files, &mut fingerprints)).collect();
    let driver = json!({
        "name": "wharf",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": broken.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    escape(&format!("{log:#}\n"))
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "help": { "text": rule.page, "markdown": rule.page },
        "defaultConfiguration": { "level": rule.severity.name() },
    })
}

fn result(finding: &Finding, broken: &[&Rule], files: &Files<'_>, fingerprints: &mut Fingerprints) -> Value {
    let at = files.fault(finding);
    let mut result = json!({
        "ruleId": finding.rule.name,
        "ruleIndex": broken.iter().position(|rule| rule.name == finding.rule.name),
        "level": finding.severity.name(),
        "message": { "text": whole(finding) },
        "locations": [{ "physicalLocation": location(&at) }],
        "partialFingerprints": { "wharf/v1": fingerprints.next(finding, files) },
    });
    let related: Vec<_> = finding.labels.iter().skip(1).filter_map(|label| related(label, files)).collect();
    if let (false, Some(result)) = (related.is_empty(), result.as_object_mut()) {
        result.insert("relatedLocations".into(), related.into());
    }
    result
}

fn related(label: &Label, files: &Files<'_>) -> Option<Value> {
    let at = files.label(label)?;
    Some(json!({ "physicalLocation": location(&at), "message": { "text": printable(&label.text) } }))
}

fn location(at: &Position<'_>) -> Value {
    json!({
        "artifactLocation": { "uri": uri(at.file) },
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    })
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
