//! Findings that somebody accepted: in a comment of the manifest, `# wharf: allow RULE: reason`, in
//! `.wharf.yml`, or in a baseline.

use std::collections::BTreeSet;

use crate::diagnostics::rules::{self, ALL};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::resource::{maps_at, text_at};
use crate::manifests::matches_glob;
use crate::syntax::SourceMap;
use crate::waivers;

use super::files::Files;

/// The file with the waivers of a repository, at the root of the tree.
pub const FILE: &str = ".wharf.yml";

/// What a comment with a waiver begins with.
const MARK: &str = "wharf: allow ";

/// A waiver.
#[derive(Debug)]
struct Waiver<'t> {
    rule: String,
    reason: String,
    /// The files that it applies to: one file, or a pattern of paths.
    scope: Scope<'t>,
    location: Location,
}

#[derive(Debug)]
enum Scope<'t> {
    /// The object that contains the comment.
    Object(&'t str, std::ops::Range<usize>),
    /// The files that match a pattern.
    Files(String),
}

/// Removes the findings that a waiver accepts. Reports waivers without a reason, with an unknown rule, and
/// those that accept nothing.
pub(super) fn apply<'t>(
    files: &Files<'t>,
    deployed: &BTreeSet<&'t str>,
    findings: Vec<Finding>,
) -> Vec<Finding> {
    let waivers: Vec<_> =
        of_file(files).into_iter().chain(deployed.iter().flat_map(|path| of_comments(files, path))).collect();
    if waivers.is_empty() {
        return findings;
    }
    let wanted: BTreeSet<_> = findings.iter().map(|finding| finding.location().file).collect();
    let documents = files.documents(&wanted);
    let mut used = BTreeSet::new();
    let mut kept = Vec::new();
    for finding in findings {
        let accepts = |waiver: &Waiver<'_>| {
            waiver.rule == finding.rule.name
                && !waiver.reason.is_empty()
                && covers(files, waiver, &finding, &documents)
        };
        match waivers.iter().position(accepts) {
            Some(number) => drop(used.insert(number)),
            None => kept.push(finding),
        }
    }
    kept.extend(
        waivers.iter().enumerate().filter_map(|(number, waiver)| fault(waiver, used.contains(&number))),
    );
    kept
}

fn covers(files: &Files<'_>, waiver: &Waiver<'_>, finding: &Finding, documents: &SourceMap) -> bool {
    let location = finding.location();
    let Some(path) = files.path_of(location.file) else { return false };
    match &waiver.scope {
        Scope::Files(pattern) => matches_glob(pattern, path),
        Scope::Object(file, range) => {
            let start = documents.get(location.file).map(|document| document.span(location).start);
            *file == path && start.is_some_and(|start| range.contains(&start))
        }
    }
}

fn fault(waiver: &Waiver<'_>, is_used: bool) -> Option<Finding> {
    let location = waiver.location.clone();
    let Some(rule) = rules::by_name(&waiver.rule) else {
        let message = format!("there is no rule `{}`", shorten(&waiver.rule));
        let finding = rules::INVALID_WAIVER.at(location, message).note("the line accepts no finding");
        return Some(finding.help_some(did_you_mean(&waiver.rule, ALL.iter().map(|rule| rule.name))));
    };
    if waiver.reason.is_empty() {
        let finding = rules::INVALID_WAIVER.at(location, "a finding is accepted only with a reason");
        let finding = finding.note("the line accepts no finding");
        return Some(finding.help("add the reason after the name of the rule"));
    }
    (!is_used).then(|| waivers::unused(location, rule).help("remove the waiver"))
}

/// The waivers in the comments of a file; each applies to its document.
fn of_comments<'t>(files: &Files<'t>, path: &'t str) -> Vec<Waiver<'t>> {
    let bytes = files.bytes(path);
    let (Ok(text), Some(id)) = (std::str::from_utf8(bytes), files.id(path)) else { return Vec::new() };
    if !text.contains(MARK) {
        return Vec::new();
    }
    let (mut start, mut at, mut found) = (0, 0, Vec::new());
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            start = at;
        }
        let comment =
            line.trim_start().strip_prefix('#').map(str::trim).and_then(|comment| comment.strip_prefix(MARK));
        if let Some(comment) = comment {
            let (rule, reason) = comment.split_once(':').unwrap_or((comment, ""));
            let begin = at + line.find('#').unwrap_or_default();
            let location = Location::bytes(id, begin, at + line.trim_end().len());
            let end = text.get(at..).and_then(|rest| rest.find("\n---")).map_or(text.len(), |end| at + end);
            let (rule, reason) = (rule.trim().to_owned(), reason.trim().to_owned());
            found.push(Waiver { rule, reason, scope: Scope::Object(path, start..end), location });
        }
        at += line.len();
    }
    found
}

/// The waivers of `.wharf.yml`: `allow`, a list of `rule`, `path` and `reason`.
fn of_file<'t>(files: &Files<'t>) -> Vec<Waiver<'t>> {
    let Some(id) = files.id(FILE) else { return Vec::new() };
    let map = super::kustomization::read(files, FILE);
    let location = Location::root(id).index(0).key("allow");
    let waiver = |(index, item)| {
        let field = |key| text_at(item, &[key]).unwrap_or_default().to_owned();
        let pattern = text_at(item, &["path"]).unwrap_or("*").to_owned();
        Waiver {
            rule: field("rule"),
            reason: field("reason"),
            scope: Scope::Files(pattern),
            location: location.index(index),
        }
    };
    maps_at(&map, &["allow"]).enumerate().map(waiver).collect()
}
