//! The objects before an import, and what deploys each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::folders::Folders;
use crate::cluster::{Application, Cluster, Deployed, IN_CLUSTER, Provenance, Survey};
use crate::diagnostics::FileId;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::{GroupKind, Identity, Resource};
use crate::value::Text;

/// The objects of a cluster before an import.
#[derive(Debug, Default)]
pub struct Before {
    /// The objects that a catalog may describe.
    pub(super) cluster: Cluster,
    /// Where each of them comes from.
    pub(super) origins: Vec<Origin>,
    /// Further objects, with the reason why a catalog cannot describe them.
    pub(super) others: Vec<(String, String)>,
}

/// Where an object comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The Application that deploys it; none if it is applied manually, or if that is not known.
    pub application: Option<Text>,
    /// Its file; none for an object of a stream.
    pub file: Option<Text>,
    /// Why a catalog cannot describe it, if that is known beforehand.
    pub(super) refused: Option<String>,
}

impl Before {
    /// The objects of a cluster, of which nothing else is known.
    pub fn of_cluster(cluster: Cluster) -> Self {
        let origins = vec![Origin::default(); cluster.resources().len()];
        Self { cluster, origins, others: Vec::new() }
    }

    /// What a repository or a stream shows of the cluster that Argo CD runs in; `folders` tells charts and
    /// kustomizations apart, and `path` is that of a file.
    pub fn of_survey<'p>(
        survey: &Survey,
        folders: &Folders,
        path: impl Fn(FileId) -> Option<&'p str>,
    ) -> Self {
        let reader = Reader::new(survey, folders, &path);
        let main = survey.clusters.iter().enumerate().max_by_key(|(_, cluster)| weight(cluster));
        let mut all: Vec<(Resource, Origin)> = Vec::new();
        if let Some((_, deployed)) = main {
            all.extend(
                deployed.resources().map(|(object, facts)| (object.clone(), reader.of(object, facts))),
            );
        }
        let applications = survey.applications.iter();
        all.extend(applications.map(|application| {
            let facts = Provenance { application: application.parent, ..Provenance::default() };
            (application.resource.clone(), reader.of(&application.resource, facts))
        }));
        let projects = survey.projects.iter();
        all.extend(projects.map(|project| (project.clone(), reader.of(project, Provenance::default()))));
        let elsewhere = survey
            .clusters
            .iter()
            .enumerate()
            .filter(|(index, _)| main.map(|(main, _)| main) != Some(*index));
        let elsewhere = elsewhere.flat_map(|(_, deployed)| deployed.cluster.resources());
        let elsewhere =
            elsewhere.map(|object| (object.identity().to_string(), "it is in another cluster".into()));
        let mut before = Self { others: elsewhere.collect(), ..Self::default() };
        before.add(all);
        before
    }

    /// Adds objects, each once: an Application is found both as an object and by what generates it.
    fn add(&mut self, all: Vec<(Resource, Origin)>) {
        let mut known: BTreeMap<(GroupKind, Option<Text>, Text), Resource> = BTreeMap::new();
        let (mut resources, mut origins) = (Vec::new(), Vec::new());
        for (resource, origin) in all {
            let key = (resource.kind.clone(), resource.namespace.clone(), resource.name.clone());
            match known.get(&key) {
                Some(first) if first.location == resource.location => {}
                Some(_) => {
                    let reason = "a second object of this name: the last one that is applied counts";
                    self.others.push((resource.identity().to_string(), reason.into()));
                }
                None => {
                    known.insert(key, resource.clone());
                    resources.push(resource);
                    origins.push(origin);
                }
            }
        }
        self.cluster = Cluster::new(resources);
        self.origins = origins;
    }
}

/// Argo CD runs in the cluster with most of its objects.
fn weight(deployed: &Deployed) -> (usize, usize) {
    let all = deployed.cluster.resources();
    (all.iter().filter(|object| object.kind.group.as_str() == "argoproj.io").count(), all.len())
}

/// The Applications that deploy others and nothing else, by their numbers.
fn parents(survey: &Survey) -> BTreeSet<usize> {
    let of_argocd = |object: &Resource| object.kind.group.as_str() == "argoproj.io";
    let deployed = survey.by_application();
    let only = |objects: &Vec<(&Resource, Provenance)>| objects.iter().all(|(object, _)| of_argocd(object));
    let mut parents: BTreeSet<_> =
        deployed.iter().filter(|(_, objects)| only(objects)).map(|(number, _)| *number).collect();
    let children = survey.applications.iter().filter_map(|application| application.parent);
    parents.extend(children.filter(|parent| !deployed.contains_key(parent)));
    parents
}

struct Reader<'s, 'p, F: Fn(FileId) -> Option<&'p str>> {
    survey: &'s Survey,
    folders: &'s Folders,
    path: &'s F,
    parents: BTreeSet<usize>,
    numbers: BTreeMap<Identity<'s>, usize>,
}

impl<'s, 'p, F: Fn(FileId) -> Option<&'p str>> Reader<'s, 'p, F> {
    fn new(survey: &'s Survey, folders: &'s Folders, path: &'s F) -> Self {
        let applications = survey.applications.iter().enumerate().rev();
        let numbers = applications.map(|(number, application)| (application.resource.identity(), number));
        Self { survey, folders, path, parents: parents(survey), numbers: numbers.collect() }
    }

    fn of(&self, object: &Resource, facts: Provenance) -> Origin {
        let by = facts.application.and_then(|number| self.survey.applications.get(number));
        let file = (self.path)(object.location.file).filter(|path| *path != "<stdin>" && !facts.is_rendered);
        Origin {
            application: by.map(|application| application.resource.name.clone()),
            file: file.map(Text::copied),
            refused: self.refused(object, facts, by),
        }
    }

    fn refused(&self, object: &Resource, facts: Provenance, by: Option<&Application>) -> Option<String> {
        if object.kind.is("argoproj.io", "Application") {
            return self.application(object);
        }
        let name = by.map(|application| shorten(&application.resource.name)).unwrap_or_default();
        let has_chart = |application: &Application| {
            let sources = application.sources();
            let mut folders = sources.iter().filter_map(|source| source.text(&["path"]));
            folders.any(|folder| self.folders.tool(folder) == Some("helm"))
        };
        if by.is_some_and(|by| is_chart(by) || facts.is_rendered && has_chart(by)) {
            return Some(format!("the chart of the Application `{name}` renders it, as before"));
        }
        let patched =
            || "a patch of Kustomize changes it: import it from the cluster, with `kubectl get`".into();
        facts.is_patched.then(patched)
    }

    fn application(&self, object: &Resource) -> Option<String> {
        let number = *self.numbers.get(&object.identity())?;
        let application = self.survey.applications.get(number)?;
        let destination = application.destination();
        if self.parents.contains(&number) {
            Some("it deploys Applications only: the root application of the catalog replaces it".into())
        } else if destination != IN_CLUSTER {
            Some(format!("it deploys to `{}`: a catalog is for one cluster", shorten(destination)))
        } else if application.is_patched {
            Some("a patch changes it: import it from the cluster, with `kubectl get`".into())
        } else {
            None
        }
    }
}

/// Whether an Application only deploys charts of registries.
fn is_chart(application: &Application) -> bool {
    let sources = application.sources();
    let renders = |source: &&crate::cluster::ApplicationSource<'_>| !source.has("ref") || source.has("path");
    let mut rendering = sources.iter().filter(renders).peekable();
    rendering.peek().is_some() && rendering.all(|source| source.has("chart"))
}
