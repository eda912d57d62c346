//! Characters that are a line break or indentation for some YAML parsers, and not for others.

use std::ops::Range;

use super::{Document, FileId, Location, Node, NodeKind};
use crate::diagnostics::{Finding, rules};

/// Next line, line separator, paragraph separator: line breaks in YAML 1.1, ordinary characters in YAML 1.2.
const LINE_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Line breaks of YAML 1.1 only, and byte order marks after the beginning of the file. In a comment such a
/// line break hides a key: it ends the comment for PyYAML 6.0 and for Go (sigs.k8s.io/yaml 1.6).
pub(super) fn characters(file: FileId, text: &str) -> impl Iterator<Item = Finding> {
    let searched = if text.is_ascii() { "" } else { text };
    let odd = move |char: char| LINE_BREAKS.contains(&char) || char == BYTE_ORDER_MARK;
    let found =
        searched.match_indices(odd).filter(|(at, found)| *at > 0 || !found.starts_with(BYTE_ORDER_MARK));
    found.map(move |(at, found)| {
        let location = Location::bytes(file, at, at + found.len());
        if found.starts_with(BYTE_ORDER_MARK) {
            byte_order_mark(location)
        } else {
            line_break(location, found)
        }
    })
}

fn line_break(location: Location, found: &str) -> Finding {
    let finding = rules::AMBIGUOUS_WHITESPACE
        .at(location, format!("`{}` is a line break for some YAML parsers only", found.escape_unicode()));
    let finding =
        finding.note("Helm and Kubernetes read YAML 1.1: for them the text after it in a comment is a key");
    finding.help(format!("end the line, or write `\"{}\"` in a text in double quotes", escape(found)))
}

fn byte_order_mark(location: Location) -> Finding {
    let finding = rules::AMBIGUOUS_WHITESPACE.at(location, "there is a byte order mark within the file");
    let finding = finding.note("some YAML parsers ignore it, for others it is part of the text");
    finding.help("remove it, or write `\"\\uFEFF\"` in a text in double quotes")
}

/// The escape of the line break in YAML.
fn escape(found: &str) -> &'static str {
    match found {
        "\u{85}" => "\\N",
        "\u{2028}" => "\\L",
        _ => "\\P",
    }
}

/// Tabs where only spaces are allowed, the first of each line: PyYAML 6.0 and libyaml 0.2 refuse most of
/// them.
pub(super) fn tabs(document: &Document) -> impl Iterator<Item = Finding> {
    let has_tabs = document.readable && document.text.contains('\t');
    let text = if has_tabs { &document.text } else { "" };
    let (mut start, mut covered) = (0, 0);
    text.split_inclusive('\n').filter_map(move |line| {
        let end = start + line.len();
        let found = structural_tab(document, start..end, &mut covered);
        start = end;
        let finding = rules::AMBIGUOUS_WHITESPACE.at(
            Location::bytes(document.file, found?, found? + 1),
            "there is a tab where YAML requires spaces",
        );
        Some(finding.note("some YAML parsers fail here, others read a space").help("write spaces"))
    })
}

/// The first tab of a line that indents or separates, and is not part of text or of a comment or at the end
/// of the line. Everything before `covered` is known to be text.
fn structural_tab(document: &Document, line: Range<usize>, covered: &mut usize) -> Option<usize> {
    let text = &document.text[..line.end];
    let indentation =
        line.start + text[line.start..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let mut from = line.start.max(*covered);
    loop {
        let at = from + text.get(from..)?.find('\t')?;
        let leading = at < indentation;
        let node = document.nodes.last_before(at);
        let end = node.map_or(0, |node| end_of_text(&document.text, node));
        let plain = node.is_some_and(|node| matches!(node.kind, NodeKind::Scalar { plain: true, .. }));
        if at >= end || plain && leading {
            let rest = text[at..].trim();
            let comment =
                text[line.start.max(end.min(at))..at].contains('#') || !leading && rest.starts_with('#');
            return (!comment && (leading || !rest.is_empty())).then_some(at);
        }
        // a plain scalar may continue after the indentation of the next line
        *covered = if plain { end.min(line.end) } else { end };
        from = *covered;
    }
}

/// The end of a scalar, with the blank lines after one that may be a block scalar. A collection has no text
/// itself.
fn end_of_text(text: &str, node: &Node) -> usize {
    let span = node.span.range();
    match node.kind {
        NodeKind::Scalar { plain: false, .. } => {
            let next = text[span.end..]
                .find(|char: char| !char.is_ascii_whitespace())
                .map_or(text.len(), |next| span.end + next);
            text[..next].rfind('\n').map_or(next, |newline| newline + 1).max(span.end)
        }
        NodeKind::Scalar { .. } | NodeKind::Alias(_) => span.end,
        NodeKind::List(_) | NodeKind::Map(_) => span.start,
    }
}

#[cfg(test)]
mod tests {
    use super::{characters, tabs};
    use crate::diagnostics::{FileId, Sink};
    use crate::inputs::Source;
    use crate::syntax::Document;

    fn columns(text: &str) -> Vec<usize> {
        let source = Source::new("test.yml", text);
        let document = Document::load(FileId::APPLICATIONS, &source, &mut Sink::new());
        tabs(&document).map(|finding| document.span(finding.location()).start).collect()
    }

    #[test]
    fn tabs_that_indent_or_separate_are_found() {
        for (text, at) in [
            ("a:\n  \tb\n", 5),
            ("a: b\n  \tc\n", 7),
            ("a:\tb\n", 2),
            ("a: b\n\t# c\n", 5),
            ("a: b\n\t\nc: d\n", 5),
            ("a: [b,\tc]\n", 6),
        ] {
            assert_eq!(columns(text), [at], "{text:?}");
        }
    }

    #[test]
    fn tabs_in_texts_and_comments_and_at_the_end_are_not() {
        let fine = [
            "a: b\tc\n",
            "a: 'b\tc'\n",
            "a: \"b\n  \tc\"\n",
            "a: |\n  b\n  \tc\n",
            "a: |\n  b\n  \t\n",
            "a: |\n  \t\n  b\n",
            "a: |\n\n   \tb\n",
            "a: b\t\n",
            "a: b #\tc\n",
            "a: b\t# c\n",
        ];
        for text in fine {
            assert_eq!(columns(text), Vec::<usize>::new(), "{text:?}");
        }
    }

    #[test]
    fn characters_are_found_wherever_they_stand() {
        let text = "\u{FEFF}# a\u{2028}b: c\nd: 'e\u{85}f\u{2029}'\n\u{A0}\u{FEFF}";
        assert_eq!(characters(FileId::APPLICATIONS, text).count(), 4);
    }
}
