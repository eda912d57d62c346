//! Two objects with the same name in one Application, and labels and annotations that are not text.

use std::collections::BTreeMap;

use crate::cluster::Survey;
use crate::diagnostics::rules::{DUPLICATE_OBJECT, METADATA_TYPE};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::value::{Map, Value};

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        let mut seen = BTreeMap::new();
        for (resource, facts) in deployed.resources() {
            findings.extend(metadata(resource));
            let key = (facts.application, resource.identity());
            if let Some(first) =
                seen.insert(key, resource).filter(|_| facts.application.is_some() && !facts.is_rendered)
            {
                findings.extend(duplicate(first, resource));
            }
        }
    }
    findings
}

fn duplicate(first: &Resource, second: &Resource) -> Option<Finding> {
    if first.location == second.location {
        return None;
    }
    let name = |resource: &Resource| resource.location.key("metadata").key("name");
    let message = format!("this Application has two {}s `{}`", second.kind.kind, shorten(&second.name));
    let finding =
        DUPLICATE_OBJECT.at(name(second), message).with_secondary_label(name(first), "the first is here");
    let finding = finding.note("Argo CD applies one object per name, the last one: the other has no effect");
    Some(finding.help("rename or remove one of them"))
}

/// The labels and annotations whose values are not text.
fn metadata(resource: &Resource) -> Vec<Finding> {
    let mut findings = Vec::new();
    for list in ["labels", "annotations"] {
        let map = resource.at(&["metadata", list]).and_then(Value::map);
        for (key, value) in map.into_iter().flat_map(Map::iter) {
            if matches!(value.get(), Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
                let location = resource.location.key("metadata").key(list).key(key.as_str().to_owned());
                findings.push(not_text(key.as_str(), location));
            }
        }
    }
    findings
}

fn not_text(key: &str, location: Location) -> Finding {
    let finding = METADATA_TYPE.at(location, format!("the value of `{}` is not text", shorten(key)));
    finding.note("the API server refuses the object, or the value is dropped").help("put the value in quotes")
}
