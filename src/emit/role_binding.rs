//! The `RoleBindings` of an entry: one for each role that a group has.

use std::sync::Arc;

use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Access, Entry, Model};
use crate::value::Map;

const API_GROUP: &str = "rbac.authorization.k8s.io";

/// Named after the role and not after the groups: the role of a binding is immutable (Kubernetes, `roleRef`),
/// its groups are not.
pub(super) fn role_binding(access: &Access, entry: &Entry, model: &Model) -> Object {
    let origins: Arc<[Origin]> =
        access.groups.values().map(|location| Origin::line(location.key("group"))).collect();
    let role = Map::new()
        .with("apiGroup", API_GROUP)
        .with("kind", "ClusterRole")
        .with("name", access.role.cluster_role());
    let subject = |group| {
        let name = format!("{}{group}", model.platform.group_prefix);
        Map::new().with("apiGroup", API_GROUP).with("kind", "Group").with("name", name)
    };
    let subjects: Vec<_> = access.groups.keys().map(subject).collect();
    Object::new(
        Kind::RoleBinding,
        format!("access-{}", access.role.name()),
        Kind::RoleBinding.wave(),
        &entry.namespace,
        &origins,
    )
    .within(&entry.namespace)
    .body(Map::new().with("roleRef", role).with("subjects", subjects))
}
