//! ExternalSecrets, in the keys of the catalog.

use super::draft::Item;
use super::entry::Scope;
use super::images;
use super::project::map_at;
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
    let stored = all().find(|from| from.get("sourceRef").is_none());
    let at = |path: &[&str]| secret.at(&[&["spec"], path].concat()).and_then(text);
    let common = scope.known.platform.secrets.external_secrets.as_ref();
    let interval = at(&["refreshInterval"])
        .filter(|interval| common.is_none_or(|common| common.refresh_interval.as_str() != *interval));
    let creation = at(&["target", "creationPolicy"]).filter(|policy| *policy != "Owner");
    Map::new()
        .with("name", secret.name.clone())
        .with_some("type", at(&["target", "template", "type"]).map(Text::copied))
        .with_some("store", store(secret, scope))
        .with_filled("data", data)
        .with_filled("dataFrom", extracts.collect::<Vec<_>>())
        .with_filled("find", all().filter_map(search).collect::<Vec<_>>())
        .with_filled("rewrite", stored.map(rewrites).unwrap_or_default())
        .with_filled("generators", all().filter_map(generator).collect::<Vec<_>>())
        .with_filled("template", template(secret))
        .with_some("refreshInterval", interval.map(Text::copied))
        .with_some("refreshPolicy", at(&["refreshPolicy"]).map(lower_first))
        .with_some("creationPolicy", creation.map(str::to_lowercase))
}

/// A name of the operator as the catalog writes it: `OnChange` is `onChange`.
fn lower_first(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

/// The store, if it is not that of the platform.
fn store(secret: &Resource, scope: &Scope<'_, '_>) -> Option<Map> {
    let reference = secret.at(&["spec", "secretStoreRef"])?.map()?;
    let (kind, name) =
        (text_at(reference, &["kind"]).unwrap_or("SecretStore"), text_at(reference, &["name"])?);
    let common = scope.known.platform.secrets.external_secrets.as_ref().map(|common| &common.store);
    let is_common = common.is_some_and(|store| store.kind.name() == kind && *store.name == *name);
    (!is_common).then(|| Map::new().with("kind", Text::copied(kind)).with("name", Text::copied(name)))
}

fn search(from: &Map) -> Option<Map> {
    let find = map_at(from, "find")?;
    let tags = map_at(find, "tags").cloned().unwrap_or_default();
    let map = Map::new()
        .with_some("name", text_at(find, &["name", "regexp"]).map(Text::copied))
        .with_filled("tags", tags)
        .with_some("path", text_at(find, &["path"]).map(Text::copied));
    Some(map)
}

/// How keys are renamed.
fn rewrites(from: &Map) -> Vec<Map> {
    let regexps = maps_at(from, &["rewrite"]).filter_map(|rewrite| map_at(rewrite, "regexp"));
    let rewrite = |regexp: &Map| {
        let to = regexp.get("target").and_then(text).unwrap_or_default();
        let from = text_at(regexp, &["source"]).map(Text::copied);
        Map::new().with_some("from", from).with("to", Text::copied(to))
    };
    regexps.map(rewrite).collect()
}

fn generator(from: &Map) -> Option<Map> {
    let at = |key| text_at(from, &["sourceRef", "generatorRef", key]).map(Text::copied);
    let map = Map::new().with("kind", at("kind")?).with("name", at("name")?);
    Some(map.with_filled("rewrite", rewrites(from)))
}

fn template(secret: &Resource) -> Map {
    let at = |path: &[&str]| {
        let found = secret.at(&[&["spec", "target", "template"], path].concat());
        found.and_then(Value::map).cloned().unwrap_or_default()
    };
    let merges = secret.at(&["spec", "target", "template", "mergePolicy"]).and_then(text) == Some("Merge");
    let data = at(&["data"]);
    let from = maps_at(&secret.value, &["spec", "target", "template", "templateFrom"]).filter_map(file);
    let from: Vec<_> = from.collect();
    let keeps = merges && !(data.is_empty() && from.is_empty());
    Map::new()
        .with_filled("data", data)
        .with_filled("from", from)
        .with_true("keepValues", keeps)
        .with_filled("labels", at(&["metadata", "labels"]))
        .with_filled("annotations", at(&["metadata", "annotations"]))
}

/// Texts of a ConfigMap or of another Secret.
fn file(from: &Map) -> Option<Map> {
    let object = |kind| Some((kind, text_at(from, &[kind, "name"])?));
    let (kind, name) = object("configMap").or_else(|| object("secret"))?;
    let keys = maps_at(from, &[kind, "items"]).filter_map(|item| text_at(item, &["key"]));
    let keys: Vec<_> = keys.map(Text::copied).collect();
    Some(Map::new().with(kind, Text::copied(name)).with("keys", keys))
}

fn data(data: &Map) -> Map {
    let at = |path: &[&str]| text_at(data, path).map(Text::copied);
    let decode = text_at(data, &["remoteRef", "decodingStrategy"]).filter(|decode| *decode != "None");
    Map::new()
        .with_some("key", at(&["secretKey"]))
        .with_some("from", at(&["remoteRef", "key"]))
        .with_some("property", at(&["remoteRef", "property"]))
        .with_some("version", at(&["remoteRef", "version"]))
        .with_some("decode", decode.map(str::to_lowercase))
}
