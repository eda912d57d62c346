//! The emitter: block YAML that parsers of YAML 1.1 (Kubernetes, `PyYAML`) and of YAML 1.2 read alike.
//!
//! A scalar is plain only if every parser reads it as a string. Multi-line strings become literal blocks;
//! nothing is folded, and no line ends in whitespace.

use std::fmt::Write;
use std::iter;
use std::sync::Arc;

use super::{MANAGED_BY, Object, SYNC_OPTIONS, SYNC_WAVE};
use crate::syntax::is_plain;
use crate::value::{Key, Map, Value};

/// Longer keys are written in the explicit `? key` form: YAML limits simple keys to 1,024 characters.
const MAX_SIMPLE_KEY: usize = 1000;

/// Writes `object` as one YAML document, without a `---` line.
pub fn write_object(out: &mut String, object: &Object) {
    out.push_str("apiVersion: ");
    out.push_str(object.api_version());
    out.push_str("\nkind: ");
    out.push_str(object.kind_name());
    out.push_str("\nmetadata:\n  name: ");
    scalar(out, &object.name);
    if let Some(namespace) = &object.namespace {
        out.push_str("\n  namespace: ");
        scalar(out, namespace.as_str());
    }
    labels(out, object);
    annotations(out, object);
    if !object.metadata().finalizers.is_empty() {
        pair(
            out,
            1,
            &"finalizers".into(),
            &Value::List(object.metadata().finalizers.iter().map(|&name| name.into()).collect()),
        );
    }
    out.push('\n');
    if Arc::strong_count(&object.body) > 1 {
        out.push_str(object.body.text(0, lines).unwrap_or_default());
    } else {
        write_lines(out, object.body.content());
    }
}

fn labels(out: &mut String, object: &Object) {
    out.push_str("\n  labels:\n    ");
    out.push_str(MANAGED_BY);
    out.push_str(": wharf");
    for (key, value) in object.metadata().labels.iter() {
        pair(out, 2, key, value);
    }
}

fn annotations(out: &mut String, object: &Object) {
    out.push_str("\n  annotations:\n    ");
    out.push_str(SYNC_WAVE);
    out.push_str(": '");
    whole(out, object.wave);
    out.push('\'');
    if !object.sync_options.is_empty() {
        out.push_str("\n    ");
        out.push_str(SYNC_OPTIONS);
        out.push_str(": ");
        scalar(out, object.sync_options);
    }
    for (key, value) in object.metadata().annotations.iter() {
        pair(out, 2, key, value);
    }
}

/// Writes the pairs of `map`, one per line.
pub fn write_lines(out: &mut String, map: &Map) {
    for (key, value) in map.iter() {
        entry(out, 0, key, value);
        out.push('\n');
    }
}

fn lines(map: &Map) -> String {
    let mut text = String::new();
    write_lines(&mut text, map);
    text
}

/// Writes `value` as one YAML document.
pub fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Map(map) if !map.is_empty() => {
            let start = out.len();
            block_map(out, 0, map, false);
            out.remove(start);
        }
        Value::List(items) if !items.is_empty() => {
            let start = out.len();
            block_list(out, 0, items, false);
            out.remove(start);
        }
        _ => node(out, 0, value),
    }
    out.push('\n');
}

/// Starts a line at the given depth.
fn line(out: &mut String, depth: usize) {
    const USUAL: &str = "\n                                ";
    if let Some(start) = USUAL.get(..=depth * 2) {
        out.push_str(start);
    } else {
        out.push_str(USUAL);
        out.extend(iter::repeat_n(' ', (depth * 2 + 1).saturating_sub(USUAL.len())));
    }
}

fn pair(out: &mut String, depth: usize, key: &Key, value: &Value) {
    line(out, depth);
    entry(out, depth, key, value);
}

/// Writes `key: value` at the cursor.
fn entry(out: &mut String, depth: usize, name: &Key, value: &Value) {
    if key(out, name) {
        line(out, depth);
    }
    out.push(':');
    below(out, depth, value);
}

/// Writes what follows the colon of a key.
fn below(out: &mut String, depth: usize, value: &Value) {
    if let Value::Shared(shared) = value
        && let Some(text) = shared.text(depth, |content| text_below(depth, content))
    {
        out.push_str(text);
        return;
    }
    let value = value.get();
    match value {
        Value::Map(map) if !map.is_empty() => block_map(out, depth + 1, map, false),
        Value::List(items) if !items.is_empty() => block_list(out, depth + 1, items, false),
        _ => {
            out.push(' ');
            node(out, depth, value);
        }
    }
}

fn text_below(depth: usize, value: &Value) -> String {
    let mut text = String::new();
    below(&mut text, depth, value);
    text
}

/// Writes the pairs of `map`; `inline` means that the first follows the dash of a list item.
fn block_map(out: &mut String, depth: usize, map: &Map, inline: bool) {
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 || !inline {
            line(out, depth);
        }
        entry(out, depth, key, value);
    }
}

fn block_list(out: &mut String, depth: usize, items: &[Value], inline: bool) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || !inline {
            line(out, depth);
        }
        out.push_str("- ");
        match item.get() {
            Value::Map(map) if !map.is_empty() => block_map(out, depth + 1, map, true),
            Value::List(items) if !items.is_empty() => block_list(out, depth + 1, items, true),
            _ => node(out, depth, item),
        }
    }
}

/// Writes what fits on the line of a key or a dash.
fn node(out: &mut String, depth: usize, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Int(number) => whole(out, *number),
        Value::Float(number) => float(out, *number),
        Value::Text(text) if is_plain(text) => out.push_str(text),
        Value::Text(text) if is_literal(text) => literal(out, depth, text),
        Value::Text(text) => quoted(out, text),
        Value::List(_) => out.push_str("[]"),
        Value::Map(_) => out.push_str("{}"),
        Value::Shared(shared) => node(out, depth, shared.content()),
    }
}

fn whole(out: &mut String, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
}

fn put(out: &mut String, args: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = out.write_fmt(args);
}

/// Writes a number with a dot and a signed exponent: parsers of YAML 1.1 read `1e3` as a string.
fn float(out: &mut String, number: f64) {
    let text = format!("{number:?}");
    match text.split_once('e') {
        None => out.push_str(&text),
        Some((mantissa, exponent)) => {
            let dot = if mantissa.contains('.') { "" } else { ".0" };
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            put(out, format_args!("{mantissa}{dot}e{sign}{exponent}"));
        }
    }
}

/// Writes a key and returns whether it is in the explicit form, where the colon is on a line of its own.
fn key(out: &mut String, name: &Key) -> bool {
    if name.is_constant() {
        debug_assert!(is_plain(name), "the constant key {name} needs quotes");
        out.push_str(name);
        return false;
    }
    if name.len() < MAX_SIMPLE_KEY / 8 && is_plain(name) {
        out.push_str(name);
        return false;
    }
    let start = out.len();
    scalar(out, name);
    let explicit = out.len() - start > MAX_SIMPLE_KEY;
    if explicit {
        out.insert_str(start, "? ");
    }
    explicit
}

fn scalar(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else {
        quoted(out, text);
    }
}

fn quoted(out: &mut String, text: &str) {
    if text.chars().all(is_printable) {
        single_quoted(out, text);
    } else {
        double_quoted(out, text);
    }
}

fn single_quoted(out: &mut String, text: &str) {
    out.push('\'');
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

fn double_quoted(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_printable(char) => out.push(char),
            _ if (char as u32) < 0x100 => put(out, format_args!("\\x{:02X}", char as u32)),
            _ => put(out, format_args!("\\u{:04X}", char as u32)),
        }
    }
    out.push('"');
}

/// Whether every parser reads `char` as itself inside quotes on one line.
fn is_printable(char: char) -> bool {
    let is_control = matches!(char, '\0'..='\x1F' | '\x7F'..='\u{9F}');
    !is_control && !matches!(char, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether `text` can be a literal block: several lines without characters that need an escape, none of which
/// starts like indentation or ends in whitespace.
fn is_literal(text: &str) -> bool {
    if !text.as_bytes().contains(&b'\n') {
        return false;
    }
    let Some(first) = text.split('\n').next().filter(|first| first.len() < text.len()) else { return false };
    !first.is_empty()
        && !first.starts_with(' ')
        && !text.ends_with("\n\n")
        && text.split('\n').all(|line| !line.starts_with('\t') && !line.ends_with([' ', '\t']))
        && text.chars().all(|char| char == '\n' || char == '\t' || is_printable(char))
}

fn literal(out: &mut String, depth: usize, text: &str) {
    let body = text.strip_suffix('\n');
    out.push_str(if body.is_some() { "|" } else { "|-" });
    for part in body.unwrap_or(text).split('\n') {
        if part.is_empty() {
            out.push('\n');
        } else {
            line(out, depth + 1);
            out.push_str(part);
        }
    }
}
