//! Comments that accept the findings of a line: `# wharf: allow RULE: reason`.

use super::{unused, waivable};
use crate::diagnostics::{FileId, Finding, Location, Role, Rule, rules};
use crate::report::lines::Lines;
use crate::syntax::{Document, SourceMap};

/// What the text of a waiver begins with, after `#` and spaces.
const MARK: &str = "wharf:";

/// The form of a waiver.
const FORM: &str =
    "write `# wharf: allow RULE: reason` at the end of the line, or on a line of its own above it";

/// The comments of all files.
pub(super) struct Comments<'d> {
    files: Vec<Lines<'d>>,
    waivers: Vec<Comment>,
}

/// A comment that accepts the findings of a rule at a line.
struct Comment {
    file: FileId,
    /// The number of the line that it applies to.
    line: usize,
    rule: &'static Rule,
    location: Location,
    is_used: bool,
}

impl<'d> Comments<'d> {
    pub(super) fn read(documents: &'d SourceMap, faults: &mut Vec<Finding>) -> Self {
        let is_written = |document: &&Document| {
            matches!(document.file.role(), Role::Catalog | Role::Platform | Role::Profile)
        };
        let mut comments = Self { files: Vec::new(), waivers: Vec::new() };
        for document in documents.iter().filter(is_written) {
            let marks = marks(document);
            if marks.is_empty() {
                continue;
            }
            let lines = Lines::new(document);
            for start in marks {
                match read(document, start, &lines) {
                    Ok(comment) => comments.waivers.push(comment),
                    Err(fault) => faults.push(*fault),
                }
            }
            comments.files.push(lines);
        }
        comments
    }

    /// Whether a comment accepts the finding.
    pub(super) fn accept(&mut self, finding: &Finding) -> bool {
        let location = finding.location();
        let Some(lines) = self.files.iter().find(|lines| lines.document.file == location.file) else {
            return false;
        };
        let line = lines.line(lines.document.span(location).start);
        let mut is_accepted = false;
        for comment in &mut self.waivers {
            let applies = comment.file == location.file
                && comment.line == line
                && comment.rule.name == finding.rule.name;
            comment.is_used |= applies;
            is_accepted |= applies;
        }
        is_accepted
    }

    /// The comments that accepted nothing.
    pub(super) fn unused(&self, reports: impl Fn(&Rule) -> bool) -> Vec<Finding> {
        let unused_ones = self.waivers.iter().filter(|comment| !comment.is_used && reports(comment.rule));
        unused_ones
            .map(|comment| unused(comment.location.clone(), comment.rule).help("remove the comment"))
            .collect()
    }
}

/// Where `#` of each comment for wharf stands.
fn marks(document: &Document) -> Vec<usize> {
    let signs = document.text.match_indices('#').map(|(start, _)| start);
    let starts = signs.filter(|start| {
        let (before, sign) = document.text.split_at(*start);
        let is_separate = before.is_empty() || before.ends_with([' ', '\t', '\n']);
        is_separate && sign[1..].trim_start_matches(' ').starts_with(MARK)
    });
    document.comments(starts.collect())
}

fn read(document: &Document, start: usize, lines: &Lines<'_>) -> Result<Comment, Box<Finding>> {
    let rest = document.text[start..].lines().next().unwrap_or_default().trim_end();
    let location = Location::bytes(document.file, start, start + rest.len());
    let said = rest.trim_start_matches(['#', ' ']).strip_prefix(MARK).unwrap_or_default().trim();
    let (name, reason) =
        said.strip_prefix("allow ")
            .map(|said| said.split_once(':').unwrap_or((said, "")))
            .ok_or_else(|| malformed(&location, "this comment is none that wharf understands"))?;
    let rule = waivable(name.trim(), &location)?;
    if reason.trim().is_empty() {
        return Err(malformed(&location, "a finding is accepted only with a reason"));
    }
    Ok(Comment {
        file: document.file,
        line: target(&document.text, start, lines),
        rule,
        location,
        is_used: false,
    })
}

fn malformed(location: &Location, message: &str) -> Box<Finding> {
    let finding = rules::INVALID_WAIVER.at(location.clone(), message);
    Box::new(finding.note("the comment accepts no finding").help(FORM))
}

/// The line that a comment applies to: its own, or the next one with something else if it stands alone.
fn target(text: &str, start: usize, lines: &Lines<'_>) -> usize {
    let own = lines.line(start);
    let (before, rest) = text.split_at(start);
    let stands_alone =
        before.lines().last().is_none_or(|line| line.trim().is_empty()) || before.ends_with('\n');
    if !stands_alone {
        return own;
    }
    let is_other = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    own + rest.lines().position(is_other).unwrap_or(0)
}
