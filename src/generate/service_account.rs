//! The ServiceAccounts of an entry: none of them hands its token to pods that do not ask for it.

use std::sync::Arc;

use super::{GUARD_WAVE, line};
use crate::object::{Kind, Object, Origin};
use crate::plan::Entry;
use crate::value::{Map, Text};

/// The `default` account, and one for each application of a git repository; charts of a registry bring their own.
pub(super) fn service_accounts(entry: &Entry, origins: &Arc<[Origin]>) -> impl Iterator<Item = Object> {
    let ours = entry.applications.iter().filter(|application| application.written.chart.is_none());
    let named = ours.map(|application| account(application.code.clone(), entry, &line(&application.place.key("applicationCode"))));
    [account("default".into(), entry, origins)].into_iter().chain(named)
}

fn account(name: Text, entry: &Entry, origins: &Arc<[Origin]>) -> Object {
    Object::new(Kind::ServiceAccount, name, GUARD_WAVE, &entry.namespace, origins)
        .within(&entry.namespace)
        .body(Map::new().with("automountServiceAccountToken", false))
}
