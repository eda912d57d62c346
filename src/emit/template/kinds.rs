//! Which kinds a template may render, and the scope of their effect. An allow-list: a kind of Kubernetes
//! itself whose effect stays within its namespace, or one that the entry declares. Anything else is refused.

use crate::catalog::Project;
use crate::diagnostics::{Finding, Location, rules};
use crate::kubernetes::kinds::{InTemplates, Instead, KindFacts, Scope, facts};
use crate::wildcard::matches_or_one;

/// Whether the entry declares the kind, as namespaced or as cluster-scoped.
pub(super) fn is_declared(project: &Project, group: &str, kind: &str, scope: Scope, name: &str) -> bool {
    match scope {
        Scope::Namespace => {
            project.namespace_resources.iter().any(|item| *item.group == *group && *item.kind == *kind)
        }
        Scope::Cluster => {
            let meant = |pattern: Option<&str>| {
                // Argo CD 3.5, `filepath.Match`
                pattern.is_none_or(|pattern| matches_or_one(pattern, name))
            };
            project
                .cluster_resources
                .iter()
                .any(|item| *item.group == *group && *item.kind == *kind && meant(item.name.as_deref()))
        }
    }
}

/// The scope of a kind that the template may render; otherwise the finding.
pub(super) fn scope(project: &Project, group: &str, kind: &str, name: &str) -> Result<Scope, Finding> {
    let facts = facts(group, kind);
    if let Some(InTemplates::Never(instead)) = facts.map(|facts| facts.in_templates) {
        let finding = refuse(format!("templates cannot render the kind `{kind}`"));
        return Err(finding
            .note(
                "wharf renders this kind from the catalog, which would no longer describe all of its objects",
            )
            .help(help(instead)));
    }
    if kind.ends_with("List") {
        let finding = refuse(format!("the kind `{kind}` is a list of objects"));
        let finding = finding.note("Argo CD would apply its items, which are not checked");
        return Err(finding.help("write each object as a separate document, after a line `---`"));
    }
    if facts.is_some_and(|facts| facts.in_templates == InTemplates::Allowed) {
        return Ok(Scope::Namespace);
    }
    let declared = |scope| is_declared(project, group, kind, scope, name);
    let known = facts.map(|facts| facts.scope);
    let (clustered, namespaced) = (known == Some(Scope::Cluster), known == Some(Scope::Namespace));
    match (declared(Scope::Namespace), declared(Scope::Cluster)) {
        (true, true) => {
            let finding = refuse(format!(
                "the entry declares the kind `{kind}` both as namespaced and as cluster-scoped"
            ));
            Err(finding.help(
                "remove the line in `project.namespaceResources` or the one in `project.clusterResources`",
            ))
        }
        (true, false) if !clustered => Ok(Scope::Namespace),
        (false, true) if !namespaced => Ok(Scope::Cluster),
        (false, true) => {
            let finding = refuse(format!("the kind `{kind}` is namespaced"));
            let finding = finding
                .note("without a namespace, Argo CD would create the object in that of the root Application");
            Err(finding.help(
                "move the line of this kind from `project.clusterResources` to `project.namespaceResources`",
            ))
        }
        _ if clustered => Err(of_cluster(group, kind)),
        _ => Err(undeclared(project, group, kind, facts)),
    }
}

fn refuse(message: String) -> Finding {
    rules::TEMPLATE_OBJECT.at(Location::default().key("kind"), message)
}

fn of_cluster(group: &str, kind: &str) -> Finding {
    let finding = refuse(format!("the kind `{kind}` is cluster-scoped"))
        .note("it has an effect beyond the namespace of the entry");
    finding.help(format!(
        "permit it: add `{{group: '{group}', kind: {kind}}}` to `project.clusterResources` of the entry"
    ))
}

fn undeclared(project: &Project, group: &str, kind: &str, facts: Option<&KindFacts>) -> Finding {
    if let Some(InTemplates::DeclaredBeyond(note)) = facts.map(|facts| facts.in_templates) {
        let finding = refuse(format!("the kind `{kind}` has an effect beyond its namespace"));
        let help = format!(
            "permit it: add `{{group: {group}, kind: {kind}}}` to `project.namespaceResources` of the entry"
        );
        return finding.note(note).help(help);
    }
    if project.cluster_resources.iter().any(|item| *item.group == *group && *item.kind == *kind) {
        let finding = refuse(format!("the entry declares the kind `{kind}` for other names than this one"));
        return finding
            .help("change the `name` of the line in `project.clusterResources`, or the name of the object");
    }
    let finding = refuse(format!("the entry does not declare the kind `{kind}`"));
    let finding = finding
        .note("it may have an effect beyond the namespace of the entry, which only the entry can permit");
    let line =
        format!("add `{{group: '{group}', kind: {kind}}}` to `project.namespaceResources` of the entry");
    finding.help(if facts.is_some_and(|facts| facts.scope == Scope::Namespace) {
        line
    } else {
        format!("{line}, or to `project.clusterResources` if the kind is cluster-scoped")
    })
}

/// What to write in the catalog for a kind that no template can render.
fn help(instead: Instead) -> &'static str {
    match instead {
        Instead::Entry => "write an entry instead",
        Instead::Applications => "write `applications` instead",
        Instead::Policies => "write `networkPolicies` instead",
        Instead::Routes => "write `routes` instead",
        Instead::Application => {
            "`routes` of the entry serve HTTP; deploy anything else with an application of the entry"
        }
    }
}
