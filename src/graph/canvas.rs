//! SVG elements as text: numbers and names that are escaped.

use std::fmt::Write;

use super::layout::{MAX_TEXT, Point, columns};
use crate::diagnostics::printable;

/// Text that is valid in XML, in elements and attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in printable(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // characters that XML does not permit
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            char => out.push(char),
        }
    }
    out
}

/// As much of a text as a box shows.
pub(super) fn shown(text: &str) -> String {
    if columns(text) <= MAX_TEXT {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for char in text.chars() {
        used += columns(char.encode_utf8(&mut [0; 4]));
        if used >= MAX_TEXT {
            break;
        }
        out.push(char);
    }
    out + "…"
}

/// A text whose baseline begins at a point.
pub(super) fn text(out: &mut String, class: &str, (x, y): Point, text: &str) {
    let _ = writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(&shown(text)));
}

/// A curve through points: straight within columns, bent between them. A line back to its own column bends
/// beside it.
pub(super) fn path(points: &[Point], width: usize) -> String {
    let mut out = String::new();
    for (index, pair) in points.windows(2).enumerate() {
        let [(x1, y1), (x2, y2)] = pair else { continue };
        if index == 0 {
            let _ = write!(out, "M{x1} {y1}");
        }
        if x1 == x2 {
            let bend = x1 + width;
            let _ = write!(out, "C{bend} {y1} {bend} {y2} {x2} {y2}");
        } else if index % 2 == 1 {
            let _ = write!(out, "L{x2} {y2}");
        } else {
            let middle = usize::midpoint(*x1, *x2);
            let _ = write!(out, "C{middle} {y1} {middle} {y2} {x2} {y2}");
        }
    }
    out
}
