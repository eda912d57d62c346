//! Which entries there are, and which Applications and which AppProject belong to each.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::is_ours;
use super::facts::Known;
use super::objects::{Numbered, Objects};
use super::{application, project};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::model::{RESERVED_NAMESPACES, is_system_namespace};

/// The AppProject of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnProject<'c> {
    /// The number of the object.
    pub index: usize,
    /// The object.
    pub resource: &'c Resource,
    /// Its name, if that is not the one that the entry has by default.
    pub name: Option<&'c str>,
    /// Whether other entries have it too.
    pub is_shared: bool,
    /// Whether this entry is the first one of the project.
    pub is_first: bool,
}

/// The entries, with what belongs to them.
pub(super) struct Owners<'c> {
    /// Every namespace that somebody uses.
    pub namespaces: BTreeSet<String>,
    existing: BTreeSet<&'c str>,
    projects: BTreeMap<String, OwnProject<'c>>,
    applications: BTreeMap<String, Vec<Numbered<'c>>>,
}

/// The kinds that make a namespace an entry, whether or not its Namespace is among the objects.
const USED: [(&str, &str); 7] = [
    ("traefik.containo.us", "IngressRoute"),
    ("traefik.io", "IngressRoute"),
    ("traefik.io", "IngressRouteTCP"),
    ("traefik.io", "IngressRouteUDP"),
    ("networking.k8s.io", "Ingress"),
    ("gateway.networking.k8s.io", "HTTPRoute"),
    ("external-secrets.io", "ExternalSecret"),
];

impl<'c> Owners<'c> {
    pub(super) fn new(objects: &Objects<'c>, known: &Known) -> Self {
        let all = objects.of_kind("", "Namespace").map(|(_, namespace)| namespace);
        let own = all.filter(|namespace| is_ours(namespace) || !is_of_cluster(&namespace.name));
        let existing: BTreeSet<_> = own.map(|namespace| namespace.name.as_str()).collect();
        let made: Vec<_> =
            objects.of_kind("argoproj.io", "AppProject").filter(|(_, project)| is_ours(project)).collect();
        let mut namespaces: BTreeSet<String> = existing.iter().map(|name| (*name).to_owned()).collect();
        namespaces.extend(used(objects, known).map(str::to_owned));
        let bindings = objects.of_kind("rbac.authorization.k8s.io", "RoleBinding").map(|(_, found)| found);
        let bindings = bindings.filter(|binding| is_ours(binding) && binding.name.starts_with("access-"));
        namespaces.extend(bindings.filter_map(|binding| binding.namespace.as_deref().map(str::to_owned)));
        for (_, project) in &made {
            let own =
                destinations(project).find(|namespace| pattern(namespace, known) == project.name.as_str());
            namespaces.extend(own.map(str::to_owned));
        }
        let mut owners =
            Self { namespaces, existing, projects: BTreeMap::new(), applications: BTreeMap::new() };
        for (index, application) in objects.of_kind("argoproj.io", "Application") {
            let owner = owners.owner(application, &made, objects, known);
            owners.namespaces.insert(owner.clone());
            owners.applications.entry(owner).or_default().push((index, application));
        }
        owners.assign_projects(&made, known);
        owners.order_applications();
        owners
    }

    /// Orders the Applications of each entry as the roles of its project list them.
    fn order_applications(&mut self) {
        for (namespace, applications) in &mut self.applications {
            let Some(project) = self.projects.get(namespace) else { continue };
            let roles = maps_at(&project.resource.value, &["spec", "roles"]);
            let policies: Vec<_> =
                roles.flat_map(|role| items_at(role, &["policies"])).filter_map(text).collect();
            applications.sort_by_key(|(_, application)| {
                let about = format!("/{}, allow", application.name);
                policies.iter().position(|policy| policy.ends_with(&about)).unwrap_or(usize::MAX)
            });
        }
    }

    /// The namespace of the entry of an Application: the one whose project it has, else the one that a shared
    /// project or its ServiceAccount shows, else the one that it deploys to, else that of Argo CD.
    fn owner(
        &self,
        application: &Resource,
        made: &[Numbered<'_>],
        objects: &Objects<'_>,
        known: &Known,
    ) -> String {
        let project = text_at(&application.value, &["spec", "project"]).unwrap_or("default");
        let of_project = self.namespaces.iter().find(|namespace| pattern(namespace, known) == project);
        let target = text_at(&application.value, &["spec", "destination", "namespace"]);
        let named = made.iter().find(|(_, found)| found.name.as_str() == project).map(|(_, found)| *found);
        let members =
            || named.into_iter().flat_map(destinations).filter(|own| self.namespaces.contains(*own));
        let by_role = named.and_then(|project| {
            members().find(|namespace| is_of_role(&application.name, namespace, project))
        });
        let has_account = |namespace: &&str| {
            let code = application::code_in(&application.name, namespace, known);
            let account = objects.named((namespace, &code), "", "ServiceAccount");
            account.is_some_and(|(_, account)| is_ours(account))
        };
        let own = target.filter(|target| self.namespaces.contains(*target));
        let shared = || {
            let accounts = own.filter(has_account).or_else(|| members().find(has_account));
            let by_name =
                || members().filter(|own| application.name.contains(*own)).max_by_key(|own| own.len());
            by_role.or(accounts).or(own).or_else(by_name).or_else(|| members().next())
        };
        let owner = of_project.map(String::as_str).or_else(shared).or(target);
        owner.unwrap_or(known.platform.argocd.namespace.as_str()).to_owned()
    }

    fn assign_projects(&mut self, made: &[Numbered<'c>], known: &Known) {
        let mut members = BTreeMap::<usize, Vec<String>>::new();
        for namespace in &self.namespaces {
            if let Some((index, _)) = self.find_project(namespace, made, known) {
                members.entry(index).or_default().push(namespace.clone());
            }
        }
        for (index, resource) in made {
            let all = members.remove(index).unwrap_or_else(|| self.unused(resource, known));
            let name = resource.name.as_str();
            for (position, namespace) in all.iter().enumerate() {
                let by_default = project::name(namespace, known);
                let is_own =
                    by_default == name && (all.len() == 1 || by_default != pattern(namespace, known));
                let is_shared = all.len() > 1 || pattern(namespace, known) != name;
                let project = OwnProject {
                    index: *index,
                    resource,
                    name: (!is_own).then_some(name),
                    is_shared,
                    is_first: position == 0,
                };
                self.projects.insert(namespace.clone(), project);
            }
        }
    }

    /// The namespace of an entry of which nothing but its project is rendered.
    fn unused(&mut self, project: &Resource, known: &Known) -> Vec<String> {
        let defaults = known.platform.defaults.project.as_ref();
        let is_common = |namespace: &str| {
            defaults.is_some_and(|project| project.destinations.iter().any(|common| **common == *namespace))
        };
        let free = destinations(project).find(|own| !self.namespaces.contains(*own) && !is_common(own));
        let free = free.map(str::to_owned);
        self.namespaces.extend(free.clone());
        free.into_iter().collect()
    }

    /// The project of an entry: that of its Applications, else the one that is named after it, else the first
    /// one that lists it.
    fn find_project(&self, namespace: &str, made: &[Numbered<'c>], known: &Known) -> Option<Numbered<'c>> {
        let find = |name: &str| made.iter().find(|(_, project)| project.name.as_str() == name).copied();
        let mut used = self.applications(namespace).iter();
        let used = used.find_map(|(_, application)| find(text_at(&application.value, &["spec", "project"])?));
        let lists = |(_, project): &&Numbered<'_>| destinations(project).any(|listed| listed == namespace);
        let own = find(&project::name(namespace, known)).filter(|own| lists(&own));
        used.or(own).or_else(|| find(&pattern(namespace, known))).or_else(|| made.iter().find(lists).copied())
    }

    /// Whether an entry owns its namespace: wharf renders the Namespace of each that does.
    pub(super) fn owns(&self, namespace: &str) -> bool {
        let is_made = self.projects.contains_key(namespace);
        self.existing.contains(namespace) || !is_made && !is_of_cluster(namespace)
    }

    /// The AppProject of an entry, if wharf rendered it.
    pub(super) fn project(&self, namespace: &str) -> Option<OwnProject<'c>> {
        self.projects.get(namespace).copied()
    }

    /// The Applications of an entry.
    pub(super) fn applications(&self, namespace: &str) -> &[Numbered<'c>] {
        self.applications.get(namespace).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Whether a role of an entry of a shared project is about an Application.
fn is_of_role(application: &str, namespace: &str, project: &Resource) -> bool {
    let ends = format!("-{namespace}");
    let about = format!("/{application}, allow");
    let mut roles = maps_at(&project.value, &["spec", "roles"]);
    roles.any(|role| {
        let mut policies = items_at(role, &["policies"]).iter().filter_map(text);
        text_at(role, &["name"]).is_some_and(|name| name.ends_with(&ends))
            && policies.any(|policy| policy.ends_with(&about))
    })
}

/// The namespaces with objects that an entry may have, without those that only lead to the auth service.
fn used<'c>(objects: &Objects<'c>, known: &Known) -> impl Iterator<Item = &'c str> {
    let login = known.platform.routing.auth.callback().map(|callback| callback.namespace.to_string());
    let all = USED.iter().flat_map(|(group, kind)| objects.of_kind(group, kind)).map(|(_, object)| object);
    let wanted = all.filter(move |object| {
        let is_login = object.namespace.as_deref() == login.as_deref() && object.name.contains("-callback");
        !(is_login && is_ours(object))
    });
    wanted.filter_map(|object| object.namespace.as_deref())
}

/// Whether a namespace belongs to the cluster itself.
fn is_of_cluster(namespace: &str) -> bool {
    RESERVED_NAMESPACES.contains(&namespace) || is_system_namespace(namespace)
}

/// The name of a project of its own.
fn pattern(namespace: &str, known: &Known) -> String {
    project::by_pattern(namespace, known)
}

fn destinations(project: &Resource) -> impl Iterator<Item = &str> {
    let all = maps_at(&project.value, &["spec", "destinations"]);
    all.filter_map(|destination| text_at(destination, &["namespace"]))
}
