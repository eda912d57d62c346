//! Findings as a JUnit report: a test case for each file, which fails with the errors in it.

use std::fmt::Write;

use crate::diagnostics::{Finding, printable};
use crate::report::position::{Files, Position, whole};
use crate::syntax::SourceMap;

/// All findings as one XML document. Files without an error pass; warnings and notes are their
/// output.
pub fn write(findings: &[Finding], documents: &SourceMap) -> String {
    let files = Files::new(documents);
    let located: Vec<_> = findings.iter().map(|finding| (finding, files.fault(finding))).collect();
    let mut cases = String::new();
    let mut failures = 0;
    for document in documents.iter() {
        let of_file = || located.iter().filter(|(_, at)| at.file == document.name);
        let errors = lines(of_file().filter(|(finding, _)| finding.is_error()));
        let others = lines(of_file().filter(|(finding, _)| !finding.is_error()));
        failures += usize::from(!errors.is_empty());
        let _ = writeln!(cases, "    <testcase classname=\"wharf\" name=\"{}\">", escape(&document.name));
        if !errors.is_empty() {
            let first = errors.lines().next().unwrap_or_default();
            let _ =
                writeln!(cases, "      <failure message=\"{}\">{}</failure>", escape(first), escape(&errors));
        }
        if !others.is_empty() {
            let _ = writeln!(cases, "      <system-out>{}</system-out>", escape(&others));
        }
        cases.push_str("    </testcase>\n");
    }
    let counts = format!("tests=\"{}\" failures=\"{failures}\"", documents.iter().count());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites {counts}>\n  <testsuite name=\"wharf\" {counts} errors=\"0\" skipped=\"0\">\n\
         {cases}  </testsuite>\n</testsuites>\n"
    )
}

fn lines<'f>(findings: impl Iterator<Item = &'f (&'f Finding, Position<'f>)>) -> String {
    let mut text = String::new();
    for (finding, at) in findings {
        let _ = writeln!(
            text,
            "{}:{}:{}: {} [{}]",
            at.file,
            at.line,
            at.column,
            whole(finding),
            finding.rule.name
        );
    }
    text
}

/// Escapes text for XML; characters that XML does not allow become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        for char in printable(line).chars() {
            match char {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\u{FFFE}' | '\u{FFFF}' => out.push(char::REPLACEMENT_CHARACTER),
                char => out.push(char),
            }
        }
    }
    out
}
