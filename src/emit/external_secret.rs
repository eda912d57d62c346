//! The `ExternalSecrets` of an entry: what the External Secrets operator fetches from the platform's store.

use super::{CRD_COMES_LATER, line};
use crate::catalog::{SecretData, SecretSource};
use crate::kubernetes::{Kind, Object};
use crate::model::{Entry, ExternalSecrets, Model, Secret};
use crate::value::{Map, Text};

/// The ExternalSecret of a Secret that comes from the store; both have the same name.
pub(super) fn external_secret(secret: &Secret, entry: &Entry, model: &Model) -> Option<Object> {
    let operator =
        model.platform.secrets.external_secrets.as_ref().filter(|_| secret.source == SecretSource::Store)?;
    let kind = if operator.serves_v1 { Kind::ExternalSecret } else { Kind::ExternalSecretBeta };
    // Without a kind, the operator looks for a store in the namespace (External Secrets 2.9,
    // `secretStoreRef`).
    let store = Map::new().with("kind", operator.store.kind.name()).with("name", &operator.store.name);
    let spec = Map::new()
        .with("refreshInterval", &operator.refresh_interval)
        .with("secretStoreRef", store)
        .with("target", target(secret))
        .with_filled("data", secret.data.iter().map(|data| key(data, operator)).collect::<Vec<_>>())
        .with_filled(
            "dataFrom",
            secret.data_from.iter().map(|from| all_of(from, operator)).collect::<Vec<_>>(),
        );
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
    let template = |kind: &Text| {
        Map::new().with("engineVersion", "v2").with("mergePolicy", "Replace").with("type", kind)
    };
    Map::new()
        .with("creationPolicy", "Owner")
        .with("deletionPolicy", "Retain")
        .with_some("template", secret.kind.as_ref().map(template))
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
