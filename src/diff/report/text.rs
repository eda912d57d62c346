//! The difference for a terminal or a log.

use std::fmt::Write;

use super::{Drawn, lines, yaml};
use crate::diagnostics::printable;
use crate::diff::{Change, Level};

/// The verdict, and the changes of each level with their consequences and lines; with the objects, if wanted.
pub fn text(drawn: &Drawn<'_>, objects: bool) -> String {
    let diff = drawn.diff;
    let mut out = format!("{}\n{}\n", diff.verdict(), versions(drawn));
    for level in Level::ALL.into_iter().filter(|level| diff.count(*level) > 0) {
        let _ = writeln!(out, "\n{level}");
        diff.of_level(level).for_each(|change| write(&mut out, drawn, change));
        if level == Level::Rest {
            for line in lines::rest(diff) {
                let _ = writeln!(out, "  {}", printable(&line));
            }
        }
    }
    if objects {
        write_objects(&mut out, drawn);
    }
    out
}

/// `from main to the working tree`
fn versions(drawn: &Drawn<'_>) -> String {
    let [before, after] = drawn.names;
    format!("from {} to {}", printable(before), printable(after))
}

fn write(out: &mut String, drawn: &Drawn<'_>, change: &Change) {
    let _ = writeln!(out, "  {} [{}]", printable(&change.message), change.judge.name);
    let _ = writeln!(out, "    {}", printable(&change.consequence));
    if let Some(help) = &change.help {
        let _ = writeln!(out, "    help: {}", printable(help));
    }
    if let Some((key, place)) = &change.stated
        && let Some(line) = drawn.line(place)
    {
        let _ = writeln!(out, "    stated by `{key}` at {line}");
    }
    if let Some(line) = drawn.line(&change.place) {
        let _ = writeln!(out, "    at {line}");
    }
}

fn write_objects(out: &mut String, drawn: &Drawn<'_>) {
    let pairs = drawn.diff.comparison.objects.pairs();
    if pairs.is_empty() {
        return;
    }
    out.push_str("\nobjects\n");
    for pair in pairs {
        let _ = writeln!(out, "\n{} {}", pair.verb(), printable(&lines::name(pair)));
        out.push_str(&yaml::difference(pair));
    }
}
