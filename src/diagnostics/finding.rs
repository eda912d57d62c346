//! A finding: a problem in the user's files, as data.

use std::panic;

use super::{FileId, Focus, Location, Rule, Severity};

/// A problem: which rule reports it, where, and how to fix it. Source text is needed only to draw it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that is violated.
    pub rule: &'static Rule,
    /// Its severity: that of the rule, unless the user changes it.
    pub severity: Severity,
    /// What is wrong: a phrase in lower case without a full stop, the user's text in backticks.
    pub message: String,
    /// What it points at. The first label is the problem itself, the others explain it.
    pub labels: Vec<Label>,
    /// Why it matters in the cluster.
    pub note: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// The key that is missing in the mapping at the location, if that is the problem.
    missing_key: Option<String>,
    /// The line of this program that made it: tests ask that every such line is tried.
    pub made_at: &'static panic::Location<'static>,
}

/// A location with a remark.
#[derive(Clone, Debug)]
pub struct Label {
    /// What is underlined.
    pub location: Location,
    /// The text below it; may be empty.
    pub text: String,
}

impl Finding {
    /// A finding of `rule` at `location`.
    #[track_caller]
    pub fn new(rule: &'static Rule, location: Location, message: impl Into<String>) -> Self {
        let label = Label { location, text: String::new() };
        Self {
            rule,
            severity: rule.severity,
            message: message.into(),
            labels: vec![label],
            note: None,
            help: None,
            missing_key: None,
            made_at: panic::Location::caller(),
        }
    }

    /// Sets the text below the problem itself.
    pub fn with_label(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Adds a label at another location that explains the problem.
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

    /// Adds what to write instead, if there is anything to suggest.
    pub fn help_some(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Records that `key` is missing in the mapping at the location.
    pub fn with_missing_key(mut self, key: impl Into<String>) -> Self {
        self.missing_key = Some(key.into());
        self
    }

    /// The key that is missing in the mapping at the location, if that is the problem.
    pub fn missing_key(&self) -> Option<&str> {
        self.missing_key.as_deref()
    }

    /// Whether this is an error, with which nothing is written.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The location of the problem itself.
    pub fn location(&self) -> &Location {
        const UNKNOWN: &Location =
            &Location { file: FileId::APPLICATIONS, segments: Vec::new(), focus: Focus::Value };
        self.labels.first().map_or(UNKNOWN, |label| &label.location)
    }
}

/// `1 error`, `2 errors`
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
