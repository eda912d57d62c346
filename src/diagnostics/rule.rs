//! A rule is a value, and its page is part of it.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The catalog has no meaning, or one that nobody can want; it cannot be silenced, and nothing is filed.
    Error,
    /// The catalog has a meaning that is probably not the one intended.
    Warning,
}

impl Severity {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that can be wrong.
#[derive(Debug)]
pub struct Rule {
    /// The fault, in kebab case; never reused for another.
    pub name: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The page that explains it, in Markdown: what it finds, why that matters in the cluster, a bad catalog
    /// and a good one.
    pub page: &'static str,
}

impl Rule {
    /// A finding of this rule.
    #[track_caller]
    pub fn at(&'static self, location: Location, message: impl Into<String>) -> Finding {
        Finding::new(self, location, message)
    }
}
