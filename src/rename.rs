//! Renaming an entry or an application without losing what it holds: the steps in their order, and the edits
//! of the next commit. The catalog itself says which steps are done, so that nothing else is remembered.

mod application;
mod edit;
mod entry;
mod references;

pub use application::application;
pub use edit::{Edit, apply};
pub use entry::entry;

use crate::diagnostics::FileId;

/// Who makes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A commit, which `--write` makes.
    Commit,
    /// A person.
    Hand,
}

/// When a step is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The catalog shows that it is done.
    Done,
    /// It is the next commit.
    Next,
    /// It follows.
    Later,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who makes it.
    pub by: By,
    /// When it is made.
    pub when: When,
    /// What is to be done: a phrase in lower case without a full stop.
    pub text: String,
}

/// The steps of a rename.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// All steps, in order.
    pub steps: Vec<Step>,
    /// The edits of the next commit.
    pub edits: Vec<Edit>,
    /// The lines that name the old name and are not edited, by file, counted from 1.
    pub mentions: Vec<(FileId, usize)>,
}

impl Plan {
    fn step(&mut self, by: By, when: When, text: impl Into<String>) {
        self.steps.push(Step { by, when, text: text.into() });
    }
}
