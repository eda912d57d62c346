//! A rule is a value, and its page is part of it.

use crate::diagnostics::{Finding, Location};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The catalog has no meaning, or one that nobody can want. Nothing is written.
    Error,
    /// The catalog has a meaning, but probably not the intended one.
    Warning,
    /// The catalog does what is intended, and has a line that does nothing.
    Note,
}

impl Severity {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A problem that wharf can report.
#[derive(Debug)]
pub struct Rule {
    /// The problem, in kebab case; never reused for another one.
    pub name: &'static str,
    /// Its severity, unless `platform.yml` changes it.
    pub severity: Severity,
    /// Whether a finding may be accepted with a reason. An error that guards data or auth, or without which
    /// the catalog has no meaning, may not.
    pub waivable: bool,
    /// The page that explains it, in Markdown: what is reported, why it matters in the cluster, a bad catalog
    /// and a good one.
    pub page: &'static str,
}

impl Rule {
    /// The command that prints the page: what reports call the address of a rule.
    pub fn address(&self) -> String {
        format!("wharf rule {}", self.name)
    }

    /// What the rule finds: the paragraph below the title of the page, on one line.
    pub fn summary(&self) -> String {
        self.page.split("\n\n").nth(1).unwrap_or_default().replace('\n', " ")
    }

    /// A finding of this rule.
    #[track_caller]
    pub fn at(&'static self, location: Location, message: impl Into<String>) -> Finding {
        Finding::new(self, location, message)
    }
}
