//! `ignoreDifferences` that has no effect, or that the next sync overwrites.

use crate::cluster::{Application, Survey};
use crate::diagnostics::rules::{INEFFECTIVE_IGNORE_DIFFERENCE, REVERTED_DIFFERENCE};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::kind_name::{misspelt, title};
use crate::kubernetes::resource::{items_at, text_at};
use crate::value::{Map, Value};

/// The keys that name fields.
const FIELDS: [&str; 3] = ["jsonPointers", "jqPathExpressions", "managedFieldsManagers"];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.applications.iter().flat_map(of_application).collect()
}

fn of_application(application: &Application) -> Vec<Finding> {
    let Some(spec) = application.spec() else { return Vec::new() };
    let items = items_at(spec, &["ignoreDifferences"]);
    let location = application.location(&["ignoreDifferences"]);
    let maps =
        items.iter().enumerate().filter_map(|(index, item)| Some((location.index(index), item.map()?)));
    let mut findings: Vec<_> = maps.filter_map(|(location, item)| of_item(location, item)).collect();
    let ignores = items.iter().filter_map(Value::map).any(names_fields);
    let respects = application.has_option("RespectIgnoreDifferences=true");
    if ignores && application.self_heals() && !respects && !application.is_patched {
        findings.push(reverted(location.itself()));
    }
    findings
}

fn names_fields(item: &Map) -> bool {
    FIELDS.iter().any(|key| !items_at(item, &[key]).is_empty())
}

fn of_item(location: Location, item: &Map) -> Option<Finding> {
    if !names_fields(item) {
        let finding = INEFFECTIVE_IGNORE_DIFFERENCE.at(location, "this item selects no field to ignore");
        let finding = finding.note("Argo CD would ignore nothing");
        return Some(finding.help("add `jsonPointers`, `jqPathExpressions` or `managedFieldsManagers`"));
    }
    let (group, kind) = (text_at(item, &["group"]).unwrap_or_default(), text_at(item, &["kind"])?);
    let help = misspelt(group, kind)?;
    let location = if group.is_empty() { location.key("kind") } else { location.key("group") };
    let finding = INEFFECTIVE_IGNORE_DIFFERENCE
        .at(location, format!("no object has this group and kind: `{}`", title(group, kind)));
    Some(finding.note("Argo CD would ignore nothing").help(help))
}

fn reverted(location: Location) -> Finding {
    let finding =
        REVERTED_DIFFERENCE.at(location, "a sync overwrites the ignored fields that the manifest has");
    finding
        .note("Argo CD ignores them when it compares, but any other difference starts a sync of all fields")
        .help("add the sync option `RespectIgnoreDifferences=true`")
}
