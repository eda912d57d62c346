//! What is known about clusters that a GitOps repository deploys to: their resources, which Application
//! deploys each of them, and where something is deployed that is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::{Application, Cluster};
use crate::diagnostics::Location;
use crate::kubernetes::Resource;

/// Everything that a repository deploys.
#[derive(Debug, Default)]
pub struct Survey {
    /// The Applications, those that an ApplicationSet generates included.
    pub applications: Vec<Application>,
    /// The ApplicationSets.
    pub application_sets: Vec<Resource>,
    /// The AppProjects, those that nothing deploys included.
    pub projects: Vec<Resource>,
    /// The clusters.
    pub clusters: Vec<Deployed>,
    /// Whether a health check for Applications is configured anywhere.
    pub has_application_health: bool,
    /// Whether the clusters contain more resources, so that none can be said to be missing.
    pub is_partial: bool,
}

/// What is deployed to one cluster.
#[derive(Debug, Default)]
pub struct Deployed {
    /// The resources.
    pub cluster: Cluster,
    /// How each of them is deployed, in the order of the resources.
    pub facts: Vec<Provenance>,
    /// The namespaces with resources that are not known, such as those of a chart that was not rendered.
    pub opaque: BTreeSet<String>,
}

/// How a resource is deployed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Provenance {
    /// The number of the Application that deploys it; nothing if it is deployed manually.
    pub application: Option<usize>,
    /// Whether it may have fields that are not known, because a patch changes it.
    pub is_patched: bool,
    /// Whether it was rendered from a chart, so that its location is that of the Application.
    pub is_rendered: bool,
}

impl Provenance {
    /// Where a finding about a part of a resource belongs: to the whole if it was rendered.
    pub fn at(self, resource: &Resource, part: Location) -> Location {
        if self.is_rendered { resource.location.clone() } else { part }
    }
}

impl Deployed {
    /// All resources with the facts about them.
    pub fn resources(&self) -> impl Iterator<Item = (&Resource, Provenance)> {
        self.cluster.resources().iter().zip(self.facts.iter().copied())
    }

    /// The resources of a kind with the facts about them.
    pub fn of_kind<'s>(
        &'s self,
        group: &'s str,
        kind: &'s str,
    ) -> impl Iterator<Item = (&'s Resource, Provenance)> {
        self.resources().filter(move |(resource, _)| resource.kind.is(group, kind))
    }

    /// Whether all resources of a namespace are known.
    pub fn knows(&self, namespace: &str) -> bool {
        !self.opaque.contains(namespace)
    }
}

impl Survey {
    /// The resources that each Application deploys, by its number.
    pub fn by_application(&self) -> BTreeMap<usize, Vec<(&Resource, Provenance)>> {
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for (resource, facts) in self.clusters.iter().flat_map(Deployed::resources) {
            if let Some(application) = facts.application {
                found.entry(application).or_default().push((resource, facts));
            }
        }
        found
    }

    /// The Application that deploys a resource.
    pub fn application(&self, facts: Provenance) -> Option<&Application> {
        self.applications.get(facts.application?)
    }

    /// The AppProject with this name; nothing if there are several, such as one for each cluster.
    pub fn project(&self, name: &str) -> Option<&Resource> {
        let mut named = self.projects.iter().filter(|project| project.name.as_str() == name);
        named.next().filter(|_| named.next().is_none())
    }

    /// The Application that deploys another one.
    pub fn parent(&self, application: &Application) -> Option<&Application> {
        self.applications.get(application.parent?)
    }
}
