//! Findings that are not new: those of a baseline, or of an older revision. Each is one line of text with its
//! rule, file, path and message, so that a reviewer can read a baseline, and lines may move within a file.

use std::collections::BTreeMap;

use super::Audited;
use crate::diagnostics::printable;

/// The findings as lines, in their order.
pub fn lines(audited: &Audited<'_>) -> String {
    audited.keys.iter().flat_map(|key| [key.as_str(), "\n"]).collect()
}

/// Removes the findings that are in `known`, each as often as it is there, and returns how many they are.
pub fn subtract(audited: &mut Audited<'_>, known: &str) -> usize {
    let mut left = BTreeMap::<&str, usize>::new();
    for line in known.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        *left.entry(line).or_default() += 1;
    }
    let before = audited.findings.len();
    let findings = std::mem::take(&mut audited.findings);
    let keys = std::mem::take(&mut audited.keys);
    for (finding, key) in findings.into_iter().zip(keys) {
        match left.get_mut(key.as_str()).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None => {
                audited.findings.push(finding);
                audited.keys.push(key);
            }
        }
    }
    before - audited.findings.len()
}

/// The line of a finding.
pub(super) fn key(rule: &str, file: &str, path: &str, message: &str) -> String {
    let line = |text: &str| printable(&text.replace('\n', " ")).into_owned();
    format!("{rule} {} {} {}", line(file), line(path), line(message))
}
