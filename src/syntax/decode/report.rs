//! Collects the findings of the decoder, up to a limit.

use super::cursor::Cursor;
use super::size;
use crate::diagnostics::bound::too_many;
use crate::diagnostics::{Finding, MAX_FINDINGS};

impl Cursor<'_, '_> {
    /// Collects a finding. Once there are too many, the rest of the file is not read.
    pub(super) fn push(&self, finding: Finding) {
        let memory = self.decoder.memory.get();
        if memory == 0 {
            return;
        }
        let mut findings = self.decoder.findings.borrow_mut();
        let left = memory.saturating_sub(size(&finding));
        findings.push(finding);
        if left == 0 || findings.len() >= MAX_FINDINGS {
            findings.push(too_many(self.decoder.document.file));
            self.decoder.budget.set(0);
            self.decoder.memory.set(0);
        } else {
            self.decoder.memory.set(left);
        }
    }
}
