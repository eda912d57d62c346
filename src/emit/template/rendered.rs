//! The output of a template, and the line of the template that each line of it came from.

use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Finding, Focus, Label, Location, Sink, rules};
use crate::inputs::Source;
use crate::model::{Template, template_line};
use crate::syntax::{Document, decode};
use crate::template;
use crate::value::Value;

/// A rendered use of a template.
pub(super) struct Rendered<'p> {
    pub(super) template: &'p Template,
    /// Its output.
    pub(super) output: template::Rendered,
    /// Where the catalog uses it.
    pub(super) location: Location,
}

/// One document of a rendered template.
pub(super) struct Piece {
    source: Source,
    /// The number of its first line, counted from 0.
    line: usize,
    /// Its first byte.
    start: usize,
}

impl Piece {
    pub(super) fn text(&self) -> &[u8] {
        &self.source.bytes
    }
}

/// How many faults of one use are listed: others need a run without these anyway.
pub(super) const MAX_FAULTS: usize = 20;

/// The file id of a document that is not in a file.
const NOWHERE: FileId = FileId::MANIFESTS;

impl Rendered<'_> {
    /// The documents of the text, without empty ones.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut pieces = vec![Piece { source: Source::default(), line: 0, start: 0 }];
        let mut start = 0;
        for (number, line) in self.output.text.split_inclusive('\n').enumerate() {
            start += line.len();
            if line.trim_end() == "---" {
                pieces.push(Piece { source: Source::default(), line: number + 1, start });
            } else if let Some(piece) = pieces.last_mut() {
                piece.source.bytes.extend_from_slice(line.as_bytes());
            }
        }
        let has_content = |piece: &Piece| {
            String::from_utf8_lossy(&piece.source.bytes)
                .lines()
                .any(|line| !line.trim().is_empty() && !line.starts_with('#'))
        };
        pieces.retain(has_content);
        pieces
    }

    /// Parses a document and passes its value to `make`; its faults are reported at the template.
    pub(super) fn read<T>(
        &self,
        piece: &Piece,
        faults: &mut Sink,
        make: impl FnOnce(Option<Value>, &mut Sink) -> Option<T>,
    ) -> Option<T> {
        let mut found = Sink::new();
        let document = Document::load(NOWHERE, &piece.source, &mut found);
        let value = decode(&document, &mut found);
        found.extend(self.pasted(&document, piece));
        let value = if found.is_empty() { make(value, &mut found) } else { None };
        faults
            .extend(found.into_iter().take(MAX_FAULTS).map(|finding| self.blame(finding, &document, piece)));
        value
    }

    /// Plain scalars that contain the quotes of an expression: `web-{{ x }}` is `web-"x"`.
    fn pasted(&self, document: &Document, piece: &Piece) -> Option<Finding> {
        let quotes = &self.output.quotes;
        let holds = |span: &std::ops::Range<usize>| {
            let next = quotes.partition_point(|at| *at < piece.start + span.start);
            quotes.get(next).is_some_and(|at| *at < piece.start + span.end)
        };
        let (_, span) = document.plain_scalars().find(|(_, span)| holds(span))?;
        let finding = rules::INVALID_TEMPLATE
            .at(Location::bytes(NOWHERE, span.start, span.end), "this value is inside a plain scalar");
        let finding = finding.note("values are rendered with quotes, which would be part of the scalar");
        Some(finding.help("write the whole scalar as one expression: `{{ \"web-\" ~ values.name }}`"))
    }

    /// Moves a finding about the rendered document to the template.
    fn blame(&self, mut finding: Finding, document: &Document, piece: &Piece) -> Finding {
        for label in &mut finding.labels {
            let start = match label.location.focus {
                Focus::Bytes(start, _) => start,
                _ => document.span(&Location { file: NOWHERE, ..label.location.clone() }).start,
            };
            let number = piece.line + document.text.get(..start).unwrap_or_default().matches('\n').count();
            let span = template_line(
                &self.template.text,
                self.output.lines.get(number).copied().unwrap_or_default(),
            );
            label.location = Location::bytes(self.template.file, span.start, span.end);
            let rendered = self.output.text.lines().nth(number).unwrap_or_default().trim();
            if label.text.is_empty() && self.template.text.get(span).is_some_and(|line| line != rendered) {
                label.text = format!("renders as `{}`", shorten(rendered));
            }
        }
        finding.labels.push(Label { location: self.location.clone(), text: "used here".into() });
        finding
    }
}
