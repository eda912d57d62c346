//! A path into the catalog that does not change when items are inserted above it.

use std::fmt::Write;

use super::{Document, FileId, Location, NodeId, NodeKind, Segment};

/// The key that identifies the items of a list, by the key of the list; the catalog itself has none.
const IDENTITIES: [(Option<&str>, &str); 3] =
    [(None, "namespace"), (Some("applications"), "applicationCode"), (Some("routes"), "host")];

impl Document {
    /// The path of `location`. Entries, applications and routes are identified by namespace, code and host
    /// instead of their indexes, if they have them.
    pub(crate) fn stable_path(&self, location: &Location) -> String {
        let mut path = String::new();
        let mut node = self.root;
        // The key of the list; none for the catalog itself, and an empty one for a list in a list.
        let mut list = None;
        for segment in &location.segments {
            let item = node.and_then(|node| self.segment(self.follow(node), segment)).map(|(_, item)| item);
            let _ = match segment {
                Segment::Key(key) => write!(path, ".{key}"),
                Segment::Index(index) => match item.and_then(|item| self.identity(list, item)) {
                    // Quoted, so that no name is read as the index of another item.
                    Some(name) => write!(path, "[{name:?}]"),
                    None => write!(path, "[{index}]"),
                },
            };
            list = match segment {
                Segment::Key(key) => Some(key.as_str()),
                Segment::Index(_) => Some(""),
            };
            node = item;
        }
        path
    }

    /// The text that identifies an item of the list `list`.
    fn identity(&self, list: Option<&str>, item: NodeId) -> Option<&str> {
        let (_, key) =
            IDENTITIES.iter().find(|(known, _)| self.file == FileId::APPLICATIONS && *known == list)?;
        let item = self.follow(item);
        let NodeKind::Map(pairs) = &self.node(item).kind else { return None };
        let (_, value) = self.find(item, pairs, key)?;
        Some(self.text(value)).filter(|text| !text.is_empty())
    }
}
