//! Where findings of the form are collected, and when collecting ends.

use super::cursor::Cursor;
use super::size;
use crate::diagnostics::bound::too_many;
use crate::diagnostics::{Finding, MAX_FINDINGS};

impl Cursor<'_, '_> {
    /// Collects a finding. Once there are too many, what is left of the file is not read.
    pub(super) fn push(&self, finding: Finding) {
        let room = self.decoder.room.get();
        if room == 0 {
            return;
        }
        let mut findings = self.decoder.findings.borrow_mut();
        let left = room.saturating_sub(size(&finding));
        findings.push(finding);
        if left == 0 || findings.len() >= MAX_FINDINGS {
            findings.push(too_many(self.decoder.document.file));
            self.decoder.budget.set(0);
            self.decoder.room.set(0);
        } else {
            self.decoder.room.set(left);
        }
    }
}
