//! How many findings a run collects. A report of a million findings does not help, and takes gigabytes.

use crate::diagnostics::{Counts, FileId, Finding, Location, Sink, rules};

/// How many findings of each severity are listed.
pub const MAX_FINDINGS: usize = 2000;

/// Reports that not all findings of a file are listed.
pub(crate) fn too_many(file: FileId) -> Finding {
    let finding =
        rules::TOO_MANY_FINDINGS.at(Location::root(file), "there are too many findings to list all of them");
    let finding = finding.note("the rest of the catalog may not have been checked");
    finding.help("fix the listed findings, then run wharf again")
}

/// The findings of a stage that later stages add to; if some were dropped, the last one reports it.
pub(crate) fn cut(findings: Sink) -> Vec<Finding> {
    let mut findings = findings.into_vec();
    let before = findings.len();
    keep(&mut findings, MAX_FINDINGS);
    if findings.len() < before {
        findings.push(too_many(FileId::APPLICATIONS));
    }
    findings
}

/// The findings that are listed; if some were dropped, the first one reports it.
pub fn bound(findings: &mut Vec<Finding>) {
    let notice = findings.iter().position(is_notice).map(|at| findings.swap_remove(at));
    findings.retain(|finding| !is_notice(finding));
    let before = findings.len();
    keep(findings, MAX_FINDINGS);
    let notice = notice.or_else(|| (findings.len() < before).then(|| too_many(FileId::APPLICATIONS)));
    findings.splice(0..0, notice);
}

/// Keeps the first `most` findings of each severity.
fn keep(findings: &mut Vec<Finding>, most: usize) {
    let mut counts = Counts::default();
    findings.retain(|finding| {
        let count = counts.count(finding.severity);
        *count += 1;
        *count <= most
    });
}

pub(super) fn is_too_large(finding: &Finding) -> bool {
    finding.rule.name == rules::TOO_LARGE.name
}

pub(super) fn is_notice(finding: &Finding) -> bool {
    finding.rule.name == rules::TOO_MANY_FINDINGS.name
}

#[cfg(test)]
mod tests {
    use super::{MAX_FINDINGS, bound};
    use crate::diagnostics::Finding;
    use crate::diagnostics::Rule;
    use crate::diagnostics::rules;
    use crate::diagnostics::{FileId, Location, Sink};

    fn of(rule: &'static Rule, count: usize) -> Vec<Finding> {
        (0..count).map(|number| rule.at(Location::root(FileId::APPLICATIONS), number.to_string())).collect()
    }

    #[test]
    fn warnings_never_push_an_error_out() {
        let mut sink = Sink::from_iter(of(&rules::LATE_SECRET, 9 * MAX_FINDINGS));
        sink.extend(of(&rules::WRONG_TYPE, 1));
        let mut findings = sink.into_vec();
        bound(&mut findings);
        assert_eq!(findings.len(), 1 + MAX_FINDINGS + 1);
        assert_eq!(findings[0].rule.name, "too-many-findings");
        assert_eq!(findings[MAX_FINDINGS + 1].rule.name, "wrong-type");
    }

    #[test]
    fn what_is_bounded_twice_is_said_once() {
        let mut findings = of(&rules::WRONG_TYPE, MAX_FINDINGS + 1);
        bound(&mut findings);
        bound(&mut findings);
        assert_eq!(findings.iter().filter(|finding| finding.rule.name == "too-many-findings").count(), 1);
        assert_eq!(findings.len(), MAX_FINDINGS + 1);
    }

    #[test]
    fn as_many_as_are_listed_are_not_too_many() {
        let mut findings = of(&rules::WRONG_TYPE, MAX_FINDINGS);
        bound(&mut findings);
        assert_eq!(findings.len(), MAX_FINDINGS);
    }
}
