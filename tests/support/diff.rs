//! The differences between blessed and new files, for a reader of a failed test.

use std::collections::BTreeSet;

use similar::TextDiff;

use super::cases::Files;

/// How many lines of a file's difference are shown.
const MAX_LENGTH: usize = 40;

/// A file that differs.
pub(crate) struct Difference<'f> {
    /// Its path within the case.
    pub(crate) path: &'f str,
    /// The blessed text; nothing if the file is missing.
    old: Option<&'f str>,
    /// The new text; nothing if the file is stale.
    pub(crate) new: Option<&'f str>,
}

/// Everything that is missing, changed or stale, in the order of the paths.
pub(crate) fn differences<'f>(old: &'f Files, new: &'f Files) -> Vec<Difference<'f>> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let difference = |path| Difference {
        path,
        old: old.get(path).map(String::as_str),
        new: new.get(path).map(String::as_str),
    };
    paths
        .into_iter()
        .map(|path| difference(path))
        .filter(|difference| difference.old != difference.new)
        .collect()
}

impl Difference<'_> {
    /// The difference, line by line.
    pub(crate) fn draw(&self) -> String {
        let fault = match (self.old, self.new) {
            (None, _) => "missing",
            (_, None) => "stale: nothing renders it any more",
            _ => "changed",
        };
        let diff = TextDiff::from_lines(self.old.unwrap_or_default(), self.new.unwrap_or_default());
        let diff = diff.unified_diff().to_string();
        let shown: Vec<_> = diff.lines().take(MAX_LENGTH).collect();
        let hidden = diff.lines().count() - shown.len();
        let rest = if hidden > 0 { format!("\n… and {hidden} more lines") } else { String::new() };
        format!("{}: {fault}\n{}{rest}\n", self.path, shown.join("\n"))
    }
}
