//! Flow collections that are not closed, or where a comma is missing.

use super::Diagnosis;
use super::line::Line;

/// How far before the error an open bracket is searched for, in bytes.
const MAX_DISTANCE: usize = 64 << 10;

/// A bracket that is not closed; the parser reports the outermost one.
pub(super) fn unclosed(text: &str, at: usize) -> Option<Diagnosis> {
    let missing = missing(Line::at(text, at).from(at));
    (!missing.is_empty()).then(|| diagnosis(at, &missing))
}

fn diagnosis(at: usize, missing: &str) -> Diagnosis {
    Diagnosis::new(
        at,
        at + 1,
        "this bracket is not closed",
        format!("add `{missing}` at the end of the line"),
    )
}

/// A token in a flow collection that is neither after a comma nor the end.
pub(super) fn no_separator(text: &str, at: usize, line: &Line<'_>) -> Option<Diagnosis> {
    if let Some(found) = open_above(text, at, line) {
        return Some(found);
    }
    let open = last_open(text.get(..at)?)?;
    let help = if text.get(open..)?.starts_with('{') {
        "separate pairs within `{…}` by commas"
    } else {
        "separate items within `[…]` by commas"
    };
    let label = if line.from(at).starts_with(':') {
        "a comma is missing before this key"
    } else {
        "a comma is missing here"
    };
    let length = line.from(at).chars().next().map_or(0, char::len_utf8);
    Some(Diagnosis::new(at, at + length, label, help))
}

/// A bracket of an earlier line that is not closed there.
pub(super) fn open_above(text: &str, at: usize, line: &Line<'_>) -> Option<Diagnosis> {
    let open = last_open(text.get(..at)?).filter(|open| *open < line.start)?;
    let missing = missing(Line::at(text, open).from(open));
    (!missing.is_empty()).then(|| diagnosis(open, &missing))
}

/// A bracket that is closed by one of the other kind.
pub(super) fn mismatched(at: usize, open: char, close: char) -> Diagnosis {
    let wanted = if open == '{' { '}' } else { ']' };
    Diagnosis::new(
        at,
        at + 1,
        format!("this bracket is closed by `{close}`"),
        format!("close it with `{wanted}` before that"),
    )
}

/// The last bracket of `text` that is open at its end.
fn last_open(text: &str) -> Option<usize> {
    let mut closed = 0_usize;
    let brackets = text
        .char_indices()
        .rev()
        .take(MAX_DISTANCE)
        .filter(|(_, char)| matches!(char, '[' | '{' | ']' | '}'));
    for (at, char) in brackets {
        match char {
            ']' | '}' => closed += 1,
            _ if closed == 0 => return Some(at),
            _ => closed -= 1,
        }
    }
    None
}

/// The brackets that close the open ones of a line.
fn missing(line: &str) -> String {
    let mut open = Vec::new();
    let mut quote = None;
    for char in line.chars() {
        match (quote, char) {
            (Some(end), _) if char == end => quote = None,
            (None, '"' | '\'') => quote = Some(char),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
    }
    open.iter().rev().collect()
}
