//! The arguments of a filter.

use super::fault::Problem;
use super::output::plain;
use super::value::Value;

/// Evaluated arguments; an argument that is not used is a fault.
pub(super) struct Arguments {
    positional: std::vec::IntoIter<Value>,
    named: Vec<(Box<str>, Value)>,
}

impl Arguments {
    pub(super) fn new(positional: Vec<Value>, named: Vec<(Box<str>, Value)>) -> Self {
        Self { positional: positional.into_iter(), named }
    }

    /// The next positional argument.
    pub(super) fn next(&mut self) -> Option<Value> {
        self.positional.next()
    }

    /// The argument with this name.
    pub(super) fn named(&mut self, name: &str) -> Option<Value> {
        let at = self.named.iter().position(|(known, _)| known.as_ref() == name)?;
        Some(self.named.remove(at).1)
    }

    /// The next argument, which must be text.
    pub(super) fn text(&mut self) -> Result<Option<String>, Problem> {
        self.next().map(|value| plain(&value).map(std::borrow::Cow::into_owned)).transpose()
    }

    /// The same for a required one.
    pub(super) fn needed(&mut self, what: &str) -> Result<String, Problem> {
        self.text()?.ok_or_else(|| Problem::operation(format!("the filter needs {what}")))
    }

    /// Whether the argument with this name is present and true.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.named(name).is_some_and(|value| value.is_true())
    }

    /// Refuses unused arguments.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        match (self.positional.next(), self.named.first()) {
            (None, None) => Ok(()),
            (Some(_), _) => Err(Problem::operation("the filter has too many arguments")),
            (None, Some((name, _))) => {
                Err(Problem::operation(format!("the filter has no argument `{name}`")))
            }
        }
    }
}
