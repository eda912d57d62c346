//! A finding: what is wrong with the user's files, as data.

use std::panic;

use super::{FileId, Focus, Location, Rule, Severity};

/// One fault: which rule says so, where, and what to do. It needs no source text to be built, only to be
/// drawn.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// What is wrong: a phrase in lower case without a full stop, the user's words in back-ticks.
    pub message: String,
    /// What it points at; the first label is the fault itself, the others explain it.
    pub labels: Vec<Label>,
    /// Why it matters in the cluster.
    pub note: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// The line of this program that made it: tests ask that every such line is tried.
    pub made_at: &'static panic::Location<'static>,
}

/// A place with a remark.
#[derive(Clone, Debug)]
pub struct Label {
    /// What is underlined.
    pub location: Location,
    /// What is said below it; may be empty.
    pub text: String,
}

impl Finding {
    /// A finding of `rule` at `place`.
    #[track_caller]
    pub fn new(rule: &'static Rule, location: Location, message: impl Into<String>) -> Self {
        let label = Label { location, text: String::new() };
        Self {
            rule,
            message: message.into(),
            labels: vec![label],
            note: None,
            help: None,
            made_at: panic::Location::caller(),
        }
    }

    /// Says something below the fault itself.
    pub fn with_label(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Points at something else that explains the fault.
    pub fn with_secondary_label(mut self, location: Location, text: impl Into<String>) -> Self {
        self.labels.push(Label { location, text: text.into() });
        self
    }

    /// Adds why it matters in the cluster.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Adds what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds what to write instead, if there is something to say.
    pub fn help_some(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Whether this keeps the catalog from having a meaning.
    pub fn is_error(&self) -> bool {
        self.rule.severity == Severity::Error
    }

    /// The place of the fault itself.
    pub fn location(&self) -> &Location {
        const NOWHERE: &Location = &Location { file: FileId(0), segments: Vec::new(), focus: Focus::Value };
        self.labels.first().map_or(NOWHERE, |label| &label.location)
    }
}

/// `1 error`, `2 errors`
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
