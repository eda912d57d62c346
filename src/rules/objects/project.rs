//! Applications whose AppProject does not permit what they deploy, and kinds in its lists that do not exist.

use std::collections::BTreeSet;

use crate::cluster::{Application, IN_CLUSTER, Provenance, Survey, has_placeholder};
use crate::diagnostics::rules::{INEFFECTIVE_PERMISSION, UNPERMITTED_APPLICATION};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::kind_name::{misspelt, title};
use crate::kubernetes::resource::{at, items_at, maps_at, text, text_at};
use crate::kubernetes::scope::is_cluster_scoped;
use crate::kubernetes::{GroupKind, Resource};
use crate::manifests::matches_glob;
use crate::value::{Map, Value};

/// The lists of kinds of an AppProject.
const LISTS: [&str; 4] = [
    "clusterResourceWhitelist",
    "clusterResourceBlacklist",
    "namespaceResourceWhitelist",
    "namespaceResourceBlacklist",
];

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings: Vec<_> = survey.projects.iter().flat_map(misspelt_kinds).collect();
    let resources = survey.by_application();
    for (number, application) in survey.applications.iter().enumerate() {
        let project = survey.project(application.project()).and_then(Project::new);
        if let Some(project) = project.filter(|_| !application.is_patched) {
            findings.extend(project.sources(application));
            findings.extend(project.destination(application));
            findings.extend(project.kinds(application, resources.get(&number).map_or(&[], Vec::as_slice)));
        }
    }
    findings
}

/// The kinds in the lists of a project that no object has.
fn misspelt_kinds(project: &Resource) -> Vec<Finding> {
    let mut findings = Vec::new();
    for list in LISTS {
        for (index, item) in items_at(&project.value, &["spec", list]).iter().enumerate() {
            let Some(item) = item.map() else { continue };
            let (group, kind) = (text_at(item, &["group"]).unwrap_or_default(), text_at(item, &["kind"]));
            let Some((kind, help)) = kind.and_then(|kind| Some((kind, misspelt(group, kind)?))) else {
                continue;
            };
            let location = project.location.key("spec").key(list).index(index);
            let message = format!("no object has this group and kind: `{}`", title(group, kind));
            let finding = INEFFECTIVE_PERMISSION.at(location, message);
            let note = if list.ends_with("Blacklist") {
                "Argo CD compares group and kind exactly, including case: the line forbids nothing"
            } else {
                "Argo CD compares group and kind exactly, including case: the line permits nothing"
            };
            findings.push(finding.note(note).help(help));
        }
    }
    findings
}

/// An AppProject.
struct Project<'p> {
    resource: &'p Resource,
    spec: &'p Map,
}

impl<'p> Project<'p> {
    fn new(resource: &'p Resource) -> Option<Self> {
        Some(Self { resource, spec: resource.at(&["spec"])?.map()? })
    }

    fn refuse(&self, location: Location, key: &str, what: &str) -> Finding {
        let message = format!("the AppProject `{}` does not permit {what}", shorten(&self.resource.name));
        let spec = self.resource.location.key("spec");
        let at = if self.spec.get(key).is_some() { spec.key(key.to_owned()).itself() } else { spec.itself() };
        let finding = UNPERMITTED_APPLICATION.at(location, message).with_secondary_label(at, "decided here");
        finding
            .note("Argo CD refuses to sync the Application")
            .help(format!("add it to `{key}` of the AppProject"))
    }

    fn sources(&self, application: &Application) -> Vec<Finding> {
        let patterns: Vec<_> = items_at(self.spec, &["sourceRepos"]).iter().filter_map(text).collect();
        let mut findings = Vec::new();
        for source in application.sources() {
            let url = source.text(&["repoURL"]).unwrap_or_default();
            let known =
                !url.is_empty() && !has_placeholder(url) && !patterns.iter().any(|one| has_placeholder(one));
            if known && !permits(&patterns, |pattern| is_repository(pattern, url)) {
                let what = format!("the repository {}", shorten(url));
                findings.push(self.refuse(source.location.key("repoURL"), "sourceRepos", &what));
            }
        }
        findings
    }

    fn destination(&self, application: &Application) -> Option<Finding> {
        let namespace = application.namespace();
        let known = !namespace.is_empty()
            && !has_placeholder(namespace)
            && !has_placeholder(application.destination());
        if !known || self.permits_namespace(application, namespace) {
            return None;
        }
        let location = application.location(&["destination", "namespace"]);
        Some(self.refuse(location, "destinations", &format!("the namespace `{}`", shorten(namespace))))
    }

    fn permits_namespace(&self, application: &Application, namespace: &str) -> bool {
        let destinations: Vec<_> = maps_at(self.spec, &["destinations"]).collect();
        let is_of_cluster = |item: &Map| {
            let server = text_at(item, &["server"]).unwrap_or_default();
            let name = text_at(item, &["name"]).unwrap_or_default();
            let cluster = application.destination();
            let by_name =
                cluster == IN_CLUSTER && matches_glob(name, "in-cluster") || matches_glob(name, cluster);
            let by_server = !server.is_empty() && matches_glob(server, cluster);
            // only Argo CD knows which server has which name
            let unknown = !cluster.contains("://") && !server.is_empty();
            by_server || !name.is_empty() && by_name || unknown || has_placeholder(server)
        };
        let matching: Vec<_> = destinations
            .iter()
            .filter(|item| is_of_cluster(item))
            .filter_map(|item| text_at(item, &["namespace"]))
            .collect();
        matching.iter().any(|pattern| has_placeholder(pattern))
            || permits(&matching, |pattern| matches_glob(pattern, namespace))
    }

    /// One finding for each kind and namespace that it does not permit.
    fn kinds(&self, application: &Application, resources: &[(&Resource, Provenance)]) -> Vec<Finding> {
        let mut seen = BTreeSet::new();
        let mut findings = Vec::new();
        for (resource, facts) in resources.iter().copied() {
            let (location, what) = (location(resource, facts, application), &resource.kind);
            let scope = is_cluster_scoped(&resource.kind);
            let is_clustered = scope == Some(true);
            // the definition of a custom kind decides which list is for it
            let is_permitted = self.permits_kind(&resource.kind, is_clustered)
                || scope.is_none() && self.permits_kind(&resource.kind, true);
            if !is_permitted && seen.insert(resource.kind.to_string()) {
                let key =
                    if is_clustered { "clusterResourceWhitelist" } else { "namespaceResourceWhitelist" };
                findings.push(self.refuse(location.clone(), key, &format!("the kind {what}")));
            }
            let namespace = resource.namespace.as_deref().filter(|_| !is_clustered).unwrap_or_default();
            let is_elsewhere =
                !namespace.is_empty() && namespace != application.namespace() && !has_placeholder(namespace);
            if is_elsewhere
                && !self.permits_namespace(application, namespace)
                && seen.insert(namespace.to_owned())
            {
                findings.push(self.refuse(
                    location,
                    "destinations",
                    &format!("the namespace `{}`", shorten(namespace)),
                ));
            }
        }
        findings.extend(self.created_namespace(application));
        findings
    }

    fn permits_kind(&self, kind: &GroupKind, is_clustered: bool) -> bool {
        let lists = |key: &str| {
            maps_at(self.spec, &[key]).any(|item| {
                let field = |key| text_at(item, &[key]).unwrap_or_default();
                matches_glob(field("group"), &kind.group) && matches_glob(field("kind"), &kind.kind)
            })
        };
        if is_clustered {
            return lists("clusterResourceWhitelist") && !lists("clusterResourceBlacklist");
        }
        let is_open =
            !matches!(at(self.spec, &["namespaceResourceWhitelist"]).map(Value::get), Some(Value::List(_)));
        (is_open || lists("namespaceResourceWhitelist")) && !lists("namespaceResourceBlacklist")
    }

    /// `CreateNamespace=true` in a project without Namespaces works as long as the namespace exists.
    fn created_namespace(&self, application: &Application) -> Option<Finding> {
        let (index, _) = application.sync_options().find(|(_, option)| *option == "CreateNamespace=true")?;
        if self.permits_kind(&GroupKind::new("", "Namespace"), true) {
            return None;
        }
        let location = application.location(&["syncPolicy", "syncOptions"]).index(index);
        let finding = self.refuse(location, "clusterResourceWhitelist", "Namespaces");
        let note = "Argo CD cannot create the namespace: the sync fails once the cluster is rebuilt";
        Some(finding.note(note).help(
            "add `{group: '', kind: Namespace}` to `clusterResourceWhitelist`, or remove the option and \
             create the Namespace elsewhere",
        ))
    }
}

/// Where an object that is not permitted is reported.
fn location(resource: &Resource, facts: Provenance, application: &Application) -> Location {
    if facts.is_rendered { application.location(&["project"]) } else { resource.location.key("kind") }
}

/// Whether a pattern permits a value and none that begins with `!` denies it.
fn permits(patterns: &[&str], matches: impl Fn(&str) -> bool) -> bool {
    let (denied, allowed): (Vec<&str>, Vec<&str>) =
        patterns.iter().partition(|pattern| pattern.starts_with('!'));
    allowed.iter().any(|pattern| matches(pattern))
        && !denied.iter().any(|pattern| matches(pattern.trim_start_matches('!')))
}

/// Whether a pattern matches a URL: `*` alone matches everything, but otherwise no slash (Argo CD 3.5,
/// `globMatch`).
fn is_repository(pattern: &str, url: &str) -> bool {
    let clean = |url: &str| url.trim_end_matches('/').trim_end_matches(".git").to_lowercase();
    let (pattern, url) = (clean(pattern), clean(url));
    if pattern == "*" || pattern == url || crate::model::is_same_repository(&pattern, &url) {
        return true;
    }
    if pattern.contains("**") {
        return matches_glob(&pattern, &url);
    }
    let (patterns, steps): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), url.split('/').collect());
    patterns.len() == steps.len()
        && patterns.iter().zip(steps).all(|(pattern, step)| matches_glob(pattern, step))
}

#[cfg(test)]
mod tests {
    use super::is_repository;

    #[test]
    fn a_star_matches_no_slash() {
        for pattern in
            ["*", "https://git.x/a/b", "https://git.x/a/b.git", "https://git.x/**", "https://git.x/a/*"]
        {
            assert!(is_repository(pattern, "https://git.x/a/b"), "{pattern}");
        }
        for pattern in ["https://git.x/*", "https://git.x/a", "http://other/a/b"] {
            assert!(!is_repository(pattern, "https://git.x/a/b"), "{pattern}");
        }
    }
}
