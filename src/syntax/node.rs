//! The tree of a document: nodes by number, which refer to the text instead of holding copies of it.

use std::borrow::Cow;
use std::ops::Range;

/// One node of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(super) u32);

#[derive(Debug)]
pub(crate) struct Node {
    pub(super) span: Span,
    pub(super) kind: NodeKind,
}

#[derive(Debug)]
pub(crate) enum NodeKind {
    Scalar { text: ScalarText, plain: bool },
    List(Vec<NodeId>),
    Map(Vec<(NodeId, NodeId)>),
    Alias(NodeId),
}

/// A range of bytes, half the size of `Range<usize>`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The text of a scalar: a part of the file or, if quotes, escapes or line breaks changed it, a copy.
#[derive(Debug)]
pub(crate) enum ScalarText {
    Part(Span),
    Copy(Box<str>),
}

impl ScalarText {
    /// `text`, which may be a part of `file`.
    pub(super) fn new(text: Cow<'_, str>, file: &str) -> Self {
        match text {
            Cow::Borrowed(text) => part_of(file, text).map_or_else(|| Self::Copy(text.into()), Self::Part),
            Cow::Owned(text) => Self::Copy(text.into()),
        }
    }

    /// The text, given that of the file.
    pub(super) fn of<'t>(&'t self, file: &'t str) -> &'t str {
        match self {
            Self::Part(span) => file.get(span.range()).unwrap_or_default(),
            Self::Copy(text) => text,
        }
    }

    /// The length in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Part(span) => span.range().len(),
            Self::Copy(text) => text.len(),
        }
    }
}

/// The range of `part` in `text`, if it lies in it.
fn part_of(text: &str, part: &str) -> Option<Span> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let end = start + part.len();
    text.get(start..end)?;
    Some(Span { start: narrow(start), end: narrow(end) })
}

pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::ScalarText;

    #[test]
    fn parts_of_the_file_are_not_copied() {
        let file = "name: a text".to_owned();
        let part = ScalarText::new(Cow::Borrowed(&file[6..7]), &file);
        assert!(matches!(part, ScalarText::Part(_)));
        assert_eq!(part.of(&file), "a");
        for other in ["a", ""] {
            let other = ScalarText::new(Cow::Borrowed(other), &file);
            assert_eq!(other.of(&file).len(), other.len());
        }
        let copy = ScalarText::new(Cow::Owned("a text".into()), &file);
        assert!(matches!(copy, ScalarText::Copy(_)));
        assert_eq!(copy.of(&file), "a text");
    }
}
