//! Findings that the user accepts: with a comment at their line, with a line of `platform.yml` for the whole
//! catalog, or with the baseline, which lists those that were known when it was written. Only findings whose
//! rule permits it are accepted, and a waiver that accepts nothing is reported.

mod baseline;
mod catalog;
mod comment;

pub use baseline::{Baseline, path, text, written};
use catalog::Allowances;
use comment::Comments;

use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Rule, rules};
use crate::platform::Findings;
use crate::syntax::SourceMap;

/// What decides about findings.
pub struct Waivers<'a> {
    /// `findings` of `platform.yml`.
    pub settings: &'a Findings,
    /// The baseline, if there is one.
    pub baseline: Option<Baseline>,
    /// Whether there is a git working tree, so that rules about its files report what they find.
    pub has_tree: bool,
}

/// The rules that report files of the working tree: without one they find nothing, and a waiver is not
/// unused.
const OF_TREE: [&Rule; 5] = [
    &rules::INEFFECTIVE_INCLUDE,
    &rules::MISSING_PATH,
    &rules::SOURCE_MISMATCH,
    &rules::UNUSED_VALUES_FILE,
    &rules::VALUES_FILE_OUTSIDE_CHART,
];

/// Removes the findings that are accepted, sets the severity of the others, and reports what is wrong with
/// the waivers. What is not used is reported only if there are no errors, which keep rules from being
/// checked.
pub fn apply(findings: &mut Vec<Finding>, documents: &SourceMap, waivers: Waivers<'_>) {
    let Waivers { settings, baseline, has_tree } = waivers;
    let mut faults = Vec::new();
    let mut comments = Comments::read(documents, &mut faults);
    let mut allowances = Allowances::read(settings, &mut faults);
    let mut baseline = baseline.unwrap_or_default();
    findings.retain(|finding| {
        let is_accepted = finding.rule.waivable
            && (comments.accept(finding)
                || allowances.accept(finding)
                || baseline.accept(finding, documents));
        !is_accepted
    });
    for finding in findings.iter_mut().filter(|finding| finding.rule.waivable) {
        finding.severity = allowances.severity(finding.rule);
    }
    findings.append(&mut faults);
    if !findings.iter().any(Finding::is_error) {
        let reports = |rule: &Rule| has_tree || !OF_TREE.iter().any(|other| other.name == rule.name);
        findings.extend(comments.unused(reports));
        findings.extend(allowances.unused(reports));
        findings.extend(baseline.unused(reports));
    }
}

/// The rule with this name, if its findings may be accepted.
fn waivable(name: &str, location: &Location) -> Result<&'static Rule, Box<Finding>> {
    let Some(rule) = rules::by_name(name) else {
        let finding = rules::INVALID_WAIVER
            .at(location.clone(), format!("there is no rule `{}`", shorten(name)))
            .note("the line accepts no finding");
        let help = did_you_mean(name, rules::ALL.iter().map(|rule| rule.name));
        return Err(Box::new(
            finding.help_some(help.or_else(|| Some("`wharf rule` lists all rules".into()))),
        ));
    };
    if rule.waivable {
        return Ok(rule);
    }
    let finding = rules::INVALID_WAIVER
        .at(location.clone(), format!("findings of `{}` cannot be accepted", rule.name))
        .note("they guard data or auth, or the catalog has no meaning with them")
        .help(format!("remove the line, and fix what is reported; `{}` says how", rule.address()));
    Err(Box::new(finding))
}

/// A waiver that accepts nothing.
pub(crate) fn unused(location: Location, rule: &Rule) -> Finding {
    let finding =
        rules::UNUSED_WAIVER.at(location, format!("there is no finding of `{}` to accept", rule.name));
    finding.note("a later finding would be accepted without anybody deciding about it")
}
