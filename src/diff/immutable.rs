//! Fields that the API server does not change (Kubernetes 1.36, `pkg/apis/*/validation`).

use super::same::same;
use crate::kubernetes::resource::{at, is_true};
use crate::kubernetes::{GroupKind, Object};
use crate::value::{Map, Value};

/// The immutable fields of a kind.
struct Fields {
    group: &'static str,
    kind: &'static str,
    paths: &'static [&'static str],
}

/// What is immutable in kinds that wharf or a template may render.
static FIELDS: &[Fields] = &[
    Fields { group: "", kind: "Secret", paths: &["type"] },
    Fields {
        group: "",
        kind: "PersistentVolumeClaim",
        paths: &[
            "spec.accessModes",
            "spec.selector",
            "spec.storageClassName",
            "spec.volumeMode",
            "spec.volumeName",
        ],
    },
    Fields { group: "apps", kind: "Deployment", paths: &["spec.selector"] },
    Fields { group: "apps", kind: "DaemonSet", paths: &["spec.selector"] },
    Fields { group: "batch", kind: "Job", paths: &["spec.selector", "spec.template", "spec.completionMode"] },
    Fields { group: "rbac.authorization.k8s.io", kind: "RoleBinding", paths: &["roleRef"] },
    Fields { group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding", paths: &["roleRef"] },
    Fields {
        group: "storage.k8s.io",
        kind: "StorageClass",
        paths: &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
    },
    Fields { group: "scheduling.k8s.io", kind: "PriorityClass", paths: &["value", "preemptionPolicy"] },
    Fields { group: "networking.k8s.io", kind: "IngressClass", paths: &["spec.controller"] },
    Fields { group: "node.k8s.io", kind: "RuntimeClass", paths: &["handler"] },
];

/// The first immutable field that differs.
pub(super) fn changed_field(before: &Object, after: &Object) -> Option<&'static str> {
    let kind = after.group_kind();
    let (old, new) = (before.body.content(), after.body.content());
    let fields = FIELDS.iter().find(|fields| kind.is(fields.group, fields.kind));
    let paths = fields.map(|fields| fields.paths).unwrap_or_default();
    let changed = paths.iter().copied().find(|path| !same_at(old, new, path));
    changed.or_else(|| frozen(kind, old, new)).or_else(|| of_stateful_set(kind, old, new))
}

/// What the API server changes in the `spec` of a StatefulSet; everything else is immutable.
const MUTABLE: [&str; 7] = [
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

fn of_stateful_set(kind: &GroupKind, old: &Map, new: &Map) -> Option<&'static str> {
    let spec = |map| at(map, &["spec"]).and_then(Value::map);
    let (old, new) = (spec(old)?, spec(new)?);
    let keys = old.iter().chain(new.iter()).map(|(key, _)| key.as_str());
    let mut fixed = keys.filter(|key| !MUTABLE.contains(key));
    let differs = |key: &str| {
        let value = |map: &Map| map.get(key).unwrap_or(&Value::Null).clone();
        !same(&value(old), &value(new))
    };
    (kind.is("apps", "StatefulSet") && fixed.any(differs)).then_some("spec")
}

/// The data of a ConfigMap or Secret with `immutable: true`.
fn frozen(kind: &GroupKind, old: &Map, new: &Map) -> Option<&'static str> {
    let may_be = kind.is("", "ConfigMap") || kind.is("", "Secret");
    let mut paths = ["data", "binaryData", "stringData", "immutable"].into_iter();
    if may_be && is_true(old, &["immutable"]) { paths.find(|path| !same_at(old, new, path)) } else { None }
}

fn same_at(old: &Map, new: &Map, path: &str) -> bool {
    let keys: Vec<_> = path.split('.').collect();
    let value = |map| at(map, &keys).unwrap_or(&Value::Null);
    same(value(old), value(new))
}
