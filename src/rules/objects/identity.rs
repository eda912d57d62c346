//! Two objects with the same name in one Application, labels and annotations that are not text, and invalid
//! waves.

use std::collections::BTreeMap;

use crate::cluster::{Provenance, Survey, has_placeholder};
use crate::diagnostics::rules::{DUPLICATE_OBJECT, INVALID_SYNC_WAVE, METADATA_TYPE};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::{Resource, SYNC_WAVE};
use crate::value::{Map, Value};

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    for deployed in &survey.clusters {
        let mut seen = BTreeMap::new();
        for (resource, facts) in deployed.resources() {
            findings.extend(metadata(resource, facts));
            findings.extend(wave(resource, facts));
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
fn metadata(resource: &Resource, facts: Provenance) -> Vec<Finding> {
    let mut findings = Vec::new();
    for list in ["labels", "annotations"] {
        let map = resource.at(&["metadata", list]).and_then(Value::map);
        for (key, value) in map.into_iter().flat_map(Map::iter) {
            if matches!(value.get(), Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
                let location = resource.location.key("metadata").key(list).key(key.as_str().to_owned());
                findings.push(not_text(key.as_str(), facts.at(resource, location)));
            }
        }
    }
    findings
}

/// A wave that Argo CD takes for 0 (Argo CD 3.5, `syncwaves.Wave`).
fn wave(resource: &Resource, facts: Provenance) -> Option<Finding> {
    let wave = resource.annotation(SYNC_WAVE).filter(|wave| !has_placeholder(wave))?;
    if wave.parse::<i64>().is_ok() {
        return None;
    }
    let location = resource.location.key("metadata").key("annotations").key(SYNC_WAVE);
    let finding = INVALID_SYNC_WAVE
        .at(facts.at(resource, location), format!("the wave `{}` is not a number", shorten(wave)));
    Some(finding.note("Argo CD takes it for wave 0").help("write a whole number, such as `'-5'`"))
}

fn not_text(key: &str, location: Location) -> Finding {
    let finding = METADATA_TYPE.at(location, format!("the value of `{}` is not text", shorten(key)));
    finding.note("the API server refuses the object, or the value is dropped").help("put the value in quotes")
}
