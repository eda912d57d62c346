//! Properties that hold for any bytes as one of the input files. `fuzz/run` calls these functions with inputs that
//! libFuzzer searches for, `tests/fuzz.rs` with a fixed set of them. A violation is a panic.

use std::num::NonZeroUsize;

use wharf::compile::{Compiled, compile};
use wharf::diagnostics::{Finding, printable};
use wharf::inputs::{Inputs, Source};
use wharf::report::{github, gitlab, json, junit, sarif, text};
use wharf::syntax::SourceMap;
use wharf::tree;

const APPLICATIONS: &str = include_str!("../../tests/hostile/applications.yml");
const PLATFORM: &str = include_str!("../../tests/hostile/platform.yml");
const PROFILE: &str = include_str!("../../tests/hostile/profile.yml");
const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ application.name }}}\ndata: {a: {{ values.a | string }}}\n";

/// A catalog that uses every key, for the files that are not fuzzed.
fn inputs() -> Inputs {
    Inputs {
        applications: Source::new("applications.yml", APPLICATIONS),
        platform: Some(Source::new("platform.yml", PLATFORM)),
        profiles: vec![("lamps".into(), Source::new("profiles/lamps.yml", PROFILE))],
        templates: vec![("settings".into(), Source::new("templates/settings.yml", TEMPLATE))],
        ..Inputs::default()
    }
}

fn with_catalog(bytes: &[u8]) -> Inputs {
    Inputs { applications: Source::new("applications.yml", bytes), ..inputs() }
}

fn with_platform(bytes: &[u8]) -> Inputs {
    Inputs { platform: Some(Source::new("platform.yml", bytes)), ..inputs() }
}

fn with_profile(bytes: &[u8]) -> Inputs {
    Inputs { profiles: vec![("lamps".into(), Source::new("profiles/lamps.yml", bytes))], ..inputs() }
}

fn with_template(bytes: &[u8]) -> Inputs {
    Inputs { templates: vec![("settings".into(), Source::new("templates/settings.yml", bytes))], ..inputs() }
}

/// `bytes` as `applications.yml`.
pub fn catalog(bytes: &[u8]) {
    check(&with_catalog(bytes));
}

/// `bytes` as `platform.yml`.
pub fn platform(bytes: &[u8]) {
    check(&with_platform(bytes));
}

/// `bytes` as a profile.
pub fn profile(bytes: &[u8]) {
    check(&with_profile(bytes));
}

/// `bytes` as a template.
pub fn template(bytes: &[u8]) {
    check(&with_template(bytes));
}

/// The first byte selects the file that the others are; the findings are drawn in every format.
pub fn findings(bytes: &[u8]) {
    let Some((file, rest)) = bytes.split_first() else { return };
    let inputs = match file % 4 {
        0 => with_catalog(rest),
        1 => with_platform(rest),
        2 => with_profile(rest),
        _ => with_template(rest),
    };
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let (findings, documents) = (&compiled.findings, &compiled.documents);
    check_text(&text::draw(findings, documents, false), findings);
    text::draw(findings, documents, true);
    for write in [json::write, gitlab::write, sarif::write] {
        check_json(&write(findings, documents));
    }
    let commands = github::write(findings, documents);
    assert_eq!(commands.lines().count(), findings.len(), "GitHub reads one command a line");
    check_visible(&commands);
    check_visible(&junit::write(findings, documents));
}

/// Compiles, and checks what holds for every compilation.
fn check(inputs: &Inputs) {
    let compiled = compile(inputs, NonZeroUsize::MIN);
    compiled.findings.iter().for_each(|finding| check_labels(finding, &compiled.documents));
    if !compiled.has_errors() {
        check_output(&compiled);
    }
}

/// Every label points at whole characters of a file.
fn check_labels(finding: &Finding, documents: &SourceMap) {
    assert!(!finding.message.is_empty() && !finding.labels.is_empty(), "{finding:?}");
    for label in &finding.labels {
        let document = documents.get(label.location.file);
        let span = document.map(|document| (document.span(&label.location), document));
        assert!(span.is_some_and(|(span, document)| document.text.get(span).is_some()), "{finding:?}");
    }
}

/// A valid catalog can be written.
fn check_output(compiled: &Compiled) {
    assert_eq!(tree::text(&compiled.objects).is_empty(), compiled.objects.is_empty());
}

fn check_text(drawn: &str, findings: &[Finding]) {
    check_visible(drawn);
    assert_eq!(drawn.is_empty(), findings.is_empty());
}

fn check_json(report: &str) {
    check_visible(report);
    let read: Result<serde_json::Value, _> = serde_json::from_str(report);
    assert!(read.is_ok(), "not JSON: {report}");
}

/// No character of a report is an instruction to a terminal, or changes how the others are displayed.
fn check_visible(report: &str) {
    for line in report.split('\n') {
        assert_eq!(printable(line), line);
    }
}
