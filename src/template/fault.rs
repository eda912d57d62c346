//! Errors of templates.

use std::ops::Range;

/// A problem and its location in the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The bytes of the template.
    pub span: Range<usize>,
    /// The problem.
    pub problem: Problem,
}

/// A problem of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is not a template.
    Syntax(String),
    /// The syntax is valid, but the construct is not supported.
    Refused(String),
    /// An expression or statement is too long, or the template has too many of them.
    TooLong(&'static str),
    /// There is no variable with this name.
    Undefined,
    /// The steps are exhausted.
    Steps,
    /// The output is too long.
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
