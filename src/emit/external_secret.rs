//! The `ExternalSecrets` of an entry: what the External Secrets operator fetches from the platform's store.

use std::collections::BTreeMap;

use super::{CRD_COMES_LATER, line};
use crate::catalog::{SecretData, SecretGenerator, SecretSource};
use crate::format::SecretKey;
use crate::kubernetes::{Kind, Object};
use crate::model::{Entry, ExternalSecrets, Model, Secret};
use crate::value::{Key, Map, Text, Value};

/// The ExternalSecret of a Secret that comes from the store; both have the same name.
pub(super) fn external_secret(secret: &Secret, entry: &Entry, model: &Model) -> Option<Object> {
    let operator =
        model.platform.secrets.external_secrets.as_ref().filter(|_| secret.source == SecretSource::Store)?;
    let kind = if operator.serves_v1 { Kind::ExternalSecret } else { Kind::ExternalSecretBeta };
    let reads_store = !(secret.data.is_empty() && secret.data_from.is_empty());
    let interval = secret.refresh_interval.as_ref().unwrap_or(&operator.refresh_interval);
    let stored = secret.data_from.iter().map(|from| all_of(from, operator));
    let spec = Map::new()
        .with("refreshInterval", interval)
        .with_some("secretStoreRef", reads_store.then(|| store(operator)))
        .with("target", target(secret))
        .with_filled("data", secret.data.iter().map(|data| key(data, operator)).collect::<Vec<_>>())
        .with_filled("dataFrom", stored.chain(secret.generators.iter().map(generated)).collect::<Vec<_>>());
    let object = Object::new(
        kind,
        secret.name.clone(),
        model.platform.secret_wave(entry.tier),
        &entry.namespace,
        &line(&secret.location.key("name")),
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
        .with("creationPolicy", "Owner")
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
    if secret.kind.is_none() && metadata.is_empty() && data.is_empty() {
        return Map::new();
    }
    let keeps = written.keep_values == Some(true) && !data.is_empty();
    Map::new()
        .with("engineVersion", "v2")
        .with("mergePolicy", if keeps { "Merge" } else { "Replace" })
        .with_some("type", secret.kind.as_ref())
        .with_filled("metadata", metadata)
        .with_filled("data", data)
}

fn texts(pairs: &BTreeMap<String, String>) -> Map {
    pairs.iter().map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone()))).collect()
}

/// Without a kind, the operator looks for a store in the namespace (External Secrets 2.9, `secretStoreRef`).
fn store(operator: &ExternalSecrets) -> Map {
    Map::new().with("kind", operator.store.kind.name()).with("name", &operator.store.name)
}

fn generated(generator: &SecretGenerator) -> Map {
    let reference = Map::new()
        .with("apiVersion", "generators.external-secrets.io/v1alpha1")
        .with("kind", &generator.kind)
        .with("name", &generator.name);
    Map::new().with("sourceRef", Map::new().with("generatorRef", reference))
}

fn key(data: &SecretData, operator: &ExternalSecrets) -> Map {
    let property = data.property.as_ref().map(Text::from);
    Map::new()
        .with("secretKey", &data.key)
        .with("remoteRef", reference(&(&data.from).into(), property, operator))
}

fn all_of(from: &Text, operator: &ExternalSecrets) -> Map {
    Map::new().with("extract", reference(from, None, operator))
}

fn reference(from: &Text, property: Option<Text>, operator: &ExternalSecrets) -> Map {
    Map::new()
        .with("key", from)
        .with_some("property", property)
        .with("conversionStrategy", "Default")
        .with("decodingStrategy", "None")
        .with("metadataPolicy", "None")
        .with_some("nullBytePolicy", operator.has_null_byte_policy.then_some("Ignore"))
}
