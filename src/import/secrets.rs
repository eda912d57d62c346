//! ExternalSecrets, in the keys of the catalog.

use super::draft::Item;
use super::entry::Scope;
use super::images;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// `secrets` of the entry.
pub(super) fn of_entry(scope: &Scope<'_, '_>) -> Vec<Item> {
    let secrets = scope.objects.within(scope.namespace, "external-secrets.io", "ExternalSecret");
    let pull = scope.known.platform.secrets.image_pull_secret.as_ref();
    let ours = secrets.filter(|(_, secret)| pull.is_none_or(|pull| *pull.name != *secret.name));
    let mut items: Vec<_> = ours.map(|(index, secret)| Item::new(keys(secret, scope), [index])).collect();
    if scope.namespace == scope.known.platform.argocd.namespace.as_str() {
        items.extend(manual(scope));
    }
    items
}

/// The Secrets that image updaters read and no ExternalSecret makes.
fn manual(scope: &Scope<'_, '_>) -> Vec<Item> {
    let made = || scope.objects.within(scope.namespace, "external-secrets.io", "ExternalSecret");
    let missing = images::secrets(scope).into_iter();
    let missing = missing.filter(|name| !made().any(|(_, secret)| secret.name.as_str() == *name));
    let item = |name| Map::new().with("name", Text::copied(name)).with("source", "manual");
    missing.map(|name| Item::new(item(name), [])).collect()
}

fn keys(secret: &Resource, scope: &Scope<'_, '_>) -> Map {
    let data: Vec<_> = maps_at(&secret.value, &["spec", "data"]).map(data).collect();
    let all = || maps_at(&secret.value, &["spec", "dataFrom"]);
    let extracts = all().filter_map(|from| text_at(from, &["extract", "key"])).map(Text::copied);
    let kind = secret.at(&["spec", "target", "template", "type"]).and_then(text);
    let interval = secret.at(&["spec", "refreshInterval"]).and_then(text);
    let common = scope.known.platform.secrets.external_secrets.as_ref();
    let interval =
        interval.filter(|interval| common.is_none_or(|common| common.refresh_interval.as_str() != *interval));
    Map::new()
        .with("name", secret.name.clone())
        .with_some("type", kind.map(Text::copied))
        .with_filled("data", data)
        .with_filled("dataFrom", extracts.collect::<Vec<_>>())
        .with_filled("generators", all().filter_map(generator).collect::<Vec<_>>())
        .with_filled("template", template(secret))
        .with_some("refreshInterval", interval.map(Text::copied))
}

fn generator(from: &Map) -> Option<Map> {
    let at = |key| text_at(from, &["sourceRef", "generatorRef", key]).map(Text::copied);
    Some(Map::new().with("kind", at("kind")?).with("name", at("name")?))
}

fn template(secret: &Resource) -> Map {
    let at = |path: &[&str]| {
        let found = secret.at(&[&["spec", "target", "template"], path].concat());
        found.and_then(Value::map).cloned().unwrap_or_default()
    };
    let merges = secret.at(&["spec", "target", "template", "mergePolicy"]).and_then(text) == Some("Merge");
    let data = at(&["data"]);
    let keeps = merges && !data.is_empty();
    Map::new()
        .with_filled("data", data)
        .with_true("keepValues", keeps)
        .with_filled("labels", at(&["metadata", "labels"]))
        .with_filled("annotations", at(&["metadata", "annotations"]))
}

fn data(data: &Map) -> Map {
    let at = |path: &[&str]| text_at(data, path).map(Text::copied);
    Map::new()
        .with_some("key", at(&["secretKey"]))
        .with_some("from", at(&["remoteRef", "key"]))
        .with_some("property", at(&["remoteRef", "property"]))
}
