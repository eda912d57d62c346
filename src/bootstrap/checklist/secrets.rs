//! The steps for Secrets: those that nothing creates, keys of encrypted ones, and values in the store.

use std::collections::BTreeSet;

use super::Step;
use crate::catalog::SecretSource;
use crate::diagnostics::count;
use crate::model::{Entry, Model, Secret};
use crate::names::Namespace;
use crate::platform::SecretStoreKind;

/// The Secrets whose source is one of `sources`, each with its entry.
fn secrets<'p>(
    model: &'p Model,
    sources: &'p [SecretSource],
) -> impl Iterator<Item = (&'p Entry, &'p Secret)> {
    model.secrets().filter(move |(_, secret)| sources.contains(&secret.source))
}

pub(super) fn manual(model: &Model) -> Option<Step> {
    let found: Vec<_> = secrets(model, &[SecretSource::Manual]).collect();
    let namespaces: BTreeSet<&Namespace> = found
        .iter()
        .map(|(entry, _)| &entry.namespace)
        .filter(|name| **name != model.platform.argocd.namespace)
        .collect();
    let step = Step::new(
        format!("Create {} manually.", count(found.len(), "Secret")),
        "Nothing else creates them, and the pods that name them do not start without them. The root \
         application adopts the namespaces.",
    );
    let step = step.lines(namespaces.iter().map(|namespace| format!("kubectl create namespace {namespace}")));
    let command = |(entry, secret): &(&Entry, &Secret)| {
        format!("kubectl --namespace {} create secret generic {} …", entry.namespace, secret.name)
    };
    (!found.is_empty()).then(|| step.lines(found.iter().map(command)))
}

pub(super) fn encrypted(model: &Model) -> Option<Step> {
    let found: Vec<_> = secrets(model, &[SecretSource::Sops, SecretSource::Sealed]).collect();
    let step = Step::new(
        "Restore the keys that decrypt Secrets into the cluster.",
        "These are encrypted in the sources of applications, and a new cluster generates new keys.",
    );
    let lines = found
        .iter()
        .map(|(entry, secret)| format!("{}/{} ({})", entry.namespace, secret.name, secret.source.name()));
    (!found.is_empty()).then(|| step.lines(lines))
}

pub(super) fn store(model: &Model) -> Option<Step> {
    let external = model.platform.secrets.external_secrets.as_ref()?;
    let mut paths = BTreeSet::new();
    for (entry, secret) in secrets(model, &[SecretSource::Store]) {
        let user = format!("{}/{}", entry.namespace, secret.name);
        let property = |property: Option<&str>| {
            property.map_or(String::new(), |property| format!(", property {property}"))
        };
        paths.extend(
            secret
                .data
                .iter()
                .map(|data| format!("{}{}: for {user}", data.from, property(data.property.as_deref()))),
        );
        let searched = secret.find.iter().map(|search| {
            let name = search.name.as_deref().unwrap_or("*");
            let below = search.path.as_deref().map_or(String::new(), |path| format!(" below {path}"));
            format!("all values with the name {name}{below}: for {user}")
        });
        paths.extend(searched);
        paths.extend(secret.data_from.iter().map(|path| format!("{path}, all properties: for {user}")));
    }
    let (kind, name) = (external.store.kind.name(), &*external.store.name);
    let each = if external.store.kind == SecretStoreKind::SecretStore { " in each namespace" } else { "" };
    let step = Step::new(
        format!("Create the {kind} {name}{each} with its credentials, and put these values into the store."),
        "wharf knows only their names. Until a value exists, the pods that need it wait.",
    );
    (!paths.is_empty()).then(|| step.lines(paths))
}
