//! Where something stands: keys and indexes into a document. Bytes come in only when a finding is drawn.

use std::fmt;

use crate::value::Text;

/// The number of an input file, in the order in which [`crate::inputs::Inputs`] lists them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub u16);

impl FileId {
    /// `applications.yml`
    pub const APPLICATIONS: Self = Self(0);
    /// `platform.yml`
    pub const PLATFORM: Self = Self(1);
}

/// One step down into a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the value of a key.
    Key(Text),
    /// Into an item of a list, counted from 0.
    Index(usize),
}

/// Which part of a place is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The value.
    #[default]
    Value,
    /// The key that the last step went through.
    Key,
    /// Bytes of the file, where the text could not be read as YAML.
    Bytes(usize, usize),
}

/// A place in one of the input files.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The way from the document's root.
    pub steps: Vec<Step>,
    /// What is meant of it.
    pub part: Part,
}

impl Place {
    /// The root of a file.
    pub fn root(file: FileId) -> Self {
        Self { file, ..Self::default() }
    }

    /// Bytes of a file.
    pub fn bytes(file: FileId, start: usize, end: usize) -> Self {
        Self { file, steps: Vec::new(), part: Part::Bytes(start, end) }
    }

    /// The value of `key` below this place.
    pub fn key(&self, key: impl Into<Text>) -> Self {
        self.down(Step::Key(key.into()))
    }

    /// The item `index` below this place.
    pub fn index(&self, index: usize) -> Self {
        self.down(Step::Index(index))
    }

    /// The key itself, instead of its value.
    pub fn itself(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    /// About how many bytes the way takes.
    pub(super) fn size(&self) -> usize {
        let step = |step: &Step| match step {
            Step::Key(key) => key.len() + size_of::<Step>(),
            Step::Index(_) => size_of::<Step>(),
        };
        self.steps.iter().map(step).sum()
    }

    fn down(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Self { file: self.file, steps, part: Part::Value }
    }

    /// What this place lies in; the root lies in itself.
    pub fn parent(&self) -> Self {
        let above = &self.steps[..self.steps.len().saturating_sub(1)];
        Self { file: self.file, steps: above.to_vec(), part: Part::Value }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => write!(out, "{key}")?,
                Step::Key(key) => write!(out, ".{key}")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}
