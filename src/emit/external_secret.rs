//! The `ExternalSecrets` of an entry: what the External Secrets operator fetches from the platform's store.

use std::collections::BTreeMap;

use super::{CRD_COMES_LATER, line};
use crate::catalog::{
    Decoding, RefreshPolicy, SecretGenerator, SecretRewrite, SecretSearch, SecretSource, SecretStore,
    SecretTemplateFile,
};
use crate::format::SecretKey;
use crate::kubernetes::{Kind, Object};
use crate::model::{Entry, ExternalSecrets, Model, Secret, StoreValue};
use crate::value::{Key, Map, Text, Value};

/// The ExternalSecret of a Secret that comes from the store; both have the same name.
pub(super) fn external_secret(secret: &Secret, entry: &Entry, model: &Model) -> Option<Object> {
    let operator =
        model.platform.secrets.external_secrets.as_ref().filter(|_| secret.source == SecretSource::Store)?;
    let kind = if operator.serves_v1 { Kind::ExternalSecret } else { Kind::ExternalSecretBeta };
    let reads_store = !(secret.data.is_empty() && secret.data_from.is_empty() && secret.find.is_empty());
    let interval = secret.refresh_interval.as_ref().unwrap_or(&operator.refresh_interval);
    let stored = secret.data_from.iter().map(|from| all_of(from, operator));
    let found = secret.find.iter().map(|search| search_of(search, operator));
    let stored = stored.chain(found).map(|source| renamed(source, &secret.rewrite));
    let store = secret.store.as_ref().unwrap_or(&operator.store);
    let spec = Map::new()
        .with("refreshInterval", interval)
        .with_some("refreshPolicy", secret.refresh_policy.map(RefreshPolicy::name))
        .with_some("secretStoreRef", reads_store.then(|| reference_to(store)))
        .with("target", target(secret))
        .with_filled("data", secret.data.iter().map(|data| key(data, operator)).collect::<Vec<_>>())
        .with_filled("dataFrom", stored.chain(secret.generators.iter().map(generated)).collect::<Vec<_>>());
    let object = Object::new(
        kind,
        secret.name.clone(),
        model.platform.secret_wave(entry.tier),
        &entry.namespace,
        &line(secret.location.key("name")),
    )
    .within(&entry.namespace)
    .sync_options(CRD_COMES_LATER)
    .spec(spec);
    Some(object)
}

/// Defaults of the operator are written explicitly, here and in each reference. The API server's defaults are
/// inside lists, which Argo CD compares as a whole, so that the root application would be permanently
/// out of sync (External Secrets, issues 6398 and 6797).
fn target(secret: &Secret) -> Map {
    Map::new()
        .with("creationPolicy", secret.creation_policy.name())
        .with("deletionPolicy", "Retain")
        .with_filled("template", template(secret))
}

/// How the Secret is made of the values; empty if each value is a key.
fn template(secret: &Secret) -> Map {
    let written = &secret.template;
    let metadata = Map::new()
        .with_filled("annotations", texts(&written.annotations))
        .with_filled("labels", texts(&written.labels));
    let texts_of = |(key, text): (&SecretKey, &String)| (Key::user(&**key), Value::from(text.clone()));
    let data: Map = written.data.iter().map(texts_of).collect();
    let files: Vec<_> = written.from.iter().map(texts_from).collect();
    if secret.kind.is_none() && metadata.is_empty() && data.is_empty() && files.is_empty() {
        return Map::new();
    }
    let keeps = written.keep_values == Some(true) && !(data.is_empty() && files.is_empty());
    Map::new()
        .with("engineVersion", "v2")
        .with("mergePolicy", if keeps { "Merge" } else { "Replace" })
        .with_some("type", secret.kind.as_ref())
        .with_filled("metadata", metadata)
        .with_filled("data", data)
        .with_filled("templateFrom", files)
}

/// Texts of another object, with the defaults of the API server, which are inside of a list.
fn texts_from(file: &SecretTemplateFile) -> Map {
    let item = |key: &SecretKey| Map::new().with("key", key).with("templateAs", "Values");
    let object =
        |name| Map::new().with("name", name).with("items", file.keys.iter().map(item).collect::<Vec<_>>());
    Map::new()
        .with_some("configMap", file.config_map.as_ref().map(object))
        .with_some("secret", file.secret.as_ref().map(object))
        .with("target", "Data")
}

fn texts(pairs: &BTreeMap<String, String>) -> Map {
    pairs.iter().map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone()))).collect()
}

/// Without a kind, the operator looks for a store in the namespace (External Secrets 2.9, `secretStoreRef`).
fn reference_to(store: &SecretStore) -> Map {
    Map::new().with("kind", store.kind.name()).with("name", &store.name)
}

fn generated(generator: &SecretGenerator) -> Map {
    let reference = Map::new()
        .with("apiVersion", "generators.external-secrets.io/v1alpha1")
        .with("kind", &generator.kind)
        .with("name", &generator.name);
    let source = Map::new().with("sourceRef", Map::new().with("generatorRef", reference));
    renamed(source, &generator.rewrite)
}

/// Values whose keys are renamed.
fn renamed(source: Map, rewrites: &[SecretRewrite]) -> Map {
    let rewrite = |rewrite: &SecretRewrite| {
        let expression = Map::new().with("source", &rewrite.from).with("target", rewrite.to.clone());
        Map::new().with("regexp", expression)
    };
    source.with_filled("rewrite", rewrites.iter().map(rewrite).collect::<Vec<_>>())
}

fn search_of(search: &SecretSearch, operator: &ExternalSecrets) -> Map {
    let name = search.name.as_ref().map(|name| Map::new().with("regexp", name));
    let found = Map::new()
        .with_some("path", search.path.as_ref())
        .with_some("name", name)
        .with_filled("tags", texts(&search.tags))
        .with("conversionStrategy", "Default")
        .with("decodingStrategy", "None")
        .with_some("nullBytePolicy", operator.has_null_byte_policy.then_some("Ignore"));
    Map::new().with("find", found)
}

fn key(data: &StoreValue, operator: &ExternalSecrets) -> Map {
    let value = Map::new()
        .with("key", &data.from)
        .with_some("property", data.property.as_ref())
        .with_some("version", data.version.as_ref());
    Map::new().with("secretKey", &data.key).with("remoteRef", reference(value, data.decode, operator))
}

fn all_of(from: &Text, operator: &ExternalSecrets) -> Map {
    Map::new().with("extract", reference(Map::new().with("key", from), None, operator))
}

fn reference(value: Map, decode: Option<Decoding>, operator: &ExternalSecrets) -> Map {
    value
        .with("conversionStrategy", "Default")
        .with("decodingStrategy", decode.map_or("None", Decoding::name))
        .with("metadataPolicy", "None")
        .with_some("nullBytePolicy", operator.has_null_byte_policy.then_some("Ignore"))
}
