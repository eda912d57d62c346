//! Findings for people: the user's lines, with carets under the relevant part.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as SnippetLevel, Renderer, Snippet};

use super::excerpt::Excerpt;
use crate::diagnostics::{Counts, Finding, Label, Severity, count, printable};
use crate::report::lines::Lines;
use crate::syntax::SourceMap;

/// How many findings are drawn; the others are only counted.
const MAX_DRAWN: usize = 200;

/// How many characters of a message and labels of a finding are drawn.
const MAX_MESSAGE: usize = 2000;
const LABELS: usize = 12;

/// How many bytes of a long span are underlined.
const MAX_SPAN: usize = 240;

/// How many bytes are shown in one snippet.
const MAX_WINDOW: usize = 2000;

/// How many bytes of a long line are shown around a problem.
const MARGIN: usize = 120;

/// Draws `findings` and a summary line; nothing if there are none.
pub fn draw(findings: &[Finding], documents: &SourceMap, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    if findings.is_empty() {
        return String::new();
    }
    let lines: Vec<_> = documents.iter().map(Lines::new).collect();
    let mut out = String::new();
    for finding in findings.iter().take(MAX_DRAWN) {
        out.push_str(&renderer.render(&[group(finding, &lines)]));
        out.push_str("\n\n");
    }
    out.push_str(&summary(findings));
    out
}

/// `wharf: 2 errors, 1 warning`
fn summary(findings: &[Finding]) -> String {
    let counts = Counts::of(findings).nouns();
    let counts: Vec<_> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)).collect();
    let hidden = findings.len().saturating_sub(MAX_DRAWN);
    let hidden = if hidden > 0 { format!(", {hidden} of them not shown") } else { String::new() };
    format!("wharf: {}{hidden}\n", counts.join(", "))
}

fn group<'f>(finding: &'f Finding, lines: &'f [Lines<'_>]) -> Group<'f> {
    let level = match finding.severity {
        Severity::Error => SnippetLevel::ERROR,
        Severity::Warning => SnippetLevel::WARNING,
        Severity::Note => SnippetLevel::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(message(&finding.message)).id(finding.rule.name));
    for window in windows(finding, lines) {
        group = group.element(window);
    }
    if let Some(note) = &finding.note {
        group = group.element(SnippetLevel::NOTE.message(message(note)));
    }
    if let Some(help) = &finding.help {
        group = group.element(SnippetLevel::HELP.message(message(help)));
    }
    group
}

/// What is shown of a text that may quote text of the user.
fn message(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", printable(&text[..end])).into(),
        None => printable(text),
    }
}

/// A range of lines with its labels: the number of the label, the label, and what is underlined.
type Window<'f> = (Located<'f>, Vec<(usize, &'f Label, Range<usize>)>);

/// One snippet for each range of lines with labels.
fn windows<'f>(
    finding: &'f Finding,
    lines: &'f [Lines<'_>],
) -> Vec<Snippet<'f, annotate_snippets::Annotation<'f>>> {
    let labels = finding.labels.iter().take(LABELS).enumerate();
    let mut located: Vec<_> =
        labels.filter_map(|(index, label)| Some((index, label, locate(label, lines)?))).collect();
    // The file with the problem itself comes first.
    let faulty = located.first().map(|(_, _, at)| at.file);
    located.sort_by_key(|(_, _, at)| (Some(at.file) != faulty, at.file, at.window.start));
    let mut windows: Vec<Window<'_>> = Vec::new();
    for (index, label, at) in located {
        let span = at.span.clone();
        match windows.last_mut() {
            Some((window, labels)) if window.is_near(&at) => {
                window.window =
                    window.window.start.min(at.window.start)..window.window.end.max(at.window.end);
                window.line = window.line.min(at.line);
                window.last = window.last.max(at.last);
                labels.push((index, label, span));
            }
            _ => windows.push((at, vec![(index, label, span)])),
        }
    }
    windows.into_iter().map(|(at, labels)| snippet(&at, labels)).collect()
}

fn snippet<'f>(
    at: &Located<'f>,
    labels: Vec<(usize, &'f Label, Range<usize>)>,
) -> Snippet<'f, annotate_snippets::Annotation<'f>> {
    let source = Excerpt::new(at.text, &at.window);
    let annotations = labels.into_iter().map(|(index, label, span)| {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(source.offset(span.start)..source.offset(span.end));
        if label.text.is_empty() { annotation } else { annotation.label(message(&label.text)) }
    });
    let annotations: Vec<_> = annotations.collect();
    Snippet::source(source.text)
        .path(printable(at.name))
        .line_start(at.line)
        .fold(true)
        .annotations(annotations)
}

/// The position of a label, in lines and bytes.
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

impl Located<'_> {
    /// Whether both can be shown in one snippet.
    fn is_near(&self, other: &Self) -> bool {
        let length = self.window.end.max(other.window.end) - self.window.start.min(other.window.start);
        self.file == other.file
            && other.line <= self.last + 2
            && self.line <= other.last + 2
            && length <= MAX_WINDOW
    }
}

fn locate<'d>(label: &Label, files: &'d [Lines<'d>]) -> Option<Located<'d>> {
    let file = files.iter().position(|lines| lines.document.file == label.location.file)?;
    let (lines, document) = (&files[file], files[file].document);
    let span = document.span(&label.location);
    let line = lines.line(span.start);
    let (start, line_end) = lines.bounds(line);
    // what is wrong may be a carriage return at the end of its line, which is not shown
    let from = span.start.min(line_end);
    let end = floor(&document.text, span.end.min(line_end).min(from + MAX_SPAN).max(from));
    let window = narrow(&document.text, start..line_end, &(from..end));
    Some(Located {
        file,
        name: &document.name,
        text: &document.text,
        window,
        span: from..end,
        line: line + 1,
        last: line + 1,
    })
}

/// The part of a very long line around a problem.
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
