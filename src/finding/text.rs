//! Findings for people: the user's lines, with carets under the right word.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Renderer, Snippet};

use super::{Finding, Label, count};
use crate::document::Document;
use crate::rule::Level;

/// How many findings are drawn before the rest is only counted.
const DRAWN: usize = 200;

/// How many bytes of a long line are shown around a fault.
const MARGIN: usize = 120;

/// Draws `findings` and ends with a line that counts them; nothing if there are none.
pub fn draw(findings: &[Finding], documents: &[Document<'_>], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let lines = Lines::new(documents);
    let mut out = String::new();
    for finding in findings.iter().take(DRAWN) {
        out.push_str(&renderer.render(&[group(finding, &lines)]));
        out.push_str("\n\n");
    }
    if !findings.is_empty() {
        out.push_str(&summary(findings));
    }
    out
}

/// `wharf: 2 errors, 1 warning`
fn summary(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let counts = [(errors, "error"), (findings.len() - errors, "warning")];
    let counts: Vec<_> = counts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
    let hidden = findings.len().saturating_sub(DRAWN);
    let hidden = if hidden > 0 { format!(", {hidden} of them not shown") } else { String::new() };
    format!("wharf: {}{hidden}\n", counts.join(", "))
}

fn group<'f>(finding: &'f Finding, lines: &'f Lines<'_>) -> Group<'f> {
    let level = match finding.rule.level {
        Level::Error => SnippetLevel::ERROR,
        Level::Warning => SnippetLevel::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&finding.message).id(finding.rule.name));
    for window in windows(finding, lines) {
        group = group.element(window);
    }
    if let Some(note) = &finding.note {
        group = group.element(SnippetLevel::NOTE.message(sanitise(note)));
    }
    if let Some(help) = &finding.help {
        group = group.element(SnippetLevel::HELP.message(sanitise(help)));
    }
    group
}

/// Messages are shown as they are, so that control characters of a user's word must not reach the terminal.
fn sanitise(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{FFFD}' } else { char }).collect()
}

/// A stretch of lines with what points at it: the number of the label, the label, and what is underlined.
type Window<'f> = (Located<'f>, Vec<(usize, &'f Label, Range<usize>)>);

/// One snippet for each stretch of lines that labels point at.
fn windows<'f>(finding: &'f Finding, lines: &'f Lines<'_>) -> Vec<Snippet<'f, annotate_snippets::Annotation<'f>>> {
    let mut located: Vec<_> = finding.labels.iter().enumerate().filter_map(|(index, label)| Some((index, label, lines.locate(label)?))).collect();
    // The file with the fault itself comes first.
    let faulty = located.first().map(|(_, _, at)| at.file);
    located.sort_by_key(|(_, _, at)| (Some(at.file) != faulty, at.file, at.window.start));
    let mut windows: Vec<Window<'_>> = Vec::new();
    for (index, label, at) in located {
        let span = at.span.clone();
        match windows.last_mut() {
            Some((window, labels)) if window.file == at.file && at.line <= window.last + 2 => {
                window.window.end = window.window.end.max(at.window.end);
                window.last = window.last.max(at.last);
                labels.push((index, label, span));
            }
            _ => windows.push((at, vec![(index, label, span)])),
        }
    }
    windows.into_iter().map(|(at, labels)| snippet(&at, labels)).collect()
}

fn snippet<'f>(at: &Located<'f>, labels: Vec<(usize, &'f Label, Range<usize>)>) -> Snippet<'f, annotate_snippets::Annotation<'f>> {
    let offset = at.window.start;
    let annotations = labels.into_iter().map(move |(index, label, span)| {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(span.start - offset..span.end - offset);
        if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
    });
    Snippet::source(&at.text[at.window.clone()]).path(at.name).line_start(at.line).fold(true).annotations(annotations)
}

/// Where a label is, in lines and bytes.
struct Located<'d> {
    file: usize,
    name: &'d str,
    text: &'d str,
    /// The lines that are shown.
    window: Range<usize>,
    /// What is underlined.
    span: Range<usize>,
    /// The number of the first line of the window.
    line: usize,
    /// The number of its last line.
    last: usize,
}

/// The files with the offsets of their lines.
struct Lines<'d> {
    files: Vec<(&'d Document<'d>, Vec<usize>)>,
}

impl<'d> Lines<'d> {
    fn new(documents: &'d [Document<'d>]) -> Self {
        let starts = |document: &'d Document<'d>| [0].into_iter().chain(document.text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { files: documents.iter().map(|document| (document, starts(document))).collect() }
    }

    fn locate(&self, label: &Label) -> Option<Located<'d>> {
        let file = self.files.iter().position(|(document, _)| document.file == label.place.file)?;
        let (document, starts) = &self.files[file];
        let span = document.span(&label.place);
        let first = starts.partition_point(|start| *start <= span.start).saturating_sub(1);
        let line_end = starts.get(first + 1).map_or(document.text.len(), |next| next - 1);
        let end = span.end.min(line_end).max(span.start);
        let window = narrow(document.text, starts[first]..line_end, &(span.start..end));
        Some(Located { file, name: document.name, text: document.text, window, span: span.start..end, line: first + 1, last: first + 1 })
    }
}

/// The part of a very long line around a fault.
fn narrow(text: &str, line: Range<usize>, span: &Range<usize>) -> Range<usize> {
    if line.len() <= 4 * MARGIN {
        return line;
    }
    let start = floor(text, span.start.saturating_sub(MARGIN).max(line.start));
    let end = floor(text, (span.end + MARGIN).min(line.end));
    start..end.max(span.end)
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
