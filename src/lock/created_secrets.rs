//! Secrets that programs create at run time: `metallb-memberlist`, `argocd-redis`, the certificate of a
//! webhook. No manifest contains them, but a program needs a role for it, and has to know the name.

use std::collections::BTreeSet;

use super::extract::Rendered;
use crate::kubernetes::Resource;
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::Map;

/// The names of Secrets that programs of the application create in its namespace. `needed` are the names that
/// its pods refer to: a word of an argument is only taken for the name of a Secret if it is one of them.
pub(super) fn created_secrets<'r>(
    rendered: &'r Rendered<'_>,
    needed: &BTreeSet<&'r str>,
) -> BTreeSet<&'r str> {
    let mut names = BTreeSet::new();
    for binding in rendered.resources.iter().filter(|resource| is_binding(resource, rendered)) {
        let creates = role(binding, rendered).filter(|role| rules(role).any(may_create));
        let Some(role) = creates else { continue };
        let mut programs = programs(binding, rendered).peekable();
        if programs.peek().is_some() {
            names.extend(rules(role).flat_map(|rule| texts(rule, "resourceNames")));
        }
        names.extend(programs.flat_map(words).filter(|word| needed.contains(word)));
    }
    names
}

/// Whether it gives permissions in the namespace of the application.
fn is_binding(resource: &Resource, rendered: &Rendered<'_>) -> bool {
    let is = |kind| resource.kind.is("rbac.authorization.k8s.io", kind);
    is("ClusterRoleBinding")
        || is("RoleBinding") && rendered.other_namespace(resource.namespace.as_deref()).is_none()
}

/// The role of a binding, if the application brings it.
fn role<'r>(binding: &Resource, rendered: &'r Rendered<'_>) -> Option<&'r Resource> {
    let kind = text_at(&binding.value, &["roleRef", "kind"])?;
    let name = text_at(&binding.value, &["roleRef", "name"])?;
    rendered.resources.iter().copied().find(|resource| {
        resource.kind.is("rbac.authorization.k8s.io", kind)
            && resource.name.as_str() == name
            && (kind == "ClusterRole" || rendered.other_namespace(resource.namespace.as_deref()).is_none())
    })
}

/// The rules of a role about Secrets.
fn rules(role: &Resource) -> impl Iterator<Item = &Map> {
    let about = |rule: &&Map| {
        texts(rule, "apiGroups").any(|group| matches!(group, "" | "*"))
            && texts(rule, "resources").any(|resource| matches!(resource, "secrets" | "*"))
    };
    maps_at(&role.value, &["rules"]).filter(about)
}

/// Creation cannot be limited to a name (Kubernetes 1.36, RBAC): a rule with names permits none.
fn may_create(rule: &Map) -> bool {
    texts(rule, "verbs").any(|verb| matches!(verb, "create" | "*"))
        && texts(rule, "resourceNames").next().is_none()
}

fn texts<'r>(rule: &'r Map, key: &str) -> impl Iterator<Item = &'r str> + use<'r> {
    items_at(rule, &[key]).iter().filter_map(text)
}

/// The workloads with a ServiceAccount of a binding.
fn programs<'r>(
    binding: &'r Resource,
    rendered: &'r Rendered<'_>,
) -> impl Iterator<Item = &'r Workload<'r>> + use<'r> {
    let is_bound = |workload: &&Workload<'_>| {
        let account = text_at(workload.spec, &["serviceAccountName"]).unwrap_or("default");
        let namespace = rendered.namespace(workload.resource);
        maps_at(&binding.value, &["subjects"]).any(|subject| {
            text_at(subject, &["kind"]) == Some("ServiceAccount")
                && text_at(subject, &["name"]) == Some(account)
                && text_at(subject, &["namespace"]).is_none_or(|named| named == namespace)
        })
    };
    rendered.workloads.iter().filter(is_bound)
}

/// The words of arguments and environment, such as `name` in `--secret-name=name`.
fn words<'r>(workload: &Workload<'r>) -> Vec<&'r str> {
    let mut found = Vec::new();
    for container in workload.containers() {
        let arguments = ["command", "args"].into_iter().flat_map(|key| items_at(container, &[key]));
        found.extend(arguments.filter_map(text));
        found.extend(maps_at(container, &["env"]).filter_map(|variable| text_at(variable, &["value"])));
    }
    let of = |text: &'r str| text.split(|char: char| !(char.is_ascii_alphanumeric() || "-.".contains(char)));
    found.into_iter().flat_map(of).filter(|word| !word.is_empty()).collect()
}
