//! What wharf accepts, other readers of YAML refuse or read as the same value: PyYAML and libyaml with
//! Kubernetes' additions, ruamel.yaml, and `yaml_serde`.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[path = "support/python.rs"]
mod python;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/values.rs"]
mod values;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use wharf::compile::compile;
use wharf::diagnostics::{FileId, Sink};
use wharf::inputs::{Inputs, Source};
use wharf::schemas::value_json;
use wharf::syntax::{Document, decode};
use wharf::value::Value;

/// What wharf reads, and the rules that the text breaks.
fn own(text: &str) -> (Json, BTreeSet<&'static str>) {
    let source = Source::new("test.yml", text);
    let mut findings = Sink::new();
    let document = Document::load(FileId::APPLICATIONS, &source, &mut findings);
    let value = decode(&document, &mut findings).unwrap_or(Value::Null);
    (value_json(&value), findings.iter().map(|finding| finding.rule.name).collect())
}

/// Syntax, words that readers disagree on, and characters that nobody sees.
const PIECES: &[&str] = &[
    "a",
    "b",
    "c: ",
    "d: ",
    "\n",
    "\n",
    "\n  ",
    "\n  ",
    "\n    ",
    "- ",
    "- ",
    "? ",
    ": ",
    ":",
    " ",
    "\t",
    "\n\t",
    "\n  \t",
    "\r",
    "\r\n",
    "# e\n",
    " # e",
    "'f'",
    "\"g\"",
    "'h\n  i'",
    "\"j\\\n  k\"",
    "|\n  l\n",
    ">-\n  m\n  n\n",
    "|+\n  o\n\n",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ",",
    "on: ",
    "y: ",
    "n",
    "no",
    "Off",
    "1_000: ",
    "1_0",
    "12:30: ",
    "12:30",
    "2024-01-01",
    "2024-1-1 ",
    "0644",
    "0o17",
    "0x1F",
    "1e3",
    "1.5",
    "-1",
    ".5",
    "true: ",
    "null",
    "~",
    "''",
    "=",
    "<<: ",
    "<<",
    "&p ",
    "*p",
    "!t ",
    "!!str ",
    "---\n",
    "...\n",
    "%Y 1\n",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{A0}",
    "\u{FEFF}",
    "\u{200B}",
    "\u{FFFE}",
    "\u{7F}",
    "\u{1F600}",
    "\\",
    "\"\\x41\\L\\N\"",
    "@",
    "`",
    "%",
    "|",
    ">",
    "*",
    "&",
    "!",
];

/// What every reader refuses or wharf has to, because they read different things.
#[test]
fn what_readers_disagree_on_is_refused() {
    let scalars = [
        "on",
        "y",
        "No",
        "1_000",
        "12:30",
        "2024-01-01",
        "2024-01-01 10:00:00Z",
        "2024-1-1",
        "=",
        "0644",
        "0o17",
        "1e3",
    ];
    let mut texts: Vec<(String, &str)> = Vec::new();
    for scalar in scalars {
        texts.push((format!("a: {scalar}\n"), "ambiguous-scalar"));
        texts.push((format!("{scalar}: a\n"), "ambiguous-scalar"));
        texts.push((format!("a: {{b: [{{{scalar}: c}}]}}\n"), "ambiguous-scalar"));
    }
    for separator in ["\u{85}", "\u{2028}", "\u{2029}"] {
        texts.push((format!("a: b # c{separator}d: e\n"), "ambiguous-whitespace"));
        texts.push((format!("a: 'b{separator}c'\n"), "ambiguous-whitespace"));
        texts.push((format!("a: b{separator}c\n"), "ambiguous-whitespace"));
    }
    for tabbed in ["a:\n  \tb: c\n", "a:\tb\n", "a: b\n  \tc\n", "a:\n  -\tb: c\n", "a: b\n\t# c\n"] {
        texts.push((tabbed.into(), "ambiguous-whitespace"));
    }
    texts.push(("a: &12:30 b\n".into(), "ambiguous-scalar"));
    for marked in ["# a\n\u{FEFF}a: b\n", "a: b\u{FEFF}\n"] {
        texts.push((marked.into(), "ambiguous-whitespace"));
    }
    for (text, rule) in texts {
        let (value, rules) = own(&text);
        assert!(rules.contains(rule), "{text:?} is read as {value}, and breaks {rules:?} only");
    }
}

/// Text alone is not a valid file.
#[test]
fn what_is_accepted_reads_alike() {
    let soup =
        prop::collection::vec(prop::sample::select(PIECES), 1..14).prop_map(|pieces| pieces.concat() + "\n");
    let line = "(a|bb|y|on|1|'x'|\"x\"): (1|x|x y|[a, b]|\\{a: b, c: \
        [1]\\}|'x'|\"\\\\L\"|-1.5|0x1F|true|2024-01-01|12:30|x\ty|x\t|x # \u{2028}y)\n";
    let lines = prop::collection::vec(line, 1..4).prop_map(|lines| lines.concat());
    let texts: BTreeSet<String> =
        runner::samples(20_000, soup).into_iter().chain(runner::samples(500, lines)).collect();
    let accepted: Vec<(String, Json)> = texts
        .into_iter()
        .map(|text| (own(&text), text))
        .filter(|((value, rules), _)| rules.is_empty() && (value.is_object() || value.is_array()))
        .map(|((value, _), text)| (text, value))
        .collect();
    let streams: Vec<_> = accepted.iter().map(|(text, _)| text.clone()).collect();
    let (mut alike, mut faults) = (0, Vec::new());
    for ((text, value), reading) in accepted.iter().zip(python::try_read(&streams)) {
        let meant = json!([value]);
        // it is told the encoding, and then counts the mark as a column
        let other = serde_yaml::from_str::<Json>(text.trim_start_matches('\u{FEFF}'))
            .unwrap_or_else(|_| value.clone());
        match reading {
            Ok(reading)
                if !values::same(&reading.yaml11, &meant) || !values::same(&reading.yaml12, &meant) =>
            {
                faults.push(format!(
                    "{text:?}: wharf reads {value}, YAML 1.1 {}, YAML 1.2 {}",
                    reading.yaml11, reading.yaml12
                ));
            }
            _ if !values::same(&other, value) => {
                faults.push(format!("{text:?}: wharf reads {value}, yaml_serde {other}"));
            }
            Ok(_) => alike += 1,
            Err(error) if error.starts_with("libyaml reads") => {
                faults.push(format!("{text:?}: wharf reads {value}, {error}"));
            }
            Err(_) => {}
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
    assert!(alike > 400, "only {alike} of {} accepted texts are read by all", accepted.len());
}

/// Keys with a type refuse them as well, before anything is made of them.
#[test]
fn typed_values_are_refused_alike() {
    let entry = "- namespace: web-notes\n  networkPolicies: {profile: web-app, egress: [{to: internet, \
        ports: [PORT]}]}\n  description: WORD\n";
    for (placeholder, fine, bad) in [
        ("WORD", "notes", "no"),
        ("WORD", "'2024-01-01'", "2024-01-01"),
        ("PORT", "80", "0120"),
        ("PORT", "80", "0o17"),
    ] {
        for (value, expected) in [(fine, 0), (bad, 1)] {
            let text = entry.replace(placeholder, value).replace("WORD", "notes").replace("PORT", "80");
            let inputs = Inputs {
                applications: Source::new("applications.yml", text.clone()),
                platform: Some(Source::new(
                    "platform.yml",
                    "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n",
                )),
                ..Inputs::default()
            };
            let compiled = compile(&inputs, NonZeroUsize::MIN);
            let rules: Vec<_> = compiled.findings.iter().map(|finding| finding.rule.name).collect();
            assert_eq!(rules, vec!["ambiguous-scalar"; expected], "{text}");
        }
    }
}
