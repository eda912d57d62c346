//! Reads a file of wharf's own emitter without a YAML parser: the lock of a large catalog is longer than the
//! catalog. It accepts block mappings and block lists of scalars that are plain, if all parsers agree on
//! them, or in single quotes, and returns the tree that the parser would return. At the first other line it
//! stops, and the file is parsed like every other one.

use std::borrow::Cow;

use super::is_plain;
use super::node::{ScalarText, Span, narrow};
use super::parser::Parse;
use super::{FileId, NodeId, NodeKind};

/// The tree of `text`, if all of it is in the form that the emitter writes.
pub(super) fn read(file: FileId, text: &str) -> Option<Parse<'_>> {
    let mut reader = Reader { parser: Parse::canonical(file, text), open: Vec::new(), at: 0 };
    for line in text.split_inclusive('\n') {
        reader.line(line.strip_suffix('\n')?)?;
        reader.at += line.len();
    }
    reader.end()
}

/// An open collection.
struct Open {
    /// The indentation of its items.
    indent: usize,
    /// The collection; `None` as long as it is not known what follows a key.
    kind: Kind,
    start: usize,
    node: NodeId,
}

enum Kind {
    Map(Vec<(NodeId, NodeId)>),
    List(Vec<NodeId>),
}

struct Reader<'a> {
    parser: Parse<'a>,
    /// The open collections, innermost last; each but the first is the value of the last key of the one
    /// before.
    open: Vec<Open>,
    /// Where the line begins.
    at: usize,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) -> Option<()> {
        if self.parser.is_too_large() {
            return None;
        }
        if line.starts_with('#') && self.open.is_empty() {
            return Some(());
        }
        let body = line.trim_start_matches(' ');
        let indent = line.len() - body.len();
        if body.is_empty() || body.ends_with(' ') {
            return None;
        }
        match body.strip_prefix("- ") {
            Some(item) => {
                self.begin(indent, false)?;
                let node = self.value(item, indent + 2)?;
                match &mut self.open.last_mut()?.kind {
                    Kind::List(items) => items.push(node),
                    Kind::Map(_) => return None,
                }
            }
            None => self.pair(body, indent)?,
        }
        Some(())
    }

    fn pair(&mut self, body: &'a str, indent: usize) -> Option<()> {
        self.begin(indent, true)?;
        let (name, rest) = key(body)?;
        let key = self.value(name, indent)?;
        let value = match rest {
            // The value is on the next lines; until then a placeholder.
            "" => self.parser.push(span(self.at + indent, 0), NodeKind::List(Vec::new())),
            _ => self.value(rest.strip_prefix(' ')?, indent + body.len() - rest.len() + 1)?,
        };
        match &mut self.open.last_mut()?.kind {
            Kind::Map(pairs) => pairs.push((key, value)),
            Kind::List(_) => return None,
        }
        Some(())
    }

    /// Closes the collections with a deeper indentation, and opens one if this is its first line.
    fn begin(&mut self, indent: usize, map: bool) -> Option<()> {
        while self.open.last().is_some_and(|open| open.indent > indent) {
            self.close()?;
        }
        let inner = self.open.last().map(|open| open.indent);
        if inner == Some(indent) {
            return Some(());
        }
        let node = match self.open.last() {
            None if indent == 0 => self.parser.push(span(self.at, 0), NodeKind::List(Vec::new())),
            Some(Open { kind: Kind::Map(pairs), indent: outer, .. }) if indent == outer + 2 => {
                let value = pairs.last()?.1;
                self.parser.is_placeholder(value).then_some(value)?
            }
            _ => return None,
        };
        let kind = if map { Kind::Map(Vec::new()) } else { Kind::List(Vec::new()) };
        self.open.push(Open { indent, kind, start: self.at + indent, node });
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        let Open { kind, start, node, .. } = self.open.pop()?;
        let last = match &kind {
            Kind::Map(pairs) => pairs.last()?.1,
            Kind::List(items) => *items.last()?,
        };
        // A key without a value is null, which the emitter never writes like this.
        (!self.parser.is_placeholder(last)).then_some(())?;
        let end = self.parser.nodes[last].span.end as usize;
        let kind = match kind {
            Kind::Map(pairs) => NodeKind::Map(pairs),
            Kind::List(items) => NodeKind::List(items),
        };
        self.parser.fill(node, span(start, end - start), kind)
    }

    fn value(&mut self, text: &'a str, column: usize) -> Option<NodeId> {
        let span = span(self.at + column, text.len());
        let kind = match text {
            "[]" => NodeKind::List(Vec::new()),
            "{}" => NodeKind::Map(Vec::new()),
            _ => scalar(text, self.parser.text)?,
        };
        Some(self.parser.push(span, kind))
    }

    fn end(mut self) -> Option<Parse<'a>> {
        while !self.open.is_empty() {
            self.close()?;
        }
        self.parser.root = (self.parser.nodes.len() > 0).then_some(NodeId(0));
        self.parser.root.is_some().then_some(self.parser)
    }
}

fn span(start: usize, length: usize) -> Span {
    Span { start: narrow(start), end: narrow(start + length) }
}

/// The key of a line, as it is written, and the text after its colon.
pub(crate) fn key(body: &str) -> Option<(&str, &str)> {
    if body.starts_with('\'') {
        let end = quoted(body)?;
        return Some((&body[..end], body[end..].strip_prefix(':')?));
    }
    match body.as_bytes().windows(2).position(|pair| pair == b": ") {
        Some(end) => Some((&body[..end], &body[end + 1..])),
        None => Some((body.strip_suffix(':')?, "")),
    }
}

/// The end of the single-quoted text that the line begins with.
fn quoted(text: &str) -> Option<usize> {
    let mut rest = 1;
    loop {
        rest += text[rest..].find('\'')? + 1;
        if !text[rest..].starts_with('\'') {
            return Some(rest);
        }
        rest += 1;
    }
}

fn scalar(text: &str, file: &str) -> Option<NodeKind> {
    if text.starts_with('\'') {
        return Some(NodeKind::Scalar { text: ScalarText::new(unquoted(text)?, file), plain: false });
    }
    let digits = text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    (digits || text == "true" || is_plain(text))
        .then(|| NodeKind::Scalar { text: ScalarText::new(Cow::Borrowed(text), file), plain: true })
}

/// The text that a scalar means, if it is one of the emitter and no number or boolean.
pub(crate) fn text(scalar: &str) -> Option<Cow<'_, str>> {
    if scalar.starts_with('\'') {
        unquoted(scalar)
    } else {
        is_plain(scalar).then_some(Cow::Borrowed(scalar))
    }
}

/// The text in single quotes.
fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'').filter(|_| quoted(text) == Some(text.len()))?;
    Some(if inner.contains("''") { Cow::Owned(inner.replace("''", "'")) } else { Cow::Borrowed(inner) })
}

#[cfg(test)]
mod tests {
    use super::super::{Document, FileId, NodeKind, parser::Parse};
    use super::read;

    /// Every node with its span, as text.
    fn shape(parser: &Parse<'_>) -> String {
        let mut lines = Vec::new();
        let mut waiting: Vec<_> = parser.root.into_iter().collect();
        while let Some(id) = waiting.pop() {
            let node = &parser.nodes[id];
            let kind = match &node.kind {
                NodeKind::Scalar { text, plain } => format!("{:?} {plain}", text.of(parser.text)),
                NodeKind::List(items) => format!("list of {}", items.len()),
                NodeKind::Map(pairs) => format!("map of {}", pairs.len()),
                NodeKind::Alias(_) => "alias".into(),
            };
            lines.push(format!("{:?} {kind}", node.span.range()));
            match &node.kind {
                NodeKind::List(items) => waiting.extend(items),
                NodeKind::Map(pairs) => waiting.extend(pairs.iter().flat_map(|(key, value)| [key, value])),
                _ => {}
            }
        }
        lines.join("\n")
    }

    #[test]
    fn the_tree_is_the_one_that_the_parser_gives() {
        let text = "# made\nversion: 1\na:\n  'b: c': 'it''s'\n  d/e:f: []\n  g:\n    - h i\n    - \
            '8'\n  j:\n    k: true\n    l: {}\nm: 80/TCP to 8080\n";
        let canonical = read(FileId::LOCK, text).expect("it is canonical");
        assert_eq!(shape(&canonical), shape(&Parse::read(FileId::LOCK, text)));
        assert!(
            Document::load(
                FileId::LOCK,
                &crate::inputs::Source::new("l", text),
                &mut crate::diagnostics::Sink::new()
            )
            .readable
        );
    }

    #[test]
    fn a_wrong_byte_never_makes_another_tree() {
        let text = "# made\na:\n  'b: c': 'it''s'\n  d:\n    - e f\n    - '8'\n  g: true\nh: 80/TCP to 8\n";
        let mut taken = 0;
        for at in 0..text.len() {
            for byte in "\n :-'#x8{[&*|".bytes() {
                let mut typo = text.as_bytes().to_vec();
                typo[at] = byte;
                let typo = String::from_utf8(typo).unwrap_or_default();
                let Some(canonical) = read(FileId::LOCK, &typo) else { continue };
                let parsed = Parse::read(FileId::LOCK, &typo);
                assert!(parsed.readable && parsed.findings.is_empty(), "{typo}");
                assert_eq!(shape(&canonical), shape(&parsed), "{typo}");
                taken += 1;
            }
        }
        assert!(taken > 100, "{taken} typos are still canonical");
    }

    #[test]
    fn anything_else_is_left_to_the_parser() {
        for text in [
            "",
            "a",
            "a:\n",
            "a: b",
            "a: b # c\n",
            "a: &b c\n",
            "a: |\n  b\n",
            "a: \"b\"\n",
            "- - a\n",
            "- a: b\n",
            "a:\n    b: c\n",
            "a:\n- b\n",
            "\ta: b\n",
            "a: no\n",
            "a: 012\n",
            "a: b \n",
            "a: 'b\n",
            "a: 'b' c\n",
            "a: {b: c}\n",
            "--- a\n",
            "a:\n  b: c\n  - d\n",
            "a: b\n\nc: d\n",
            "<<<<<<< HEAD\n",
            "a: b\n# c\n",
            "a:\n  b: c\n e: f\n",
            "a: b\r\n",
            "a: b: c\n",
        ] {
            assert!(read(FileId::LOCK, text).is_none(), "{text:?}");
        }
    }
}
