//! The identity of a finding in several runs, even if lines have moved.

use std::collections::BTreeMap;

use crate::diagnostics::Finding;
use crate::report::position::Files;

/// Identifies findings by rule, file, path and message, and equal ones by their number. The path contains the
/// names of entries and applications instead of their indexes, so that inserting an entry changes no other
/// fingerprint.
#[derive(Default)]
pub(super) struct Fingerprints(BTreeMap<u128, usize>);

impl Fingerprints {
    /// The fingerprint of the next finding, 32 hexadecimal digits.
    pub(super) fn next(&mut self, finding: &Finding, files: &Files<'_>) -> String {
        let file = files.fault(finding).file;
        let first = hash(&[finding.rule.name, file, &files.path(finding), &finding.message]);
        let seen = self.0.entry(first).or_default();
        *seen += 1;
        let number = seen.to_string();
        let name = if *seen == 1 { first } else { hash(&[&format!("{first:032x}"), &number]) };
        format!("{name:032x}")
    }
}

/// FNV-1a of 128 bits, with a byte between the parts that occurs in no text.
fn hash(parts: &[&str]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}
