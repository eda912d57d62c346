//! The difference for people and for programs.

mod json;
mod lines;
mod markdown;
mod tables;
mod text;
mod yaml;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

use super::Diff;
use super::change::{Place, Side};
use crate::diagnostics::printable;
use crate::report::lines::Lines;
use crate::syntax::SourceMap;

/// A difference with the files of both catalogs, to draw it.
pub struct Drawn<'d> {
    diff: &'d Diff<'d>,
    names: [&'d str; 2],
    files: [Vec<Lines<'d>>; 2],
}

impl<'d> Drawn<'d> {
    /// A difference of two catalogs, with a name and the documents of each.
    pub fn new(
        diff: &'d Diff<'d>,
        before: (&'d str, &'d SourceMap),
        after: (&'d str, &'d SourceMap),
    ) -> Self {
        let lines = |documents: &'d SourceMap| documents.iter().map(Lines::new).collect();
        Self { diff, names: [before.0, after.0], files: [lines(before.1), lines(after.1)] }
    }

    /// The file and the line of a place; nothing for one in no file.
    fn position(&self, place: &Place) -> Option<(&'d str, usize)> {
        let [before, after] = &self.files;
        let files = if place.side == Side::Before { before } else { after };
        let lines = files.iter().find(|lines| lines.document.file == place.location.file)?;
        Some((&lines.document.name, lines.line(lines.document.span(&place.location).start) + 1))
    }

    /// `applications.yml:12`
    fn line(&self, place: &Place) -> Option<String> {
        self.position(place).map(|(file, line)| format!("{}:{line}", printable(file)))
    }
}
