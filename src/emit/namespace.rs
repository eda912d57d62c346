//! The Namespace of an entry that owns it.

use std::sync::Arc;

use super::extend;
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::Entry;

pub(super) fn namespace(entry: &Entry, origins: &Arc<[Origin]>, findings: &mut Sink) -> Option<Object> {
    if !entry.owns_namespace {
        return None;
    }
    // With server-side apply, labels that others have set on an existing namespace are kept (Argo CD 3.5).
    let options = if entry.protected {
        "Prune=false,Delete=false,ServerSideApply=true"
    } else {
        "ServerSideApply=true"
    };
    let mut object = Object::new(
        Kind::Namespace,
        entry.namespace.to_text(),
        Kind::Namespace.wave(),
        &entry.namespace,
        origins,
    )
    .label("pod-security.kubernetes.io/enforce", entry.pod_security.name())
    .label("pod-security.kubernetes.io/enforce-version", "latest")
    .label("pod-security.kubernetes.io/audit", "restricted")
    .label("pod-security.kubernetes.io/warn", "restricted")
    .sync_options(options);
    extend(&mut object, &entry.labels, &entry.annotations, &entry.location, findings);
    Some(object)
}
