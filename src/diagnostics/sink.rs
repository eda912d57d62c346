//! Where stages report findings: bounded, whatever a catalog contains.

use std::ops::{Deref, DerefMut};

use super::bound::{MAX_FINDINGS, is_notice, is_too_large};
use super::{Counts, Finding};

/// The findings of a stage. Each severity is counted separately, so that warnings never displace an error; of
/// each, one more than is listed is kept, so that the end of the run knows that there were more.
/// Which ones are kept depends only on the order in which they are reported.
#[derive(Debug, Default)]
pub struct Sink {
    findings: Vec<Finding>,
    counts: Counts,
}

impl Sink {
    /// A sink without findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports a finding. The notice that findings were dropped is never dropped itself.
    pub fn push(&mut self, finding: Finding) {
        if is_notice(&finding) || self.counts(&finding) {
            self.findings.push(finding);
        }
    }

    /// Reports all findings of another sink, and leaves it empty.
    pub fn append(&mut self, other: &mut Self) {
        self.extend(std::mem::take(other).findings);
    }

    /// Removes the findings for which `keep` is false.
    pub fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        let mut findings = std::mem::take(self).findings;
        findings.retain(keep);
        self.extend(findings);
    }

    /// Removes all findings.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Removes the findings after the first `length`.
    pub fn truncate(&mut self, length: usize) {
        let mut findings = std::mem::take(self).findings;
        findings.truncate(length);
        self.extend(findings);
    }

    /// Whether findings have been dropped, or a file has not been read.
    pub fn is_cut(&self) -> bool {
        self.counts.errors() > MAX_FINDINGS
            || self.findings.iter().any(|finding| is_notice(finding) || is_too_large(finding))
    }

    /// The findings, in the order in which they were reported.
    pub fn into_vec(self) -> Vec<Finding> {
        self.findings
    }

    /// Counts a finding; false if there are too many of its severity.
    fn counts(&mut self, finding: &Finding) -> bool {
        let count = self.counts.count(finding.severity);
        *count += usize::from(*count <= MAX_FINDINGS + 1);
        *count <= MAX_FINDINGS + 1
    }
}

impl Deref for Sink {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.findings
    }
}

impl DerefMut for Sink {
    fn deref_mut(&mut self) -> &mut [Finding] {
        &mut self.findings
    }
}

impl Extend<Finding> for Sink {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

impl FromIterator<Finding> for Sink {
    fn from_iter<I: IntoIterator<Item = Finding>>(findings: I) -> Self {
        let mut sink = Self::new();
        sink.extend(findings);
        sink
    }
}

impl IntoIterator for Sink {
    type Item = Finding;
    type IntoIter = std::vec::IntoIter<Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.findings.into_iter()
    }
}
