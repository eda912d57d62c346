//! Properties of the emitter: every YAML parser reads its output back as intended.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test reads the environment and may panic"
)]

#[path = "support/python.rs"]
mod python;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/values.rs"]
mod values;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use wharf::diagnostics::{FileId, Sink};
use wharf::inputs::Source;
use wharf::kubernetes::yaml;
use wharf::schemas::value_json;
use wharf::syntax::{Document, Scalar, decode, is_ambiguous};
use wharf::value::{Key, Map, Text, Value};

fn nasty() -> Vec<String> {
    serde_json::from_str(include_str!("support/nasty.json")).expect("a list of strings")
}

fn written(value: &Value) -> String {
    let mut text = String::new();
    yaml::write_value(&mut text, value);
    text
}

/// What wharf's own parser reads from `text`, and its complaints.
fn own(text: &str) -> (Value, Vec<String>) {
    let source = Source::new("test.yml", text);
    let mut findings = Sink::new();
    let document = Document::load(FileId::APPLICATIONS, &source, &mut findings);
    let value = decode(&document, &mut findings).unwrap_or(Value::Null);
    (
        value,
        findings.into_iter().map(|finding| format!("{}: {}", finding.rule.name, finding.message)).collect(),
    )
}

/// Checks everything about a text that does not need Python.
fn check_text(value: &Value, text: &str) {
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "one line break at the end of {text:?}");
    for line in text.lines() {
        assert!(!line.ends_with([' ', '\t']), "trailing whitespace in {line:?} in\n{text}");
        assert!(!line.starts_with('\t'), "a tab for indentation in {line:?} in\n{text}");
    }
    let (read, complaints) = own(text);
    assert!(complaints.is_empty(), "{complaints:?} about\n{text}");
    assert_eq!(&read, value, "read by wharf from\n{text}");
    assert_eq!(written(&read), text, "written again");
    let read: Json = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(read, value_json(value), "read by serde_yaml from\n{text}");
}

fn check_readings(texts: &[String], meant: &[Value]) {
    for ((reading, value), text) in python::read(texts).into_iter().zip(meant).zip(texts) {
        let meant = json!([value_json(value)]);
        assert!(values::same(&reading.yaml11, &meant), "YAML 1.1 reads {} from\n{text}", reading.yaml11);
        assert!(values::same(&reading.yaml12, &meant), "YAML 1.2 reads {} from\n{text}", reading.yaml12);
    }
}

/// A text in every position that it can have.
fn positions(text: &str) -> Value {
    let own = |value: Value| Map::new().with(text.to_owned(), value);
    Map::new()
        .with("value", text.to_owned())
        .with("key", own("x".into()))
        .with("list", vec![text.to_owned(), text.to_owned()])
        .with("maps", vec![own(text.to_owned().into()), own(Map::new().into())])
        .with(
            "deep",
            Map::new().with("er", vec![Value::from(vec![own(own(vec![text.to_owned()].into()).into())])]),
        )
        .into()
}

#[test]
fn every_nasty_string_reads_back_in_every_position() {
    let meant: Vec<_> = nasty().iter().map(|text| positions(text)).collect();
    let texts: Vec<_> = meant.iter().map(written).collect();
    for (value, text) in meant.iter().zip(&texts) {
        check_text(value, text);
    }
    check_readings(&texts, &meant);
}

/// No parser of these tests reads a bare exponent as a number, but some others do.
#[test]
fn what_looks_like_an_exponent_is_quoted() {
    for text in ["e1", "E5", "e10"] {
        assert_eq!(written(&text.to_owned().into()), format!("'{text}'\n"));
    }
    for text in ["e", "ex1", "e1a"] {
        assert_eq!(written(&text.to_owned().into()), format!("{text}\n"));
    }
}

#[test]
fn every_nasty_string_reads_back_alone() {
    for text in nasty() {
        for value in
            [Value::from(text.clone()), vec![text.clone()].into(), Map::new().with(text.clone(), text).into()]
        {
            check_text(&value, &written(&value));
        }
    }
}

#[test]
fn random_values_read_back() {
    runner::check(1500, values::any_value(), |value| check_text(&value, &written(&value)));
}

#[test]
fn random_values_read_back_in_python() {
    let meant = runner::samples(400, values::any_value());
    let texts: Vec<_> = meant.iter().map(written).collect();
    check_readings(&texts, &meant);
}

/// Plain scalars that some parser might read as something other than a string.
fn candidates() -> Vec<String> {
    let mut all: BTreeSet<String> = nasty().into_iter().collect();
    let number = "[-+]?[0-9_.:eE+-]{0,6}";
    let pieces = [
        number,
        "[-+]?(0|[1-9][0-9]{0,4})",
        "[-+]?0[0-9_]{1,5}",
        "[-+]?0[xX][0-9a-fA-F_]{0,5}",
        "[-+]?0[bBoO][0-9_]{0,5}",
        "[-+]?[0-9_]{0,4}\\.[0-9_]{0,4}([eE][-+]?[0-9]{0,3})?",
        "[-+]?[0-9_]{1,3}(:[0-9]{1,2}){1,3}(\\.[0-9_]{0,2})?",
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2})?",
        "(y|Y|n|N|yes|Yes|YES|yEs|no|No|NO|nO|on|On|ON|oN|off|Off|OFF|oFf|\
         true|True|TRUE|tRue|false|False|FALSE|null|Null|NULL|nUll|~)",
        "[-+]?\\.(inf|Inf|INF|iNf|nan|NaN|NAN|nAN)",
    ];
    for piece in pieces {
        all.extend(runner::samples(250, piece));
    }
    // What cannot be plain after a dash, whatever its meaning; other parsers reject control characters
    // entirely.
    all.retain(|text| text.len() < 300 && !text.is_empty() && text.trim() == text && !text.contains('#'));
    all.retain(|text| !text.contains(": ") && !text.ends_with(':') && !text.chars().any(is_control));
    all.retain(|text| {
        !text.starts_with([
            '-', '?', ':', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '[', ']', '{', '}', ',',
        ]) || is_signed(text)
    });
    all.into_iter().collect()
}

fn is_control(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn is_signed(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1 && !text.starts_with("- ") && text != "---"
}

/// The value of a plain scalar in YAML 1.2's core schema.
fn core(text: &str) -> Json {
    match Scalar::plain(text) {
        Scalar::Null => Json::Null,
        Scalar::Bool(value) => value.into(),
        Scalar::Int(value) => value.into(),
        Scalar::Float(value) if value.is_finite() => value.into(),
        Scalar::Float(value) => json!({ "!": format!("{value}").to_lowercase() }),
        Scalar::Text(text) => text.into(),
    }
}

#[test]
fn a_scalar_is_ambiguous_where_readers_differ() {
    let texts = candidates();
    let streams: Vec<_> = texts.iter().map(|text| format!("- {text}\n")).collect();
    let mut faults = Vec::new();
    let mut ambiguous = 0;
    for (text, reading) in texts.iter().zip(python::try_read(&streams)) {
        let core = core(text);
        // PyYAML fails on `0x_`, on `=`, and on dates that no calendar has.
        let (one, other) = reading.map_or((Json::Null, json!("nothing")), |mut reading| {
            (reading.yaml11[0][0].take(), reading.yaml12[0][0].take())
        });
        // Python reads whole numbers of any length; the parsers of Kubernetes and wharf do not.
        let long = one.is_u64() && !one.is_i64()
            || one.is_f64() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+'));
        let differ = long || !values::same(&one, &core) || !values::same(&other, &core);
        ambiguous += usize::from(differ);
        if is_ambiguous(text) != differ {
            faults.push(format!(
                "{text:?}: is_ambiguous says {}, YAML 1.1 reads {one}, ruamel.yaml {other}, YAML 1.2 {core}",
                !differ
            ));
        }
    }
    assert!(faults.is_empty(), "{} failures\n{}", faults.len(), faults.join("\n"));
    assert!(ambiguous > 200, "only {ambiguous} of {} are ambiguous", texts.len());
}

#[test]
fn only_constant_keys_are_written_without_a_check() {
    let map = Map::new()
        .with("kind", "constant")
        .with(Text::constant("on"), "text that is a constant")
        .with(Key::derived("no"), "derived")
        .with(Key::user("1e3"), "of the user");
    let mut text = String::new();
    yaml::write_lines(&mut text, &map);
    assert_eq!(text, "kind: constant\n'on': text that is a constant\n'no': derived\n'1e3': of the user\n");
    assert_eq!(Key::user("kind"), Key::constant("kind"), "keys with the same text are equal");
}
