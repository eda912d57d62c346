//! Variables whose values wharf does not know: a plugin of Argo CD replaces their texts in the manifests.
//!
//! A stand-in replaces such a variable until everything is compiled: a host without a meaning for any rule.
//! Nobody owns the domain `.invalid` (RFC 2606).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::kubernetes::{Body, Object};
use crate::model::{Model, Route};
use crate::names::{Host, UNKNOWN_DOMAIN};
use crate::syntax::SourceMap;
use crate::value::{Map, Text, Value};

/// The parts of `platform.yml` that `wharf bootstrap` reads: nothing replaces a text there.
const BEFORE_PLUGINS: [&str; 2] = ["argocd", "repository"];

/// The stand-ins, longest first.
#[derive(Debug, Default)]
pub(super) struct Passthrough(Vec<StandIn>);

/// What replaces a variable while everything is compiled.
#[derive(Debug)]
struct StandIn {
    host: String,
    /// The text that the manifests contain.
    text: String,
    /// The variable, as the catalog writes it.
    variable: String,
}

impl Passthrough {
    /// Adds a variable; returns its stand-in.
    pub(super) fn add(&mut self, name: &str, text: &str) -> String {
        let host = format!("var-{}{UNKNOWN_DOMAIN}", name.to_ascii_lowercase().replace('_', "-"));
        let variable = format!("${{{name}}}");
        self.0.push(StandIn { host: host.clone(), text: text.to_owned(), variable });
        // one may end with another
        self.0.sort_by_key(|stand_in| std::cmp::Reverse(stand_in.host.len()));
        host
    }

    /// Whether a text contains a stand-in.
    fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|stand_in| text.contains(stand_in.host.as_str()))
    }

    /// Reports stand-ins where nothing would replace them.
    pub(super) fn check(&self, documents: &SourceMap, findings: &mut Sink) {
        let Some(platform) = documents.get(FileId::PLATFORM).filter(|_| !self.0.is_empty()) else { return };
        for key in BEFORE_PLUGINS {
            let texts = platform.texts_below(key).into_iter();
            for (_, range) in texts.filter(|(text, _)| self.is_in(text)) {
                let location = Location::bytes(FileId::PLATFORM, range.start, range.end);
                let finding = rules::UNKNOWN_VARIABLE
                    .at(location, format!("the value of a variable in `{key}` has to be known"));
                let finding = finding.note("`wharf bootstrap` prints it, before any plugin runs");
                findings.push(finding.help("write the value itself, or a variable with `value` or `from`"));
            }
        }
    }

    /// Puts the texts into the objects.
    pub(super) fn restore(&self, objects: &mut [Object]) {
        if self.0.is_empty() {
            return;
        }
        let mut bodies: BTreeMap<usize, Arc<Body>> = BTreeMap::new();
        for object in objects {
            if let Some(name) = self.text(&object.name) {
                object.name = name;
            }
            let metadata = object.metadata_mut();
            for map in [&mut metadata.labels, &mut metadata.annotations] {
                if let Some(restored) = self.map(map) {
                    *map = restored;
                }
            }
            let body = bodies.entry(Arc::as_ptr(&object.body).addr()).or_insert_with(|| {
                self.map(object.body.content())
                    .map_or_else(|| object.body.clone(), |map| Arc::new(Body::new(map)))
            });
            object.body = body.clone();
        }
    }

    /// Drops what rules say about texts that they do not know, and puts the texts into the others.
    pub(super) fn judge(&self, findings: &mut Vec<Finding>, documents: &SourceMap) {
        if self.0.is_empty() {
            return;
        }
        findings.retain(|finding| {
            let location = finding.location();
            let text = documents.get(location.file).and_then(|document| document.text_at(location));
            !(finding.rule.waivable && text.is_some_and(|text| self.is_in(text)))
        });
        let restore = |text: &mut String| *text = self.restored(text).unwrap_or_else(|| text.clone());
        for finding in findings {
            restore(&mut finding.message);
            finding.labels.iter_mut().for_each(|label| restore(&mut label.text));
            finding.note.iter_mut().chain(&mut finding.help).for_each(restore);
        }
    }

    fn restored(&self, text: &str) -> Option<String> {
        if !self.is_in(text) {
            return None;
        }
        let replace = |text: String, stand_in: &StandIn| text.replace(&stand_in.host, &stand_in.text);
        Some(self.0.iter().fold(text.to_owned(), replace))
    }

    /// Names the variables in the hosts of the model, which commands show and look up.
    pub(super) fn name(&self, model: &mut Model) {
        if self.0.is_empty() {
            return;
        }
        let named = |text: &str| {
            let replace = |text: String, one: &StandIn| text.replace(&one.host, &one.variable);
            self.0.iter().fold(text.to_owned(), replace)
        };
        model.platform.domain = named(&model.platform.domain).into();
        let routes = model.entries.iter_mut().flat_map(|entry| &mut entry.routes);
        for host in routes.flat_map(Route::hosts_mut) {
            *host = Host::new(named(host.as_str()));
        }
        for stream in model.entries.iter_mut().flat_map(|entry| &mut entry.streams) {
            stream.host = stream.host.as_ref().map(|host| named(host).into());
        }
    }

    fn text(&self, text: &Text) -> Option<Text> {
        self.restored(text).map(Text::from)
    }

    /// The mapping with the texts; nothing if it has no stand-in.
    fn map(&self, map: &Map) -> Option<Map> {
        let values: Vec<_> = map.iter().map(|(_, value)| self.value(value)).collect();
        if values.iter().all(Option::is_none) {
            return None;
        }
        let pairs = map.iter().zip(values);
        Some(pairs.map(|((key, old), new)| (key.clone(), new.unwrap_or_else(|| old.clone()))).collect())
    }

    fn value(&self, value: &Value) -> Option<Value> {
        match value.get() {
            Value::Text(text) => self.text(text).map(Value::Text),
            Value::Map(map) => self.map(map).map(Value::Map),
            Value::List(items) => {
                let restored: Vec<_> = items.iter().map(|item| self.value(item)).collect();
                restored.iter().any(Option::is_some).then(|| {
                    let pairs = items.iter().zip(restored);
                    Value::List(pairs.map(|(old, new)| new.unwrap_or_else(|| old.clone())).collect())
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Passthrough;

    #[test]
    fn a_stand_in_may_end_with_another() {
        let mut all = Passthrough::default();
        let [short, long] = [("A", "<a>"), ("VAR_A", "<b>")].map(|(name, text)| all.add(name, text));
        assert!(long.ends_with(&short));
        assert_eq!(all.restored(&format!("{long} {short}")).as_deref(), Some("<b> <a>"));
        assert_eq!(all.restored("a"), None);
    }
}
