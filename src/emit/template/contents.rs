//! What an object holds: nothing that another reader takes for more objects, and nothing that reaches further
//! than its kind.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::value::{Map, Value};

/// The keys of an object's head.
const HEAD: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// Groups that hold everybody, whom a binding would let in (Kubernetes 1.34, `authentication/user`).
const EVERYBODY: [&str; 5] = [
    "system:anonymous",
    "system:authenticated",
    "system:masters",
    "system:serviceaccounts",
    "system:unauthenticated",
];

/// Checks an object of this kind; `declared` is whether the entry asks for the kind.
pub(super) fn check(document: &Map, group: &str, kind: &str, declared: bool, faults: &mut Vec<Finding>) {
    check_keys(document, faults);
    match (group, kind) {
        ("", "Secret") => check_secret(document, faults),
        ("", "Service") if !declared => check_service(document, faults),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            check_subjects(document, faults)
        }
        _ => {}
    }
}

/// Argo CD replaces whatever has a list called `items`, of any kind, by what the list holds, and silently
/// drops an object whose `items` is null (Argo CD 3.5, `IsList` and `isNullList` in `GenerateManifests`).
/// Readers that ignore upper and lower case, such as Go's, see the head twice where a key differs from it
/// only in that.
fn check_keys(document: &Map, faults: &mut Vec<Finding>) {
    for (key, _) in document.iter() {
        let at = || Location::default().key(key.clone()).itself();
        if key.eq_ignore_ascii_case("items") {
            let finding = rules::TEMPLATE_OBJECT.at(at(), format!("an object of a template has no `{key}`"));
            let finding = finding.note(
                "Argo CD would take the object for a list and apply what is in it, which nobody has checked",
            );
            faults.push(
                finding.help(
                    "write each object as a document of its own, with a line `---` between two of them",
                ),
            );
        } else if HEAD.iter().any(|head| key.as_str() != *head && key.eq_ignore_ascii_case(head)) {
            let finding = rules::TEMPLATE_OBJECT.at(
                at(),
                format!("`{}` differs from a key of the object's head only in its case", shorten(key)),
            );
            faults.push(
                finding.note("readers that ignore case would take it for the head").help("remove the line"),
            );
        }
    }
}

/// A Secret without values is an order for one, such as a token of a ServiceAccount; one with values is no
/// secret any more.
fn check_secret(document: &Map, faults: &mut Vec<Finding>) {
    let values = |key: &str| {
        document.iter().any(|(name, value)| {
            name.as_str() == key && matches!(value, Value::Map(values) if !values.is_empty())
        })
    };
    for key in ["data", "stringData"].into_iter().filter(|key| values(key)) {
        let finding = rules::SECRET_IN_GIT
            .at(Location::default().key(key).itself(), "this Secret has its values in the repository");
        let finding =
            finding.note("base64 hides nothing: whoever may read the repository or the rendered folder may use them, for all of its history");
        faults.push(finding.help(
            "name it in `secrets` of the entry, with `source: sops` or `sealed` if it is to stay in git",
        ));
    }
}

/// A Service may open a port of every node, take traffic for any address, or stand for a name anywhere.
fn check_service(document: &Map, faults: &mut Vec<Finding>) {
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
            rules::TEMPLATE_OBJECT.at(location.key(key), "this Service reaches beyond its namespace");
        let finding = finding.note(
            "it opens ports of the nodes, takes traffic for other addresses, or stands for a name elsewhere",
        );
        let help = "let it be of the type `ClusterIP`, or add `{group: '', kind: Service}` to `project.namespaceResources` of the entry";
        faults.push(finding.help(help));
    }
}

fn check_subjects(document: &Map, faults: &mut Vec<Finding>) {
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
