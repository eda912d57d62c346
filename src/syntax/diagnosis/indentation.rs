//! A line whose indentation matches no line around it.

use super::Diagnosis;
use super::line::{Line, content_before, lines_before};
use crate::diagnostics::count;
use crate::diagnostics::suggestion::shorten;

/// A line below a key that already has a value, and deeper, so that it continues this value.
pub(super) fn too_deep(line: &Line<'_>, above: &Line<'_>) -> Option<Diagnosis> {
    above.pair()?;
    let column = above.content_column();
    let shown = shorten(above.content());
    let label = format!("this line is indented by {} and continues `{shown}`", spaces(line));
    (line.indentation() > column)
        .then(|| diagnosis(line, label, format!("indent it by {column}, as `{shown}` is")))
}

/// A line with another indentation than the keys, or items, of the collections around it.
pub(super) fn astray(text: &str, at: usize, line: &Line<'_>) -> Option<Diagnosis> {
    if at != line.start + line.indentation() || line.content().is_empty() {
        return None;
    }
    let label = format!("this line is indented by {}, which matches no line above", spaces(line));
    if let Some((key, _)) =
        content_before(text, line.start).filter(begins_block).as_ref().and_then(Line::pair)
    {
        return Some(diagnosis(line, label, format!("indent the text more than its key `{key}`")));
    }
    let locations = open(text, line);
    let column = line.indentation();
    let below =
        locations.iter().filter(|(location, _)| *location < column).max_by_key(|(location, _)| *location);
    let above =
        locations.iter().filter(|(location, _)| *location > column).min_by_key(|(location, _)| *location);
    let choices: Vec<_> = below
        .into_iter()
        .chain(above)
        .map(|(location, shown)| format!("by {location}, as `{}` is", shorten(shown)))
        .collect();
    (!choices.is_empty()).then(|| diagnosis(line, label, format!("indent it {}", choices.join(", or "))))
}

/// The columns of open keys above, or of open items if `line` is one, with their text.
fn open<'t>(text: &'t str, line: &Line<'_>) -> Vec<(usize, &'t str)> {
    let is_item = line.dashes().next().is_some();
    let mut locations: Vec<(usize, &str)> = Vec::new();
    let mut limit = usize::MAX;
    for above in lines_before(text, line.start) {
        let columns: Vec<_> = if is_item {
            above.dashes().collect()
        } else {
            above.pair().map(|_| above.content_column()).into_iter().collect()
        };
        for column in columns.into_iter().filter(|column| *column < limit) {
            locations.push((column, if is_item { above.shown() } else { above.content() }));
        }
        limit = limit.min(above.indentation().max(1));
        if above.indentation() == 0 {
            break;
        }
    }
    locations
}

/// Whether a line ends in the indicator of a block scalar.
fn begins_block(line: &Line<'_>) -> bool {
    let mark = line.content().rsplit(' ').next().unwrap_or_default();
    mark.starts_with(['|', '>']) && mark.len() <= 3
}

fn diagnosis(line: &Line<'_>, label: String, help: String) -> Diagnosis {
    Diagnosis::new(line.start, line.start + line.indentation(), label, help)
}

fn spaces(line: &Line<'_>) -> String {
    count(line.indentation(), "space")
}
