//! Keys of a Secret that only the store knows, and what renames them.

use crate::catalog::{Secret, SecretRewrite, SecretSearch};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};

/// What makes a regular expression invalid for the operator.
const NOTE: &str = "External Secrets would report an error, and make no Secret";

pub(super) fn check(secret: &Secret, location: &Location, findings: &mut Sink) {
    for (index, search) in secret.find.iter().enumerate() {
        check_search(search, &location.key("find").index(index), findings);
    }
    if secret.data_from.is_empty() && secret.find.is_empty() && !secret.rewrite.is_empty() {
        let finding = rules::SECRET_SOURCE
            .at(location.key("rewrite").itself(), "there are no keys that `rewrite` could rename");
        let finding = finding.note("it applies to the keys of `dataFrom` and `find`");
        findings.push(finding.help("remove it, or write the names in `key` of each item of `data`"));
    }
    check_rewrites(&secret.rewrite, &location.key("rewrite"), findings);
    for (index, generator) in secret.generators.iter().enumerate() {
        let location = location.key("generators").index(index).key("rewrite");
        check_rewrites(&generator.rewrite, &location, findings);
    }
}

fn check_search(search: &SecretSearch, location: &Location, findings: &mut Sink) {
    match &search.name {
        Some(name) => check_expression(name, &location.key("name"), findings),
        None if search.tags.is_empty() => {
            let message = "this search has no `name` and no `tags`";
            let finding = rules::SECRET_SOURCE.at(location.clone(), message);
            let finding = finding.note("External Secrets would not know what to search for");
            findings.push(finding.help("add `name`, a regular expression for the names of values"));
        }
        None => {}
    }
}

fn check_rewrites(rewrites: &[SecretRewrite], location: &Location, findings: &mut Sink) {
    for (index, rewrite) in rewrites.iter().enumerate() {
        check_expression(&rewrite.from, &location.index(index).key("from"), findings);
    }
}

/// The syntax is that of Go, which has no look-around and no back references either.
fn check_expression(expression: &str, location: &Location, findings: &mut Sink) {
    if regex_syntax::parse(expression).is_err() {
        let message = format!("`{}` is no regular expression of Go", shorten(expression));
        let finding = rules::SECRET_SOURCE.at(location.clone(), message).note(NOTE);
        findings.push(finding.help("correct it: Go has no look-around and no references to groups"));
    }
}
