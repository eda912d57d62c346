//! The contents of an object: nothing that another reader takes for more objects, and nothing with a wider
//! effect than its kind.

use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::value::{Map, Value};

/// The keys of the head of an object.
const HEAD: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Groups that contain everybody, to whom a binding would give its role (Kubernetes 1.34,
/// `authentication/user`).
const EVERYBODY: [&str; 5] = [
    "system:anonymous",
    "system:authenticated",
    "system:masters",
    "system:serviceaccounts",
    "system:unauthenticated",
];

/// Checks an object of this kind; `declared` is whether the entry declares the kind.
pub(super) fn check(document: &Map, group: &str, kind: &str, declared: bool, faults: &mut Sink) {
    check_keys(document, faults);
    match (group, kind) {
        ("", "Secret") => check_secret(document, faults),
        ("", "Service") if !declared => check_service(document, faults),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            check_subjects(document, faults);
        }
        _ => {}
    }
}

/// Argo CD replaces any object with a list `items`, of any kind, by the items of the list, and silently drops
/// an object whose `items` is null (Argo CD 3.5, `IsList` and `isNullList` in `GenerateManifests`).
/// Case-insensitive readers, such as Go's, read a key that differs from one of the head only in its case as
/// that key.
fn check_keys(document: &Map, faults: &mut Sink) {
    for (key, _) in document.iter() {
        let at = || Location::default().key(key.clone()).itself();
        if key.eq_ignore_ascii_case("items") {
            let finding = rules::TEMPLATE_OBJECT.at(at(), format!("an object of a template has no `{key}`"));
            let finding = finding
                .note("Argo CD would take the object for a list and apply its items, which are not checked");
            faults.push(finding.help("write each object as a separate document, after a line `---`"));
        } else if HEAD.iter().any(|head| key.as_str() != *head && key.eq_ignore_ascii_case(head)) {
            let finding = rules::TEMPLATE_OBJECT.at(
                at(),
                format!("`{}` differs from a key of the object's head only in its case", shorten(key)),
            );
            faults.push(
                finding.note("case-insensitive readers would take it for the head").help("remove the line"),
            );
        }
    }
}

/// A Secret without values requests one, such as a token of a ServiceAccount; one with values is not secret
/// any more.
fn check_secret(document: &Map, faults: &mut Sink) {
    let values = |key: &str| {
        document.iter().any(|(name, value)| {
            name.as_str() == key && matches!(value, Value::Map(values) if !values.is_empty())
        })
    };
    for key in ["data", "stringData"].into_iter().filter(|key| values(key)) {
        let finding = rules::SECRET_IN_GIT
            .at(Location::default().key(key).itself(), "the values of this Secret are in the repository");
        let finding = finding.note(
            "base64 is not encryption: everybody who may read the repository or the rendered \
                folder, including their history, has the values",
        );
        faults
            .push(finding.help(
                "name it in `secrets` of the entry, with `source: sops` or `sealed` to keep it in git",
            ));
    }
}

/// A Service may open a port on every node, receive traffic for any address, or be an alias of any name.
fn check_service(document: &Map, faults: &mut Sink) {
    let Some(spec) = document.get("spec").and_then(Value::map) else { return };
    let location = Location::default().key("spec");
    let kind = spec
        .get("type")
        .filter(|kind| !matches!(kind.get(), Value::Text(kind) if kind.as_str() == "ClusterIP"))
        .map(|_| "type");
    let addresses =
        ["externalIPs", "externalName", "loadBalancerIP"].into_iter().find(|key| spec.get(key).is_some());
    if let Some(key) = kind.or(addresses) {
        let finding =
            rules::TEMPLATE_OBJECT.at(location.key(key), "this Service has an effect beyond its namespace");
        let finding = finding.note(
            "it opens ports on the nodes, receives traffic for other addresses, or is an alias of an \
             external name",
        );
        let help = "use the type `ClusterIP`, or add `{group: '', kind: Service}` to \
            `project.namespaceResources` of the entry";
        faults.push(finding.help(help));
    }
}

fn check_subjects(document: &Map, faults: &mut Sink) {
    let Some(Value::List(subjects)) = document.get("subjects").map(Value::get) else { return };
    for (index, subject) in subjects.iter().enumerate() {
        let Some(Value::Text(name)) = subject.map().and_then(|subject| subject.get("name")) else { continue };
        if EVERYBODY.contains(&name.as_str()) {
            let location = Location::default().key("subjects").index(index).key("name");
            let finding = rules::TEMPLATE_OBJECT
                .at(location, format!("the role would be given to everybody in `{name}`"));
            faults
                .push(finding.help("name a ServiceAccount, or give people roles with `access` of the entry"));
        }
    }
}
