//! Why a template has no result.

use std::ops::Range;

/// What is wrong, and where the template says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the template.
    pub span: Range<usize>,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is not a template.
    Syntax(String),
    /// The syntax is right, and the construct is not on the list.
    Refused(String),
    /// An expression or statement is too long, or the template has too many of them.
    TooLong(&'static str),
    /// Nothing has this name.
    Undefined,
    /// The steps are used up.
    Steps,
    /// The output is longer than it may be.
    Output,
    /// An operation is not defined for these values.
    Operation(String),
}

impl Problem {
    /// The problem at these bytes.
    pub(super) fn at(self, span: Range<usize>) -> Fault {
        Fault { span, problem: self }
    }

    /// An operation that is not defined for these values.
    pub(super) fn operation(message: impl Into<String>) -> Self {
        Self::Operation(message.into())
    }
}
