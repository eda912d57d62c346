//! A permission for a kind that is not denied and that no template creates.

use std::collections::BTreeSet;

use crate::catalog::NamespaceResource;
use crate::diagnostics::rules::INEFFECTIVE_PERMISSION;
use crate::diagnostics::suggestion::{did_you_mean, either};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::kubernetes::{GroupKind, Object, kinds};
use crate::model::{Entry, Model, Platform};

/// Argo CD compares kinds exactly: a misspelt kind permits nothing. A template with errors might be meant to
/// create the kind.
pub(crate) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    let declares = |entry: &&Entry| !entry.project.namespace_resources.is_empty();
    if !model.entries.iter().any(|entry| declares(&entry)) {
        return;
    }
    let template_faults = [&rules::INVALID_TEMPLATE, &rules::TEMPLATE_OBJECT, &rules::UNKNOWN_TEMPLATE];
    let unsure = model.templates.are_faulty()
        || findings.iter().any(|finding| template_faults.iter().any(|rule| rule.name == finding.rule.name));
    let (made, denied) = (made(objects), kinds::denied());
    for entry in model.entries.iter().filter(declares) {
        for (index, wanted) in own(entry, &model.platform).iter().enumerate() {
            let made = made.contains(&(entry.namespace.as_str(), &*wanted.group, &*wanted.kind))
                || unsure && entry.uses_templates();
            if !made && !denied.iter().any(|denied| denied.is(&wanted.group, &wanted.kind)) {
                let location = entry.location.key("project").key("namespaceResources").index(index);
                findings.push(unnecessary(&location, &wanted.group, &wanted.kind, &denied));
            }
        }
    }
}

/// What the entry itself permits: its lines are before the defaults of the platform, which may be for some
/// entries only.
fn own<'e>(entry: &'e Entry, platform: &Platform) -> &'e [NamespaceResource] {
    let defaults = platform.defaults.project.as_ref().map_or(0, |project| project.namespace_resources.len());
    let all = &entry.project.namespace_resources;
    all.get(..all.len().saturating_sub(defaults)).unwrap_or_default()
}

/// The kinds that templates create, each with the namespace of its entry.
fn made(objects: &[Object]) -> BTreeSet<(&str, &str, &str)> {
    let templated =
        objects.iter().filter(|object| object.origins.iter().any(|origin| origin.template.is_some()));
    templated
        .map(|object| (object.folder.as_str(), object.group_kind().group.as_str(), object.kind_name()))
        .collect()
}

fn unnecessary(location: &Location, group: &str, kind: &str, denied: &[&GroupKind]) -> Finding {
    let kinds = || denied.iter().map(|denied| denied.kind.as_str());
    let (key, message, help) = if let Some(right) = denied.iter().find(|denied| denied.kind.as_str() == kind)
    {
        (
            "group",
            format!("the platform does not deny the kind `{kind}` of the group `{group}`"),
            format!("write the group `{}`", right.group),
        )
    } else {
        let all = || format!("remove the line, or write one of {}", either(kinds()));
        (
            "kind",
            format!("the platform does not deny the kind `{kind}`"),
            did_you_mean(kind, kinds()).unwrap_or_else(all),
        )
    };
    let finding = INEFFECTIVE_PERMISSION.at(location.key(key), message);
    finding
        .note("Argo CD compares group and kind exactly, including case: the line would permit nothing")
        .help(help)
}
