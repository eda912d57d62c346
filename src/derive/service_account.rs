//! Whether the pods of an application need a ServiceAccount of the entry.

use super::{Reason, locked};
use crate::lock::Interface;
use crate::model::{Application, Entry, Model};

/// The ServiceAccount that makes one named after the application unnecessary: the application deploys one of
/// that name itself, or has others and no pod that uses that one.
pub fn own_account<'m>(application: &'m Application, entry: &Entry, model: &'m Model) -> Option<Reason<'m>> {
    if !application.targets(&entry.namespace) {
        return None;
    }
    let known = locked(application, model)?;
    let interface: &'m Interface = known.interface;
    let (kind, names) = interface.objects.iter().find(|(kind, _)| kind.is("", "ServiceAccount"))?;
    let mut own = names.iter().filter(|name| name.namespace.is_none());
    let same = own.clone().find(|name| name.name.as_str() == application.code.as_str());
    let is_used = || {
        interface.pods.values().any(|pods| {
            pods.service_account.as_ref().is_some_and(|name| name.as_str() == application.code.as_str())
        })
    };
    let name = same.or_else(|| own.next().filter(|_| !is_used()))?;
    Some(Reason { basis: known.basis, kind, name: Some(name) })
}
