//! Where the values of Secrets are in the store: as they say themselves, or by the patterns of the platform.

use super::patterns::Patterns;
use crate::catalog::{Decoding, Secret, SecretData};
use crate::diagnostics::{Location, Sink, rules};
use crate::format::SecretKey;
use crate::names::Namespace;
use crate::platform::ImagePullSecret;
use crate::value::Text;

/// A value of a Secret.
#[derive(Debug)]
pub struct StoreValue {
    /// The key in the Secret.
    pub key: SecretKey,
    /// The path in the store.
    pub from: Text,
    /// The property at that path; the whole value if there is none.
    pub property: Option<Text>,
    /// The version; the newest if there is none.
    pub version: Option<Text>,
    /// How it is decoded.
    pub decode: Option<Decoding>,
}

/// The values of a Secret; those without a path are reported and left out.
pub(super) fn values(
    secret: &Secret,
    location: &Location,
    namespace: &Namespace,
    patterns: &Patterns,
    findings: &mut Sink,
) -> Vec<StoreValue> {
    let mut values = Vec::new();
    for (index, data) in secret.data.iter().enumerate() {
        match value(data, &secret.name, namespace, patterns) {
            Some(value) => values.push(value),
            None => {
                let finding =
                    rules::MISSING_KEY.at(location.key("data").index(index), "the key `from` is missing");
                findings.push(finding.help(
                    "add `from`: the path of the value in the store, or set `patterns.storePath` in \
                     platform.yml",
                ));
            }
        }
    }
    values
}

fn value(data: &SecretData, secret: &str, namespace: &Namespace, patterns: &Patterns) -> Option<StoreValue> {
    let own = data.property.as_ref().map(Text::from);
    let (from, property) = match &data.from {
        Some(from) => (Text::from(from), own),
        None => (
            patterns.store_path(namespace, secret, &data.key)?,
            own.or_else(|| patterns.store_property(namespace, secret, &data.key)),
        ),
    };
    let version = data.version.as_ref().map(Text::from);
    Some(StoreValue { key: data.key.clone(), from, property, version, decode: data.decode })
}

/// The only key of a Secret with the output of `docker login` (Kubernetes, image pull secrets).
const PULL_KEY: &str = ".dockerconfigjson";

/// The value of an image pull secret.
pub(super) fn of_pull_secret(pull: &ImagePullSecret) -> StoreValue {
    StoreValue {
        key: SecretKey(PULL_KEY.into()),
        from: (&pull.from).into(),
        property: pull.property.as_ref().map(Text::from),
        version: None,
        decode: None,
    }
}
