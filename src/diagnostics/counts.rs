//! How many findings of each severity there are.

use super::{Finding, Severity};

/// The number of findings of each severity.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    /// The counts of these findings.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        findings.iter().for_each(|finding| *counts.count(finding.severity) += 1);
        counts
    }

    /// The count of a severity.
    pub fn count(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        }
    }

    /// The number of errors.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Each count with its noun, the most severe first.
    pub fn nouns(&self) -> [(usize, &'static str); 3] {
        [
            (self.errors, Severity::Error.name()),
            (self.warnings, Severity::Warning.name()),
            (self.notes, Severity::Note.name()),
        ]
    }
}
