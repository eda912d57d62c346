//! The Applications that an ApplicationSet generates.

use super::generator::Generators;
use super::go_template::instantiate;
use crate::kubernetes::resource::{at, is_true, text_at};
use crate::kubernetes::{GroupKind, Resource};
use crate::value::{Map, Text, Value};

/// Whether an ApplicationSet uses Go templates.
pub(super) fn is_go(set: &Resource) -> bool {
    is_true(&set.value, &["spec", "goTemplate"])
}

/// The Applications, located at the template; or why they are not known.
pub(super) fn applications(set: &Resource, generators: Generators<'_, '_>) -> Result<Vec<Resource>, String> {
    let template = set.at(&["spec", "template"]).and_then(Value::map).ok_or("it has no template")?;
    let all = generators.all(&set.value, &["spec", "generators"], 0)?;
    let application = |parameters| {
        let value = instantiate(template, parameters, generators.is_go);
        let name = text_at(&value, &["metadata", "name"]).unwrap_or_default();
        let namespace = at(&set.value, &["metadata", "namespace"]).cloned();
        let head = Map::new().with_some("metadata", namespace.map(|own| Map::new().with("namespace", own)));
        Resource {
            kind: GroupKind::new("argoproj.io", "Application"),
            version: set.version.clone(),
            namespace: set.namespace.clone(),
            name: Text::copied(name),
            value: head.merged(&value),
            location: set.location.key("spec").key("template"),
        }
    };
    Ok(all.iter().map(application).collect())
}
