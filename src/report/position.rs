//! The position of a finding, as lines and columns, for reports that contain no source text.

use crate::diagnostics::{Finding, Label, printable};
use crate::report::lines::Lines;
use crate::syntax::SourceMap;

/// The files of a run, with the offsets of their lines.
pub(super) struct Files<'d>(Vec<Lines<'d>>);

/// A range of a file. Lines and columns count from 1, columns in characters, and the end is exclusive.
#[derive(Debug)]
pub(super) struct Position<'d> {
    pub(super) file: &'d str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'d> Files<'d> {
    pub(super) fn new(documents: &'d SourceMap) -> Self {
        Self(documents.iter().map(Lines::new).collect())
    }

    /// The position of the problem itself; the beginning of the catalog if it is in no file.
    pub(super) fn fault(&self, finding: &Finding) -> Position<'d> {
        let fault = finding.labels.first().and_then(|label| self.label(label));
        let catalog = || self.0.first().map_or("applications.yml", |lines| lines.document.name.as_str());
        fault.unwrap_or_else(|| Position { file: catalog(), line: 1, column: 1, end_line: 1, end_column: 1 })
    }

    /// The path of the problem itself, which does not change when entries are inserted above it.
    pub(super) fn path(&self, finding: &Finding) -> String {
        let location = finding.location();
        let lines = self.0.iter().find(|lines| lines.document.file == location.file);
        lines.map_or_else(|| location.to_string(), |lines| lines.document.stable_path(location))
    }

    /// The position of a label.
    pub(super) fn label(&self, label: &Label) -> Option<Position<'d>> {
        let lines = self.0.iter().find(|lines| lines.document.file == label.location.file)?;
        let span = lines.document.span(&label.location);
        Some(Position {
            file: &lines.document.name,
            line: lines.line(span.start) + 1,
            column: lines.column(span.start) + 1,
            end_line: lines.line(span.end) + 1,
            end_column: lines.column(span.end) + 1,
        })
    }
}

/// The note and the help of a finding, one per line.
pub(super) fn remarks(finding: &Finding) -> impl Iterator<Item = String> {
    let parts = [("note", &finding.note), ("help", &finding.help)];
    parts
        .into_iter()
        .filter_map(|(name, text)| text.as_ref().map(|text| format!("{name}: {}", printable(text))))
}

/// The full text of a finding, with the command that prints the page of its rule.
pub(super) fn whole(finding: &Finding) -> String {
    [printable(&finding.message).into_owned()]
        .into_iter()
        .chain(remarks(finding))
        .chain([format!("page: {}", finding.rule.address())])
        .collect::<Vec<_>>()
        .join("\n")
}
