//! Checks every promise of the files in `tests/`.

use super::finding::{MAX_SHOWN, form, more};
use super::{connections, hosts};
use crate::diagnostics::{Finding, Location, Role, Sink, rules};
use crate::promise::{Promise, Promises};
use crate::reach::Reach;
use crate::schema::help;
use crate::syntax::{SourceMap, decode};

/// How many promises were kept, and how many were checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The promises that were kept.
    pub kept: usize,
    /// All promises.
    pub all: usize,
}

/// Reads the promises among the documents, and checks each of them: what is wrong becomes a finding.
pub fn check(documents: &SourceMap, reach: &Reach<'_>, findings: &mut Sink) -> Kept {
    let mut total = Kept::default();
    for file in documents.of_role(Role::Test) {
        let is_yaml = !findings.iter().any(|finding| finding.location().file == file.file);
        let mut found = Sink::new();
        let promises: Promises = decode(file, &mut found).unwrap_or_default();
        help::add(&mut found, documents);
        let is_readable = is_yaml && found.is_empty();
        findings.extend(found);
        if !is_readable {
            total.all += promises.0.len();
            continue;
        }
        let root = Location::root(file.file);
        if promises.0.is_empty() {
            findings.push(
                rules::PROMISE_FORM
                    .at(root.clone(), "this file has no promises")
                    .note("`wharf test` would succeed without checking anything")
                    .help("add a promise, for example `- deny: {from: internet, to: sys-vault}`"),
            );
        }
        for (index, promise) in promises.0.iter().enumerate() {
            let found = one(promise, &root.index(index), reach);
            total.all += 1;
            total.kept += usize::from(found.is_empty());
            findings.extend(shown(found));
        }
    }
    total
}

fn one(promise: &Promise, location: &Location, reach: &Reach<'_>) -> Vec<Finding> {
    match (&promise.deny, &promise.allow, &promise.only, &promise.auth) {
        (Some(flow), None, None, None) => connections::deny(flow, &location.key("deny"), reach),
        (None, Some(flow), None, None) => connections::allow(flow, &location.key("allow"), reach),
        (None, None, Some(only), None) => connections::only(only, &location.key("only"), reach),
        (None, None, None, Some(auth)) => hosts::check(auth, &location.key("auth"), reach),
        (None, None, None, None) => vec![form(location, "add one of them")],
        _ => vec![form(location, "write a separate promise for each")],
    }
}

/// The first findings of a promise; the others are only counted.
fn shown(mut findings: Vec<Finding>) -> Vec<Finding> {
    let hidden = findings.len().saturating_sub(MAX_SHOWN);
    findings.truncate(MAX_SHOWN);
    if let Some(last) = findings.pop() {
        findings.push(if hidden > 0 { more(last, hidden) } else { last });
    }
    findings
}
