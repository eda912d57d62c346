//! From units to a survey: follows Applications from the roots, and collects what they deploy.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::contents::{Found, Reader};
use super::files::Files;
use super::home::{Home, folders};
use super::item::{Contents, is_clustered};
use super::{Render, Renderable, build, kustomization, unit};
use crate::cluster::{Application, Cluster, Deployed, IN_CLUSTER, Provenance, Survey};
use crate::diagnostics::Location;
use crate::inputs::LeftOut;
use crate::kubernetes::{Resource, read};
use crate::manifests::ChartFolder;
use crate::value::Text;

/// How many resources all Applications together may deploy.
const MAX_RESOURCES: usize = 200_000;

/// How many Applications there may be.
const MAX_APPLICATIONS: usize = 20_000;

/// What the Applications deploy.
#[derive(Debug, Default)]
pub(super) struct Gathered<'t> {
    pub(super) survey: Survey,
    /// The Applications that deploy each file; none for one that is applied manually.
    pub(super) files: BTreeMap<&'t str, BTreeSet<Option<usize>>>,
    /// The folders with a kustomization that something deploys.
    pub(super) kustomizations: BTreeSet<String>,
    /// The ApplicationSets that were not expanded, and the charts and files that were not read.
    pub(super) left_out: BTreeSet<LeftOut>,
}

/// A resource that makes Argo CD deploy something, and is to be followed.
struct Next {
    resource: Resource,
    facts: Provenance,
}

/// What one cluster contains so far.
#[derive(Default)]
struct Contained {
    resources: Vec<Resource>,
    facts: Vec<Provenance>,
    opaque: BTreeSet<String>,
}

pub(super) struct Gatherer<'g, 't> {
    files: &'g Files<'t>,
    home: &'g Home,
    render: Render<'g>,
    folders: BTreeSet<String>,
    found: Gathered<'t>,
    clusters: BTreeMap<String, Contained>,
    seen: BTreeSet<(String, String, Option<String>)>,
    waiting: VecDeque<Next>,
    total: usize,
}

impl<'g, 't> Gatherer<'g, 't> {
    pub(super) fn new(files: &'g Files<'t>, home: &'g Home, render: Render<'g>) -> Self {
        Self {
            files,
            home,
            render,
            folders: folders(files.tree),
            found: Gathered::default(),
            clusters: BTreeMap::new(),
            seen: BTreeSet::new(),
            waiting: VecDeque::new(),
            total: 0,
        }
    }

    /// Follows everything from the files of the roots.
    pub(super) fn run(mut self, roots: &BTreeSet<&'t str>) -> Gathered<'t> {
        for file in roots {
            self.applied(file);
        }
        while let Some(next) = self.waiting.pop_front() {
            self.unit(next);
        }
        for Contained { resources, facts, opaque } in std::mem::take(&mut self.clusters).into_values() {
            self.found.survey.clusters.push(Deployed { cluster: Cluster::new(resources), facts, opaque });
        }
        self.found
    }

    /// A file that is applied manually, and the rest of the kustomization that it belongs to.
    fn applied(&mut self, file: &'t str) {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let closure = kustomization::of_folder(self.files, folder)
            .map(|_| kustomization::closure(self.files, folder))
            .filter(|contents| contents.files.contains(&file));
        let contents = closure.unwrap_or_else(|| {
            let resources = self.files.content(file).map_or(0, |content| content.resources.len());
            let item = |index| super::item::Item { file, index, change: super::item::Change::default() };
            Contents { items: (0..resources).map(item).collect(), files: vec![file], ..Contents::default() }
        });
        self.contents(contents, None, IN_CLUSTER, "");
    }

    fn unit(&mut self, Next { resource, facts }: Next) {
        if self.found.survey.applications.len() >= MAX_APPLICATIONS {
            return self.leave_out(&resource.name, "there are too many Applications");
        }
        let is_set = resource.kind.kind.as_str() == "ApplicationSet";
        match unit::applications(&resource, self.files, self.home, &self.folders) {
            Ok(applications) => {
                for mut application in applications {
                    application.parent = facts.application;
                    application.is_patched |= facts.is_patched;
                    self.application(application);
                }
            }
            Err(reason) => self.leave_out(&format!("ApplicationSet {}", resource.name), &reason),
        }
        if is_set {
            self.found.survey.application_sets.push(resource);
        }
    }

    fn application(&mut self, mut application: Application) {
        let number = self.found.survey.applications.len();
        let (cluster, namespace) = (application.destination().to_owned(), application.namespace().to_owned());
        let reader = Reader { files: self.files, home: self.home };
        let sources: Vec<_> = application
            .sources()
            .iter()
            .map(|source| (reader.source(&application, source), source.location.key("path")))
            .collect();
        let numbers = |is_it: fn(&Found<'_>) -> bool| {
            let numbered = sources.iter().enumerate().filter(|(_, (found, _))| is_it(found));
            numbered.map(|(index, _)| index).collect()
        };
        application.missing_paths = numbers(|found| matches!(found, Found::Missing));
        application.empty_includes = numbers(|found| matches!(found, Found::Empty));
        self.found.survey.applications.push(application);
        for (found, location) in sources {
            match found {
                Found::Contents(contents) => self.contents(contents, Some(number), &cluster, &namespace),
                Found::Kustomization(folder, contents) => {
                    let contents = build::build(&folder, contents, self.files, self.render, &location);
                    self.contents(contents, Some(number), &cluster, &namespace);
                }
                Found::Chart(chart, files) => {
                    let mut contents = self.chart(&chart, &location);
                    contents.files = files;
                    self.contents(contents, Some(number), &cluster, &namespace);
                }
                Found::Missing | Found::Empty => {}
            }
        }
    }

    /// The resources of a chart; unknown ones if it cannot be rendered.
    fn chart(&self, chart: &ChartFolder, location: &Location) -> Contents<'t> {
        let rendered = (self.render)(&Renderable::Chart(chart.clone())).and_then(|source| {
            let manifests = read(&source);
            match manifests.problems.first() {
                Some(problem) => Err(format!("helm printed no manifests: {}", problem.message)),
                None => Ok(manifests.resources),
            }
        });
        match rendered {
            Ok(mut resources) => {
                for resource in &mut resources {
                    resource.location = location.clone();
                }
                Contents { rendered: resources, ..Contents::default() }
            }
            Err(reason) => Contents {
                opaque: vec![String::new()],
                left_out: vec![(chart.folder.clone(), reason)],
                ..Contents::default()
            },
        }
    }

    /// Adds what a source deploys.
    fn contents(&mut self, contents: Contents<'t>, by: Option<usize>, cluster: &str, namespace: &str) {
        for file in contents.files {
            self.found.files.entry(file).or_default().insert(by);
        }
        self.found.kustomizations.extend(contents.kustomizations);
        for (path, reason) in contents.left_out {
            self.leave_out(&path, &reason);
        }
        let opaque =
            contents.opaque.into_iter().map(|own| if own.is_empty() { namespace.to_owned() } else { own });
        let opaque: BTreeSet<_> = opaque.collect();
        self.clusters.entry(cluster.to_owned()).or_default().opaque.extend(opaque.iter().cloned());
        for item in contents.items {
            let Some(resource) = self.files.resource(item.file, item.index) else { continue };
            let facts =
                Provenance { application: by, is_patched: item.change.is_patched, is_rendered: false };
            let changed = item.change.apply(resource);
            self.resource(changed, facts, cluster, namespace, !opaque.is_empty());
        }
        for resource in contents.rendered {
            let facts = Provenance { application: by, is_patched: false, is_rendered: true };
            self.resource(resource, facts, cluster, namespace, !opaque.is_empty());
        }
    }

    fn resource(
        &mut self,
        mut resource: Resource,
        facts: Provenance,
        cluster: &str,
        namespace: &str,
        is_opaque: bool,
    ) {
        if self.total >= MAX_RESOURCES {
            return self.leave_out("more resources", "too many resources are deployed");
        }
        self.total += 1;
        if is_clustered(&resource) {
            resource.namespace = None;
        } else if resource.namespace.is_none() && !namespace.is_empty() {
            resource.namespace = Some(Text::copied(namespace));
        }
        if unit::is_unit(&resource) {
            let key = (
                resource.kind.to_string(),
                resource.name.to_string(),
                resource.namespace.as_deref().map(str::to_owned),
            );
            if self.seen.insert(key) {
                self.waiting.push_back(Next { resource: resource.clone(), facts });
            }
        }
        let contained = self.clusters.entry(cluster.to_owned()).or_default();
        // what is not known of an Application may be in any of its namespaces
        if is_opaque {
            contained.opaque.extend(resource.namespace.as_deref().map(str::to_owned));
            let is_namespace = resource.kind.is("", "Namespace");
            contained.opaque.extend(is_namespace.then(|| resource.name.to_string()));
        }
        contained.resources.push(resource);
        contained.facts.push(facts);
    }

    fn leave_out(&mut self, path: &str, reason: &str) {
        if self.found.left_out.len() < 1000 {
            self.found.left_out.insert(LeftOut { path: path.to_owned(), reason: reason.to_owned() });
        }
    }
}
