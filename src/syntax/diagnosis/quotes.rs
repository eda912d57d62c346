//! Text that needs quotes, or where a quote is missing.

use super::Diagnosis;
use super::line::{Line, lines_before};
use crate::diagnostics::suggestion::shorten;

/// How many lines before the end of a text its opening quote is searched for.
const MAX_DISTANCE: usize = 1000;

/// A value that begins with a special character of YAML.
pub(super) fn needed(text: &str, at: usize, line: &Line<'_>) -> Option<Diagnosis> {
    let first = text.get(at..)?.chars().next()?;
    let label = match first {
        '*' => "`*` begins an alias of YAML".into(),
        '&' => "`&` begins an anchor of YAML".into(),
        _ => format!("plain text cannot begin with `{first}`"),
    };
    let value = value_at(at, line);
    if first == '*' && value.starts_with("*.") && names_host(line) {
        return Some(Diagnosis::new(
            at,
            at + value.len(),
            label,
            "write each host: routes do not support wildcards",
        ));
    }
    Some(Diagnosis::new(at, at + value.len(), label, format!("write `{}`", quoted(value))))
}

/// The value at `at`; in a flow collection up to its end.
fn value_at<'t>(at: usize, line: &Line<'t>) -> &'t str {
    let rest = line.from(at);
    let before = line.text.get(..at.saturating_sub(line.start)).unwrap_or_default();
    if before.contains(['[', '{']) {
        rest.split([',', ']', '}']).next().unwrap_or_default().trim_end()
    } else {
        rest
    }
}

/// Whether a line has the host of a route.
fn names_host(line: &Line<'_>) -> bool {
    line.pair().is_some_and(|(key, _)| matches!(key, "host" | "aliases"))
}

/// The value at `value`, in quotes.
pub(super) fn around(line: &Line<'_>, value: usize, label: &str) -> Diagnosis {
    let text = line.from(value);
    Diagnosis::new(value, value + text.len(), label, format!("write `{}`", quoted(text)))
}

fn quoted(text: &str) -> String {
    let text = shorten(text);
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}

/// A quote that is not closed; the parser has searched for its end up to `at`.
pub(super) fn unclosed(text: &str, at: usize) -> Option<Diagnosis> {
    let line = Line::at(text, at);
    let start = [line]
        .into_iter()
        .chain(lines_before(text, Line::at(text, at).start))
        .take(MAX_DISTANCE)
        .find_map(|line| open_quote(&line))?;
    let end = start + Line::at(text, start).from(start).len();
    Some(Diagnosis::new(start, end, "this quote is not closed", "close it at the end of the text"))
}

/// The offset of a value whose opening quote is not closed on the line.
fn open_quote(line: &Line<'_>) -> Option<usize> {
    let value = line.pair().map_or(line.content_start(), |(_, value)| value);
    let text = line.from(value);
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    (!text.get(1..)?.contains(quote)).then_some(value)
}

/// Text after the closing quote of a value.
pub(super) fn trailing(at: usize, line: &Line<'_>) -> Diagnosis {
    let rest = line.from(at);
    let before = line.text.get(..at.saturating_sub(line.start)).unwrap_or_default().trim_end();
    let help = match (before.ends_with('\''), rest.contains('\'')) {
        (true, true) => "write two quotes for one within the text: `''`",
        (false, _) if rest.contains('"') => "write `\\\"` for a quote within the text",
        _ => "write all of the text in quotes",
    };
    Diagnosis::new(at, at + rest.len(), "the text ends at the quote before this", help)
}

/// A backslash that is not a valid escape.
pub(super) fn escape(text: &str, at: usize) -> Diagnosis {
    let length = Line::at(text, at).from(at).len();
    Diagnosis::new(at, at + length, "in double quotes, a backslash begins an escape", "use single quotes")
}
