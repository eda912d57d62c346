//! The variables of a catalog: declared in `platform.yml`, and resolved in it and in `applications.yml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::passthrough::Passthrough;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::inputs::ENVIRONMENT_PREFIX;
use crate::platform::{Variable, VariableSource};
use crate::syntax::{SourceMap, decode};

/// The key of `platform.yml` with the variables, in which none is resolved.
const KEY: &str = "variables";

/// The longest value. One variable may be in every line of a catalog.
const MAX_VALUE: usize = 1024;

/// The part of `platform.yml` that is read before the rest.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
}

/// Resolves the variables of all documents, if the platform declares any. `environment` has the variables
/// that a catalog may read, without their prefix. Returns the variables that something else replaces.
pub(super) fn resolve(
    documents: &mut SourceMap,
    environment: &BTreeMap<String, String>,
    findings: &mut Sink,
) -> Passthrough {
    let mut passthrough = Passthrough::default();
    let platform = documents.get(FileId::PLATFORM);
    // problems of its form are reported when the whole file is read
    let head = platform.and_then(|platform| decode::<Head>(platform, &mut Sink::new()));
    let Some(Head { variables }) = head.filter(|head| !head.variables.is_empty()) else {
        return passthrough;
    };
    let mut values = BTreeMap::new();
    for (name, variable) in variables {
        match value(&name, &variable, environment, &mut passthrough) {
            Ok(value) => drop(values.insert(name, value)),
            Err(finding) => {
                findings.push(*finding);
                // reported once, not at each use
                values.insert(name, String::new());
            }
        }
    }
    for document in documents.iter_mut() {
        match document.file {
            FileId::APPLICATIONS => document.resolve(&values, None, findings),
            FileId::PLATFORM => document.resolve(&values, Some(KEY), findings),
            _ => {}
        }
    }
    passthrough.check(documents, findings);
    passthrough
}

fn value(
    name: &str,
    variable: &Variable,
    environment: &BTreeMap<String, String>,
    passthrough: &mut Passthrough,
) -> Result<String, Box<Finding>> {
    let location = Location::root(FileId::PLATFORM).key(KEY).key(name.to_owned());
    let value = match (&variable.value, variable.from, &variable.passthrough) {
        (Some(value), None, None) => value.clone(),
        (None, None, Some(text)) if !text.trim().is_empty() && text.len() <= MAX_VALUE => {
            passthrough.add(name, text)
        }
        (None, None, Some(text)) if text.len() > MAX_VALUE => text.clone(),
        (None, Some(VariableSource::Env), None) => {
            environment.get(name).cloned().ok_or_else(|| unset(name, location.key("from")))?
        }
        _ => return Err(contradictory(name, location.itself())),
    };
    if value.len() > MAX_VALUE {
        return Err(too_long(name, location.itself()));
    }
    Ok(value)
}

fn unset(name: &str, location: Location) -> Box<Finding> {
    let message = format!("`{ENVIRONMENT_PREFIX}{}` is not set", shorten(name));
    let finding = rules::UNKNOWN_VARIABLE.at(location, message);
    Box::new(finding.note("the variable has no value").help("set it in the environment of wharf"))
}

fn contradictory(name: &str, location: Location) -> Box<Finding> {
    let message =
        format!("the variable `{}` needs exactly one of `value`, `from` and `passthrough`", shorten(name));
    Box::new(rules::UNKNOWN_VARIABLE.at(location, message).note("the variable has no value"))
}

fn too_long(name: &str, location: Location) -> Box<Finding> {
    let message = format!("the value of `{}` has more than {MAX_VALUE} bytes", shorten(name));
    Box::new(rules::UNKNOWN_VARIABLE.at(location, message).note("the variable has no value"))
}
