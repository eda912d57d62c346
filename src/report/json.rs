//! Findings for programs: one JSON document with a version.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::diagnostics::{Finding, Focus, Label, printable, visible};
use crate::report::lines::Lines;
use crate::syntax::SourceMap;

/// The version of the format; it is incremented when a reader of the old format would misread the new one.
const VERSION: u32 = 1;

/// All findings as one JSON document that ends with a line break.
pub fn write(findings: &[Finding], documents: &SourceMap) -> String {
    let lines: Vec<_> = documents.iter().map(Lines::new).collect();
    let findings: Vec<_> = findings.iter().map(|finding| of_finding(finding, &lines)).collect();
    escape(&format!("{:#}\n", json!({ "version": VERSION, "findings": findings })))
}

/// Escapes the hidden characters that JSON allows in strings and that a terminal interprets or shows as
/// nothing.
pub(crate) fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if visible::is_hidden(char) && char != '\n' {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(char);
        }
    }
    out
}

fn of_finding(finding: &Finding, lines: &[Lines<'_>]) -> Value {
    json!({
        "rule": finding.rule.name,
        "level": finding.severity.name(),
        "message": printable(&finding.message),
        "labels": finding.labels.iter().map(|label| of_label(label, lines)).collect::<Vec<_>>(),
        "note": finding.note.as_deref().map(printable),
        "help": finding.help.as_deref().map(printable),
        "page": finding.rule.address(),
    })
}

/// Lines and columns count from 1, columns in characters; the end is exclusive.
fn of_label(label: &Label, lines: &[Lines<'_>]) -> Value {
    let Some(lines) = lines.iter().find(|lines| lines.document.file == label.location.file) else {
        return Value::Null;
    };
    let span = lines.document.span(&label.location);
    let path = if matches!(label.location.focus, Focus::Bytes(..)) {
        None
    } else {
        Some(label.location.to_string())
    };
    json!({
        "file": lines.document.name,
        "path": path,
        "start": position(lines, span.start),
        "end": position(lines, span.end),
        "text": printable(&label.text),
    })
}

fn position(lines: &Lines<'_>, offset: usize) -> Value {
    json!({ "line": lines.line(offset) + 1, "column": lines.column(offset) + 1 })
}
