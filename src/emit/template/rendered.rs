//! What came of a template, and which line of the template each line of it came of.

use minijinja::Value as Word;

use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Focus, Location};
use crate::diagnostics::{Finding, Label};
use crate::inputs::Source;
use crate::model::{Template, Templates, template_line};
use crate::syntax::{Document, decode};
use crate::value::Value;

/// A use of a template, filled in.
pub(super) struct Rendered<'p> {
    pub(super) templates: &'p Templates,
    pub(super) template: &'p Template,
    pub(super) words: Word,
    /// What came of it.
    pub(super) text: String,
    /// Where the catalog uses it.
    pub(super) location: Location,
}

/// One document of a rendered template.
pub(super) struct Piece {
    source: Source,
    /// The number of its first line, counted from 0.
    line: usize,
}

/// Marks of lines, from the private use area.
const MARK: (char, char) = ('\u{E000}', '\u{E001}');

/// The file that a document stands in which is no file.
const NOWHERE: FileId = FileId(u16::MAX);

impl Rendered<'_> {
    /// The documents that the text holds; those that say nothing are left out.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut pieces = vec![Piece { source: Source::default(), line: 0 }];
        for (number, line) in self.text.split_inclusive('\n').enumerate() {
            if line.trim_end() == "---" {
                pieces.push(Piece { source: Source::default(), line: number + 1 });
            } else if let Some(piece) = pieces.last_mut() {
                piece.source.bytes.extend_from_slice(line.as_bytes());
            }
        }
        let says = |piece: &Piece| {
            String::from_utf8_lossy(&piece.source.bytes)
                .lines()
                .any(|line| !line.trim().is_empty() && !line.starts_with('#'))
        };
        pieces.retain(says);
        pieces
    }

    /// Reads a document and hands its value to `make`; whatever is wrong with it is said of the template.
    pub(super) fn read<T>(
        &self,
        piece: &Piece,
        faults: &mut Vec<Finding>,
        make: impl FnOnce(Option<Value>, &mut Vec<Finding>) -> Option<T>,
    ) -> Option<T> {
        let mut found = Vec::new();
        let document = Document::load(NOWHERE, &piece.source, &mut found);
        let value = decode(&document, &mut found);
        found.extend(self.pasted(&document));
        let value = if found.is_empty() { make(value, &mut found) } else { None };
        if !found.is_empty() {
            let lines = self.lines();
            faults.extend(found.into_iter().map(|finding| self.blame(finding, &document, piece, &lines)));
        }
        value
    }

    /// Words without quotes that an expression put quotes into: `web-{{ x }}` is `web-"x"`.
    fn pasted(&self, document: &Document<'_>) -> Option<Finding> {
        let (_, span) = document
            .plain_scalars()
            .find(|(text, _)| text.contains('"') && !self.template.text.contains(text))?;
        let finding = rules::INVALID_TEMPLATE
            .at(Location::bytes(NOWHERE, span.start, span.end), "this value stands inside a word");
        let finding = finding.note("values come with their quotes, which would be a part of the word");
        Some(finding.help("let the whole word be one expression: `{{ \"web-\" ~ values.name }}`"))
    }

    /// Points a finding about the rendered document at the template.
    fn blame(
        &self,
        mut finding: Finding,
        document: &Document<'_>,
        piece: &Piece,
        lines: &[usize],
    ) -> Finding {
        for label in &mut finding.labels {
            let start = match label.location.focus {
                Focus::Bytes(start, _) => start,
                _ => document.span(&Location { file: NOWHERE, ..label.location.clone() }).start,
            };
            let number = piece.line + document.text.get(..start).unwrap_or_default().matches('\n').count();
            let span = template_line(&self.template.text, lines.get(number).copied().unwrap_or_default());
            label.location = Location::bytes(self.template.file, span.start, span.end);
            let rendered = self.text.lines().nth(number).unwrap_or_default().trim();
            if label.text.is_empty() && self.template.text.get(span).is_some_and(|line| line != rendered) {
                label.text = format!("becomes `{}`", shorten(rendered));
            }
        }
        finding.labels.push(Label { location: self.location.clone(), text: "used here".into() });
        finding
    }

    /// For each line of the text the line of the template that it came of: what the template says is rendered
    /// once more with marks in it. Nothing where the marks change anything but themselves.
    fn lines(&self) -> Vec<usize> {
        let marked = self.templates.render_text(&mark(&self.template.text), &self.words).unwrap_or_default();
        let mut lines = Vec::new();
        let mut plain = String::new();
        let mut last = 0;
        for line in marked.split_inclusive('\n') {
            let mut parts = line.split(MARK.0);
            plain.push_str(parts.next().unwrap_or_default());
            let mut first = None;
            for part in parts {
                let (number, rest) = part.split_once(MARK.1).unwrap_or(("", part));
                first = first.or_else(|| number.parse().ok());
                plain.push_str(rest);
            }
            last = first.unwrap_or(last);
            lines.push(last);
        }
        if plain == self.text { lines } else { Vec::new() }
    }
}

/// The template with a mark behind the first character of each line that stands outside of expressions, so
/// that no blank beside a tag is kept from being taken away.
fn mark(template: &str) -> String {
    let mut out = String::with_capacity(template.len() * 2);
    let (mut number, mut marked, mut end, mut quote) = (0_usize, false, None::<&str>, None::<char>);
    let mut rest = template;
    while let Some(char) = rest.chars().next() {
        if char == '\n' {
            number += 1;
            marked = false;
        }
        let opens = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find(|(open, _)| end.is_none() && rest.starts_with(open));
        let closes = end.is_some_and(|end| quote.is_none() && rest.starts_with(end));
        let step = if opens.is_some() || closes { 2 } else { char.len_utf8() };
        out.push_str(&rest[..step]);
        if let Some((_, close)) = opens {
            end = Some(close);
        } else if closes {
            end = None;
        } else if end.is_some_and(|end| end != "#}") && matches!(char, '"' | '\'') {
            quote = match quote {
                None => Some(char),
                Some(open) if open == char => None,
                open => open,
            };
        } else if end.is_none() && !marked && !char.is_whitespace() {
            marked = true;
            out.push(MARK.0);
            out.push_str(&number.to_string());
            out.push(MARK.1);
        }
        rest = &rest[step..];
    }
    out
}
