//! Objects as a table: wave, kind, name, and the lines that request them.

use std::fmt::Write;

use crate::compile::Compiled;
use crate::diagnostics::Location;
use crate::kubernetes::{Object, Origin};
use crate::report::lines::Lines;

/// A line for each object.
pub(super) fn table<'o>(objects: impl Iterator<Item = &'o Object>, compiled: &Compiled) -> String {
    let lines: Vec<_> = compiled.documents.iter().map(Lines::new).collect();
    let rows: Vec<_> = objects.map(|object| row(object, &lines)).collect();
    let width = |column: fn(&[String; 4]) -> &str| {
        rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0)
    };
    let (wave, kind, name) =
        (width(|[wave, ..]| wave), width(|[_, kind, ..]| kind), width(|[_, _, name, _]| name));
    let mut out = String::new();
    for [at, what, called, origin] in &rows {
        let _ = writeln!(out, "{at:>wave$}  {what:kind$}  {called:name$}  {origin}");
    }
    out
}

/// The lines that request an object: `applications.yml:12 (profile web-app)`
pub(super) fn origins(object: &Object, lines: &[Lines<'_>]) -> String {
    let origins: Vec<_> = object.origins.iter().map(|origin| self::origin(origin, lines)).collect();
    origins.join(", ")
}

/// The objects that a line at or below `location` requests.
pub(super) fn requested_at<'c>(
    location: &'c Location,
    compiled: &'c Compiled,
) -> impl Iterator<Item = &'c Object> {
    compiled
        .objects
        .iter()
        .filter(|object| object.origins.iter().any(|origin| is_below(&origin.location, location)))
}

/// Whether a location is `above`, or within its value.
pub(super) fn is_below(location: &Location, above: &Location) -> bool {
    location.file == above.file && location.segments.starts_with(&above.segments)
}

fn row(object: &Object, lines: &[Lines<'_>]) -> [String; 4] {
    [object.wave.to_string(), object.kind_name().into(), object.name.to_string(), origins(object, lines)]
}

fn origin(origin: &Origin, lines: &[Lines<'_>]) -> String {
    let Some(lines) = lines.iter().find(|lines| lines.document.file == origin.location.file) else {
        return String::new();
    };
    let document = lines.document;
    let line = lines.line(document.span(&origin.location).start) + 1;
    let by = match (&origin.profile, &origin.template) {
        (Some(profile), _) => format!(" (profile {profile})"),
        (_, Some(template)) => format!(" (template {template})"),
        _ => String::new(),
    };
    format!("{}:{line}{by}", document.name)
}
