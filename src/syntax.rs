//! A YAML file as a tree of values with their locations. No other module parses YAML.

mod ambiguity;
mod canonical;
mod decode;
mod diagnosis;
mod excerpt;
mod keys;
mod manifest;
mod node;
mod nodes;
mod parallel_parse;
mod parser;
mod plain;
mod scalar;
mod source_map;
mod stable_path;
mod text;
mod variables;
mod whitespace;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;

pub use ambiguity::is_ambiguous;
use ambiguity::is_date;
pub(crate) use canonical::{key as canonical_key, text as canonical_text};
pub use decode::{decode, decode_items};
pub(crate) use excerpt::Excerpt;
pub(crate) use manifest::duplicate_keys;
pub use manifest::{ManifestReader, Unbounded};
pub(crate) use node::{Node, NodeId, NodeKind};
use nodes::Nodes;
pub use plain::is_plain;
pub use scalar::Scalar;
pub use source_map::SourceMap;
pub(crate) use text::too_large;

use crate::diagnostics::{FileId, Focus, Location, Segment, Sink};
use crate::inputs::Source;

/// A parsed file. Parsing never fails: errors become findings, and the tree contains what could be read.
#[derive(Debug)]
pub struct Document {
    /// The id of the file.
    pub file: FileId,
    /// The name to show in findings.
    pub name: String,
    /// The text up to the first byte that is not UTF-8.
    pub text: String,
    nodes: Nodes,
    root: Option<NodeId>,
    /// Whether all of the text is valid YAML; otherwise the tree contains almost nothing.
    readable: bool,
    /// The pairs of each large mapping by number, in the order of their keys.
    wide: BTreeMap<NodeId, Vec<u32>>,
}

impl Document {
    /// Parses `source`, and adds a finding for each error of its YAML.
    pub fn load(file: FileId, source: &Source, findings: &mut Sink) -> Self {
        parser::load(file, source, NonZeroUsize::MIN, findings)
    }

    /// The same on several threads, for a file that may be long.
    pub fn load_parallel(file: FileId, source: &Source, threads: NonZeroUsize, findings: &mut Sink) -> Self {
        parser::load(file, source, threads, findings)
    }

    /// Reads a stream of manifests: the root is the list of its documents.
    pub fn stream(file: FileId, source: &Source, findings: &mut Sink) -> Self {
        parser::stream(file, source, findings)
    }

    /// A document of a text that is not YAML.
    pub fn plain(file: FileId, source: &Source, findings: &mut Sink) -> Self {
        parser::plain(file, source, findings)
    }

    /// The plain scalars with their ranges.
    pub(crate) fn plain_scalars(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        self.nodes.iter().filter_map(|node| match &node.kind {
            NodeKind::Scalar { text, plain: true } => Some((text.of(&self.text), node.span.range())),
            _ => None,
        })
    }

    /// The offsets of `starts`, which are in order, that are not within a scalar: there, `#` begins a
    /// comment.
    pub(crate) fn comments(&self, mut starts: Vec<usize>) -> Vec<usize> {
        if starts.is_empty() || !self.readable {
            return Vec::new();
        }
        let is_scalar = |node: &&Node| matches!(node.kind, NodeKind::Scalar { .. });
        let mut scalars: Vec<_> = self.nodes.iter().filter(is_scalar).map(|node| node.span).collect();
        scalars.sort_by_key(|span| span.start);
        starts.retain(|start| {
            let before = scalars.partition_point(|span| span.start as usize <= *start);
            let last = before.checked_sub(1).and_then(|last| scalars.get(last));
            last.is_none_or(|span| !span.range().contains(start))
        });
        starts
    }

    /// The bytes of the text that `location` points at: the nearest part that exists.
    pub fn span(&self, location: &Location) -> Range<usize> {
        self.locate(location).unwrap_or_else(|nearest| nearest)
    }

    /// Whether the file has this location.
    pub fn contains(&self, location: &Location) -> bool {
        self.locate(location).is_ok_and(|range| self.text.get(range).is_some())
    }

    /// The bytes that `location` points at, or else the nearest part that exists.
    fn locate(&self, location: &Location) -> Result<Range<usize>, Range<usize>> {
        if let Focus::Bytes(start, end) = location.focus {
            return Ok(start..end);
        }
        let Some(mut node) = self.root else {
            return if location.segments.is_empty() { Ok(0..0) } else { Err(0..0) };
        };
        let mut key = None;
        for segment in &location.segments {
            match self.segment(self.follow(node), segment) {
                Some((at, value)) => (key, node) = (at, value),
                None => return Err(self.head(node)),
            }
        }
        match (location.focus, key) {
            (Focus::Key, Some(key)) => Ok(self.node(key).span.range()),
            (Focus::Key, None) => Err(self.head(node)),
            _ => Ok(self.head(node)),
        }
    }

    /// The innermost mapping or list around `offset`.
    pub fn around(&self, offset: usize) -> Location {
        let mut location = Location::root(self.file);
        let mut next = self.root;
        while let Some(node) = next {
            let holds = |id: NodeId| self.node(id).span.range().contains(&offset);
            let before = |id: NodeId| self.node(id).span.range().start <= offset;
            // children are in text order
            next = match &self.node(node).kind {
                NodeKind::Map(pairs) => {
                    let last = pairs.partition_point(|(_, value)| before(*value)).checked_sub(1);
                    last.map(|last| pairs[last]).filter(|(_, value)| holds(*value)).map(|(key, value)| {
                        location = location.key(self.text(key).to_owned());
                        value
                    })
                }
                NodeKind::List(items) => {
                    let last = items.partition_point(|item| before(*item)).checked_sub(1);
                    last.filter(|last| holds(items[*last])).map(|last| {
                        location = location.index(last);
                        items[last]
                    })
                }
                NodeKind::Scalar { .. } | NodeKind::Alias(_) => None,
            };
        }
        location
    }

    /// The number of values, keys included.
    pub(crate) fn size(&self) -> usize {
        self.nodes.len()
    }

    /// The number of items of the root, if it is a list.
    pub fn root_items(&self) -> usize {
        match self.root.map(|root| &self.node(root).kind) {
            Some(NodeKind::List(items)) => items.len(),
            _ => 0,
        }
    }

    fn segment(&self, node: NodeId, segment: &Segment) -> Option<(Option<NodeId>, NodeId)> {
        match (&self.node(node).kind, segment) {
            (NodeKind::Map(pairs), Segment::Key(name)) => {
                self.find(node, pairs, name).map(|(key, value)| (Some(key), value))
            }
            (NodeKind::List(items), Segment::Index(index)) => items.get(*index).map(|item| (None, *item)),
            _ => None,
        }
    }

    /// The first pair of a mapping with this key.
    fn find(&self, node: NodeId, pairs: &[(NodeId, NodeId)], name: &str) -> Option<(NodeId, NodeId)> {
        let found = match self.wide.get(&node) {
            None => pairs.iter().find(|(key, _)| self.key(*key) == name),
            Some(order) => {
                let at = order.partition_point(|index| self.key(pairs[*index as usize].0) < name);
                order.get(at).map(|index| &pairs[*index as usize]).filter(|(key, _)| self.key(*key) == name)
            }
        };
        found.copied()
    }

    /// What to underline for a node: a scalar or a one-line collection, or the first key or item of a longer
    /// one.
    fn head(&self, node: NodeId) -> Range<usize> {
        let span = self.node(node).span.range();
        if !self.text[span.clone()].contains('\n') {
            return span;
        }
        match &self.node(node).kind {
            NodeKind::Map(pairs) => pairs.first().map_or(span, |(key, _)| self.head(*key)),
            NodeKind::List(items) => items.first().map_or(span, |item| self.head(*item)),
            NodeKind::Scalar { .. } | NodeKind::Alias(_) => {
                let line = self.text[span.clone()].find('\n').unwrap_or(span.len());
                span.start..span.start + line
            }
        }
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// The node that an alias refers to.
    fn follow(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            NodeKind::Alias(target) => target,
            _ => id,
        }
    }

    /// The text of a scalar, or `None`.
    fn text(&self, id: NodeId) -> &str {
        match &self.node(self.follow(id)).kind {
            NodeKind::Scalar { text, .. } => text.of(&self.text),
            _ => "",
        }
    }

    /// The text of a key; empty for one that is not a scalar, which the parser has reported.
    fn key(&self, id: NodeId) -> &str {
        match &self.node(id).kind {
            NodeKind::Scalar { text, .. } => text.of(&self.text),
            _ => "",
        }
    }

    fn scalar(&self, id: NodeId) -> Option<Scalar<'_>> {
        match &self.node(id).kind {
            NodeKind::Scalar { text, plain: true } => Some(Scalar::plain(text.of(&self.text))),
            NodeKind::Scalar { text, .. } => Some(Scalar::Text(text.of(&self.text))),
            _ => None,
        }
    }
}
