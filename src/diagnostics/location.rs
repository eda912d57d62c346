//! Locations: keys and indexes into a document. They become bytes only when a finding is drawn.

use std::fmt;

use super::FileId;
use crate::value::Text;

/// One segment of a path into a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// Into the value of a key.
    Key(Text),
    /// Into an item of a list, counted from 0.
    Index(usize),
}

/// Which part of a location is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Focus {
    /// The value.
    #[default]
    Value,
    /// The key of the last segment.
    Key,
    /// Bytes of the file, where the text is not valid YAML.
    Bytes(usize, usize),
}

/// A location in one of the input files.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// The path from the root of the document.
    pub segments: Vec<Segment>,
    /// Which part of it is meant.
    pub focus: Focus,
}

impl Location {
    /// The root of a file.
    pub fn root(file: FileId) -> Self {
        Self { file, ..Self::default() }
    }

    /// Bytes of a file.
    pub fn bytes(file: FileId, start: usize, end: usize) -> Self {
        Self { file, segments: Vec::new(), focus: Focus::Bytes(start, end) }
    }

    /// The value of `key` below this location.
    pub fn key(&self, key: impl Into<Text>) -> Self {
        self.down(Segment::Key(key.into()))
    }

    /// The item `index` below this location.
    pub fn index(&self, index: usize) -> Self {
        self.down(Segment::Index(index))
    }

    /// The key itself, instead of its value.
    pub fn itself(mut self) -> Self {
        self.focus = Focus::Key;
        self
    }

    /// The approximate size of the path in bytes.
    pub(crate) fn size(&self) -> usize {
        let segment = |segment: &Segment| match segment {
            Segment::Key(key) => key.len() + size_of::<Segment>(),
            Segment::Index(_) => size_of::<Segment>(),
        };
        self.segments.iter().map(segment).sum()
    }

    fn down(&self, segment: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.segments.len() + 1);
        segments.extend_from_slice(&self.segments);
        segments.push(segment);
        Self { file: self.file, segments, focus: Focus::Value }
    }

    /// The location that contains this one; the root contains itself.
    pub fn parent(&self) -> Self {
        let above = &self.segments[..self.segments.len().saturating_sub(1)];
        Self { file: self.file, segments: above.to_vec(), focus: Focus::Value }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(key) if index == 0 => write!(out, "{key}")?,
                Segment::Key(key) => write!(out, ".{key}")?,
                Segment::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}
