//! The path from the root to a cursor, on the stack.

use crate::diagnostics::Segment;

/// The path from the root to a cursor.
pub(super) enum Trail<'t> {
    Root,
    Key(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    /// The nearest key.
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Root => "",
            Self::Key(_, key) => key,
            Self::Index(parent, _) => parent.key(),
        }
    }

    pub(super) fn push_to(&self, segments: &mut Vec<Segment>) {
        match self {
            Self::Root => {}
            Self::Key(parent, key) => {
                parent.push_to(segments);
                segments.push(Segment::Key((*key).to_owned().into()));
            }
            Self::Index(parent, index) => {
                parent.push_to(segments);
                segments.push(Segment::Index(*index));
            }
        }
    }
}
