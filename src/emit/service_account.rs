//! The `ServiceAccounts` of an entry: none of them mounts its token into pods that do not request it.

use std::sync::Arc;

use super::line;
use crate::derive::own_account;
use crate::kubernetes::{Body, Kind, Object, Origin};
use crate::model::{Application, Entry, Model, Source};
use crate::value::{Map, Text};

/// The `default` account of a namespace that the entry owns, and one for each application that declares one
/// or comes from a folder; charts of a registry create their own, and so do folders that the lock knows to do
/// so.
pub(super) fn service_accounts(
    entry: &Entry,
    model: &Model,
    shared: &Shared,
    origins: &Arc<[Origin]>,
) -> impl Iterator<Item = Object> {
    let body = if entry.image_pull_secret.is_some() { &shared.pulling } else { &shared.plain };
    let ours = entry.applications.iter().filter(|application| has_account(application, entry, model));
    let named = ours.map(|application| {
        account(application.code.to_text(), entry, body, &line(application.location.key("applicationCode")))
    });
    let default = entry.owns_namespace.then(|| account("default".into(), entry, body, origins));
    default.into_iter().chain(named)
}

fn has_account(application: &Application, entry: &Entry, model: &Model) -> bool {
    application.service_account.unwrap_or_else(|| {
        entry.owns_namespace
            && application.sources.iter().any(Source::is_folder)
            && own_account(application, entry, model).is_none()
    })
}

fn account(name: Text, entry: &Entry, body: &Arc<Body>, origins: &Arc<[Origin]>) -> Object {
    let mut account =
        Object::new(Kind::ServiceAccount, name, Kind::ServiceAccount.wave(), &entry.namespace, origins)
            .within(&entry.namespace);
    account.body = body.clone();
    account
}

/// The bodies of all accounts.
pub(super) struct Shared {
    plain: Arc<Body>,
    /// The body of accounts whose pods pull images with the platform's Secret.
    pulling: Arc<Body>,
}

impl Shared {
    pub(super) fn new(model: &Model) -> Self {
        let secrets: Vec<_> = model
            .platform
            .secrets
            .image_pull_secret
            .iter()
            .map(|pull| Map::new().with("name", &pull.name))
            .collect();
        let plain = Map::new().with("automountServiceAccountToken", false);
        let pulling = plain.clone().with_filled("imagePullSecrets", secrets);
        Self { plain: Arc::new(Body::new(plain)), pulling: Arc::new(Body::new(pulling)) }
    }
}
