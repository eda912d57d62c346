//! The difference of an object, line by line.

use similar::TextDiff;

use crate::diff::Pair;
use crate::kubernetes::{Object, yaml};

/// An object with more lines is not compared line by line.
const MAX_LINES: usize = 4000;

/// How many equal lines are shown around a difference.
const AROUND: usize = 3;

/// The lines of an object that differ, each with its sign.
pub(super) fn difference(pair: &Pair<'_>) -> String {
    let (old, new) = (text(pair.before), text(pair.after));
    if old.lines().count().max(new.lines().count()) > MAX_LINES {
        return format!("more than {MAX_LINES} lines, which are not compared\n");
    }
    TextDiff::from_lines(&old, &new).unified_diff().context_radius(AROUND).to_string()
}

fn text(object: Option<&Object>) -> String {
    let mut text = String::new();
    if let Some(object) = object {
        yaml::write_object(&mut text, object);
    }
    text
}
