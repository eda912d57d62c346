//! From text to tree: the only code that uses the YAML parser, with `diagnosis` for its errors.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span as ParserSpan};

use super::diagnosis::{self, Diagnosis};
use super::node::{ScalarText, Span, narrow};
use super::nodes::{Half, Nodes};
use super::text::{decode_utf8, too_many_values};
use super::{Document, FileId, Focus, Location, Node, NodeId, NodeKind, Segment};
use super::{canonical, parallel_parse, whitespace};
use crate::diagnostics::bound::too_many;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, MAX_FINDINGS, Sink, rules};
use crate::inputs::{Source, max_values};

/// How deep collections may be nested, counted separately for block and flow style; the deepest key of a
/// catalog is at a tenth of it.
const MAX_DEPTH: usize = 64;

/// The same for manifests: the schemas of custom resource definitions are deep.
const MAX_MANIFEST_DEPTH: usize = 250;

pub(super) fn load(file: FileId, source: &Source, threads: NonZeroUsize, findings: &mut Sink) -> Document {
    let (text, readable) = decode_utf8(file, source, findings);
    let parser = if readable {
        let written_by_us = (file == FileId::LOCK).then(|| canonical::read(file, text)).flatten();
        written_by_us
            .or_else(|| parallel_parse::read(file, text, threads))
            .filter(|parse| !parse.is_too_large())
            .unwrap_or_else(|| Parse::read(file, text))
    } else {
        Parse { readable, ..Parse::new(file, text) }
    };
    let Parse { nodes, root, readable, wide, findings: mut found, .. } = parser;
    findings.append(&mut found);
    let document =
        Document { file, name: source.name.clone(), text: text.into(), nodes, root, readable, wide };
    findings.extend(whitespace::characters(file, text).take(MAX_FINDINGS + 1));
    findings.extend(whitespace::tabs(&document).take(MAX_FINDINGS + 1));
    document
}

/// Parses all documents of `source`, as Kubernetes does: tags and merge keys have the meaning of YAML 1.1,
/// and keys need not be text. The root is the list of the documents, so that the first segment of a location
/// is the number of its document.
pub(super) fn stream(file: FileId, source: &Source, findings: &mut Sink) -> Document {
    let (text, readable) = decode_utf8(file, source, findings);
    let mut parser = Parse { stream: Some(Vec::new()), readable, ..Parse::new(file, text) };
    if readable {
        parser.run();
    }
    let roots = parser.stream.take().unwrap_or_default();
    let root = parser.add(Span { start: 0, end: narrow(parser.text.len()) }, NodeKind::List(roots), 0);
    findings.append(&mut parser.findings);
    let Parse { text, nodes, readable, wide, .. } = parser;
    Document { file, name: source.name.clone(), text: text.into(), nodes, root: Some(root), readable, wide }
}

pub(super) fn plain(file: FileId, source: &Source, findings: &mut Sink) -> Document {
    let (text, readable) = decode_utf8(file, source, findings);
    Document {
        file,
        name: source.name.clone(),
        text: text.into(),
        nodes: Nodes::default(),
        root: None,
        readable,
        wide: BTreeMap::new(),
    }
}

/// How many nodes a file may have: the shortest item of a list takes four bytes. Growing would keep all nodes
/// in memory twice.
fn max_nodes(file: FileId, length: usize) -> usize {
    (length / 4).min(max_values(file.role())) + 1
}

/// A document that is being built.
pub(super) struct Parse<'a> {
    file: FileId,
    /// The text of the whole file.
    pub(super) text: &'a str,
    /// The part of the text that is read.
    part: Range<usize>,
    half: Half,
    pub(super) nodes: Nodes,
    /// The open collections, innermost last.
    open: Vec<Open>,
    pub(super) anchors: BTreeMap<usize, NodeId>,
    pub(super) root: Option<NodeId>,
    pub(super) readable: bool,
    pub(super) wide: BTreeMap<NodeId, Vec<u32>>,
    pub(super) documents: usize,
    pub(super) findings: Sink,
    /// The roots of all documents, if several are allowed.
    stream: Option<Vec<NodeId>>,
}

struct Open {
    node: NodeId,
    children: Children,
}

enum Children {
    List(Vec<NodeId>),
    Map(Vec<(NodeId, NodeId)>, Option<NodeId>),
}

impl<'a> Parse<'a> {
    pub(super) fn read(file: FileId, text: &'a str) -> Self {
        let mut parser = Self::new(file, text);
        parser.run();
        parser
    }

    /// Reads one half of a file, as if the other one were blank.
    pub(super) fn read_half(file: FileId, text: &'a str, half: Half, part: Range<usize>) -> Self {
        let mut parser = Self { part, half, ..Self::new(file, text) };
        parser.run();
        parser
    }

    fn new(file: FileId, text: &'a str) -> Self {
        Self {
            file,
            text,
            part: 0..text.len(),
            half: Half::First,
            nodes: Nodes::default(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            root: None,
            readable: true,
            wide: BTreeMap::new(),
            documents: 0,
            findings: Sink::new(),
            stream: None,
        }
    }

    /// A document that [`canonical`] builds.
    pub(super) fn canonical(file: FileId, text: &'a str) -> Self {
        let mut parser = Self::new(file, text);
        parser.nodes.reserve(Half::First, max_nodes(file, text.len()));
        parser
    }

    /// Adds a node that no alias can refer to.
    pub(super) fn push(&mut self, span: Span, kind: NodeKind) -> NodeId {
        self.add(span, kind, 0)
    }

    /// Whether a node is a placeholder for a value that follows: an empty list without an allocation.
    pub(super) fn is_placeholder(&self, node: NodeId) -> bool {
        let node = &self.nodes[node];
        node.span.start == node.span.end && matches!(&node.kind, NodeKind::List(items) if items.is_empty())
    }

    /// Replaces a placeholder by a collection; `None` if its keys are not in order.
    pub(super) fn fill(&mut self, node: NodeId, span: Span, kind: NodeKind) -> Option<()> {
        self.nodes[node] = Node { span, kind };
        self.check_keys(node);
        self.findings.is_empty().then_some(())
    }

    fn run(&mut self) {
        let mut options = Options::default();
        let deepest = if self.stream.is_some() { MAX_MANIFEST_DEPTH } else { MAX_DEPTH };
        options.flow_nesting_limit = deepest;
        options.block_nesting_limit = deepest;
        options.set_emit_comments(false);
        options.emit_anchor_events = true;
        let text = &self.text[self.part.clone()];
        self.nodes.reserve(self.half, max_nodes(self.file, text.len()));
        for event in Parser::new_from_str_with_options(text, options) {
            match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => return self.syntax(&error),
            }
            if self.is_too_large() {
                return self.refuse();
            }
            if self.documents > 1 && self.stream.is_none() {
                return;
            }
        }
    }

    /// Whether there are more values than a file of this role may hold.
    pub(super) fn is_too_large(&self) -> bool {
        self.nodes.len() > max_values(self.file.role())
    }

    /// Forgets what was read: what is wrong with a part of it would not be all.
    fn refuse(&mut self) {
        (self.root, self.nodes, self.open) = (None, Nodes::default(), Vec::new());
        self.stream.iter_mut().for_each(Vec::clear);
        self.wide.clear();
        self.findings = Sink::from_iter([too_many_values(self.file)]);
        self.readable = false;
    }

    pub(super) fn report(&mut self, finding: Finding) {
        match self.findings.len() {
            0..MAX_FINDINGS => self.findings.push(finding),
            MAX_FINDINGS => self.findings.push(too_many(self.file)),
            _ => {}
        }
    }

    fn event(&mut self, event: Event<'a>, span: ParserSpan) {
        let span = self.span(span);
        match event {
            Event::DocumentStart(..) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                // A tag `!!str`, for which quotes are clearer.
                let plain =
                    style == ScalarStyle::Plain && tag.as_ref().is_none_or(|tag| tag.suffix() != "str");
                self.refuse_tag(span, tag.is_some());
                let text = ScalarText::new(text, self.text);
                let node = self.add(span, NodeKind::Scalar { text, plain }, anchor);
                self.attach(node);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(span, tag.is_some());
                let node = self.add(span, NodeKind::List(Vec::new()), anchor);
                self.open.push(Open { node, children: Children::List(Vec::new()) });
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(span, tag.is_some());
                let node = self.add(span, NodeKind::Map(Vec::new()), anchor);
                self.open.push(Open { node, children: Children::Map(Vec::new(), None) });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Anchor(..) => self.refuse_anchor(span),
            Event::Alias(anchor) => self.alias(span, anchor),
            _ => {}
        }
    }

    /// The bytes of a span, without the blank lines that the parser includes at its end.
    fn span(&self, span: ParserSpan) -> Span {
        let range = span.byte_range().unwrap_or_default();
        let [start, end] = [range.start, range.end].map(|at| (self.part.start + at).min(self.part.end));
        let end = self.text.get(start..end).map_or(start, |text| start + text.trim_end().len());
        Span { start: narrow(start), end: narrow(end) }
    }

    fn document(&mut self, span: Span) {
        self.documents += 1;
        if self.documents > 1 && self.stream.is_none() {
            let finding = rules::MULTIPLE_DOCUMENTS
                .at(self.location(span), "the file contains more than one YAML document");
            let finding = finding
                .with_label("a second document begins here")
                .note("some parsers read only the first one, others the last");
            self.report(finding.help("keep everything in one document: remove the `---` line"));
        }
    }

    fn refuse_tag(&mut self, span: Span, tagged: bool) {
        if tagged && self.stream.is_none() {
            let finding = rules::YAML_TAG.at(self.location(span), "this value has a YAML tag");
            let finding = finding.note("YAML parsers disagree on the meaning of tags");
            self.report(
                finding.help(
                    "remove the word that begins with `!`; write text that looks like a number in quotes",
                ),
            );
        }
    }

    /// In YAML 1.2, an anchor may contain almost any character; PyYAML 6.0, libyaml 0.2 and Go end it at a
    /// colon.
    fn refuse_anchor(&mut self, span: Span) {
        let anchor = &self.text[span.range()];
        let mut name = anchor.trim_start_matches('&').chars();
        if !name.all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_')) {
            let finding = rules::AMBIGUOUS_SCALAR.at(
                self.location(span),
                format!("YAML parsers disagree on the name of the anchor `{}`", shorten(anchor)),
            );
            let finding = finding.note(
                "Helm and Kubernetes read YAML 1.1, where some characters end an anchor and begin a value",
            );
            self.report(finding.help("name it with letters, digits, dashes and underscores"));
        }
    }

    fn add(&mut self, span: Span, kind: NodeKind, anchor: usize) -> NodeId {
        let id = self.nodes.add(self.half, Node { span, kind });
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
        id
    }

    /// Adds a finished node to the collection around it.
    fn attach(&mut self, node: NodeId) {
        match self.open.last_mut().map(|open| &mut open.children) {
            None if self.stream.is_some() => self.stream.iter_mut().for_each(|roots| roots.push(node)),
            None => self.root = self.root.or(Some(node)),
            Some(Children::List(items)) => items.push(node),
            Some(Children::Map(pairs, key)) => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(node),
            },
        }
    }

    fn close(&mut self, span: Span) {
        let Some(Open { node, children }) = self.open.pop() else { return };
        let (kind, last) = match children {
            Children::List(items) => {
                let last = items.last().copied();
                (NodeKind::List(items), last)
            }
            Children::Map(pairs, _) => {
                let last = pairs.last().map(|(_, value)| *value);
                (NodeKind::Map(pairs), last)
            }
        };
        // The parser ends a block collection where the next token begins; the end of its last child is exact.
        let flow = self.text[..span.end as usize].ends_with(['}', ']']) && span.end > span.start;
        let end = match last {
            Some(last) if !flow => self.nodes[last].span.end,
            _ => span.end,
        };
        let this = &mut self.nodes[node];
        this.span.end = end.max(this.span.start);
        this.kind = kind;
        if self.stream.is_none() {
            self.check_keys(node);
        }
        self.attach(node);
    }

    fn alias(&mut self, span: Span, anchor: usize) {
        let target = self.anchors.get(&anchor).copied();
        let around = self.open.iter().any(|open| Some(open.node) == target);
        let node = match target {
            Some(target) if !around => self.add(span, NodeKind::Alias(target), 0),
            _ => {
                let finding = rules::ALIAS_CYCLE
                    .at(self.location(span), "this alias is inside the value that it refers to");
                self.report(
                    finding.note("the value would be infinite").help("write the value without an alias"),
                );
                self.add(span, NodeKind::Scalar { text: ScalarText::Copy("".into()), plain: true }, 0)
            }
        };
        self.attach(node);
    }

    fn syntax(&mut self, error: &ScanError) {
        let at = (self.part.start + error.marker().byte_offset().unwrap_or_default()).min(self.part.end);
        let Diagnosis { start, end, label, help } = diagnosis::diagnose(self.text, at, error);
        let finding = rules::YAML_SYNTAX.at(Location::bytes(self.file, start, end), "this is not YAML");
        self.report(finding.with_label(label).note("nothing after this could be read").help_some(help));
        self.readable = false;
        // what was read may end in the middle of a value
        self.root = None;
    }

    pub(super) fn location(&self, span: Span) -> Location {
        Location {
            file: self.file,
            segments: Vec::<Segment>::new(),
            focus: Focus::Bytes(span.start as usize, span.end as usize),
        }
    }
}
