//! Findings for programs: one JSON document with a version.

use serde_json::{Value, json};

use super::{Finding, Label};
use crate::document::{Document, Part};

/// The version of the form; it grows when a reader of the old form would misread the new one.
const VERSION: u32 = 1;

/// All findings as one JSON document, with a line break at its end.
pub fn write(findings: &[Finding], documents: &[Document<'_>]) -> String {
    let findings: Vec<_> = findings.iter().map(|finding| of_finding(finding, documents)).collect();
    format!("{:#}\n", json!({ "version": VERSION, "findings": findings }))
}

fn of_finding(finding: &Finding, documents: &[Document<'_>]) -> Value {
    json!({
        "rule": finding.rule.name,
        "level": finding.rule.level.name(),
        "message": finding.message,
        "labels": finding.labels.iter().map(|label| of_label(label, documents)).collect::<Vec<_>>(),
        "note": finding.note,
        "help": finding.help,
    })
}

/// Lines and columns count from 1, columns in characters; the end is exclusive.
fn of_label(label: &Label, documents: &[Document<'_>]) -> Value {
    let Some(document) = documents.iter().find(|document| document.file == label.place.file) else { return Value::Null };
    let span = document.span(&label.place);
    let path = if matches!(label.place.part, Part::Bytes(..)) { None } else { Some(label.place.to_string()) };
    json!({
        "file": document.name,
        "path": path,
        "start": position(document.text, span.start),
        "end": position(document.text, span.end),
        "text": label.text,
    })
}

fn position(text: &str, offset: usize) -> Value {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": before.matches('\n').count() + 1, "column": before[line_start..].chars().count() + 1 })
}
