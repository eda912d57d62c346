//! The value at a location, for messages that quote it.

use super::{Document, Focus, Location, NodeId, NodeKind};

/// The source text of a value, as far as messages quote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excerpt<'d> {
    /// A scalar on its line; empty if nothing is written.
    Scalar(&'d str),
    /// A block scalar, after `|` or `>`.
    Block,
    /// A list, whether it has brackets, and the first pair of its first item, if that is a mapping.
    List(bool, Option<Pair<'d>>),
    /// A mapping, with its first pair.
    Mapping(&'d str, Option<Pair<'d>>),
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair<'d> {
    /// The key.
    pub(crate) key: &'d str,
    /// The part of the line that contains both.
    pub(crate) line: &'d str,
    /// Whether the value is a list.
    pub(crate) is_list: bool,
}

impl Document {
    /// The value at `place`; `None` if the location does not resolve.
    pub(crate) fn excerpt(&self, location: &Location) -> Option<Excerpt<'_>> {
        if matches!(location.focus, Focus::Bytes(..)) {
            return None;
        }
        let node = location.segments.iter().try_fold(self.root?, |node, segment| {
            self.segment(self.follow(node), segment).map(|(_, value)| value)
        })?;
        let source = self.text.get(self.node(node).span.range()).unwrap_or_default();
        Some(match &self.node(node).kind {
            NodeKind::List(items) => {
                Excerpt::List(source.starts_with('['), items.first().and_then(|item| self.first_pair(*item)))
            }
            NodeKind::Map(_) => Excerpt::Mapping(source, self.first_pair(node)),
            NodeKind::Scalar { plain: false, .. } if !source.starts_with(['"', '\'']) => Excerpt::Block,
            NodeKind::Scalar { .. } | NodeKind::Alias(_) => Excerpt::Scalar(source),
        })
    }

    /// The text of the scalar at a location, with its variables resolved.
    pub(crate) fn text_at(&self, location: &Location) -> Option<&str> {
        let node = location.segments.iter().try_fold(self.root?, |node, segment| {
            self.segment(self.follow(node), segment).map(|(_, value)| value)
        })?;
        Some(self.text(node))
    }

    fn first_pair(&self, node: NodeId) -> Option<Pair<'_>> {
        let NodeKind::Map(pairs) = &self.node(node).kind else { return None };
        let (key, value) = pairs.first()?;
        let (start, end) = (self.node(*key).span.start as usize, self.node(*value).span.end as usize);
        let line = self.text.get(start..end.max(start))?.lines().next().unwrap_or_default().trim_end();
        Some(Pair { key: self.key(*key), line, is_list: matches!(self.node(*value).kind, NodeKind::List(_)) })
    }
}
