//! A cluster as Argo CD sees it: objects that the root application applied, and the pods of its child
//! Applications. It syncs as Argo CD 3.6 does (`sync_context.go`, `controller/state.go`, `appcontroller.go`),
//! read off the emitted JSON and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::permission::{permits, permits_application, permits_destination};

/// `NetworkPolicy web-notes/default-deny`; `Namespace web-notes`
pub(crate) type Name = String;

/// What a sync of the root application did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Synced {
    /// What was not there before.
    pub(crate) created: BTreeSet<Name>,
    /// What was deleted.
    pub(crate) pruned: BTreeSet<Name>,
    /// What is gone from the repository and may not be pruned, so that the root application is out of sync.
    pub(crate) kept: BTreeSet<Name>,
}

/// A cluster with Argo CD, the root project and the objects that were applied manually.
pub(crate) struct Cluster {
    /// The project of the root application, as it was applied manually.
    pub(crate) root_project: Json,
    server: String,
    objects: BTreeMap<Name, Json>,
    /// The namespaces in which pods of an Application run, by its name.
    pods: BTreeMap<String, BTreeSet<String>>,
}

impl Cluster {
    /// A cluster to which `wharf bootstrap` was applied.
    pub(crate) fn new(root_project: Json, root_application: &Json) -> Self {
        assert!(
            permits_application(&root_project, root_application),
            "the root application may read its repository"
        );
        Self {
            root_project,
            server: text(&root_application["spec"]["destination"]["server"]).to_owned(),
            objects: BTreeMap::new(),
            pods: BTreeMap::new(),
        }
    }

    /// Syncs the root application to a commit. Of objects that the project does not permit it names the
    /// first, and nothing is applied.
    pub(crate) fn sync(&mut self, commit: &[Json]) -> Result<Synced, Name> {
        let desired: BTreeMap<Name, &Json> = commit.iter().map(|object| (name(object), object)).collect();
        assert_eq!(desired.len(), commit.len(), "an object is there twice");
        if let Some((refused, _)) =
            desired.iter().find(|(_, object)| !permits(&self.root_project, object, &self.server))
        {
            return Err(refused.clone());
        }
        let mut synced = Synced::default();
        for (name, live) in &self.objects {
            // what the project does not permit is dropped from the comparison
            if desired.contains_key(name) || !permits(&self.root_project, live, &self.server) {
                continue;
            }
            if is_kept(live) {
                synced.kept.insert(name.clone())
            } else {
                synced.pruned.insert(name.clone())
            };
        }
        for (name, object) in desired {
            if self.objects.insert(name.clone(), object.clone()).is_none() {
                synced.created.insert(name);
            }
        }
        let mut last_first: Vec<_> =
            synced.pruned.iter().map(|name| (-wave(&self.objects[name]), name)).collect();
        last_first.sort();
        for (_, name) in last_first {
            self.delete(name);
        }
        self.sync_applications();
        Ok(synced)
    }

    /// Whether the object is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.objects.contains_key(name)
    }

    /// The namespaces in which pods of the Application run, whether or not it still owns them.
    pub(crate) fn pods_of(&self, application: &str) -> Vec<&str> {
        self.pods.get(application).into_iter().flatten().map(String::as_str).collect()
    }

    /// Deletes an object. A Namespace goes with everything in it, an Application with the pods that its
    /// project lets it delete.
    fn delete(&mut self, name: &str) {
        let Some(object) = self.objects.get(name).cloned() else { return };
        let own = text(&object["metadata"]["name"]);
        match text(&object["kind"]) {
            "Namespace" => {
                self.objects.retain(|_, other| other["metadata"]["namespace"] != object["metadata"]["name"]);
                for namespaces in self.pods.values_mut() {
                    namespaces.remove(own);
                }
            }
            "Application" if object["metadata"]["finalizers"].is_array() => {
                let project =
                    self.project_of(&object).expect("a project that outlives its Applications").clone();
                let server = self.server.clone();
                self.pods
                    .entry(own.to_owned())
                    .or_default()
                    .retain(|namespace| !permits_destination(&project, &server, namespace));
            }
            _ => {}
        }
        self.objects.remove(name);
    }

    /// Syncs the child Applications: each has pods in its destination, and prunes those elsewhere that its
    /// project permits.
    fn sync_applications(&mut self) {
        let applications: Vec<_> =
            self.objects.values().filter(|object| object["kind"] == "Application").cloned().collect();
        for application in applications {
            let project =
                self.project_of(&application).expect("the project of an Application is there").clone();
            assert!(permits_application(&project, &application), "{}", name(&application));
            let destination = text(&application["spec"]["destination"]["namespace"]).to_owned();
            assert!(
                self.has(&format!("Namespace {destination}")),
                "the namespace of {} is there",
                name(&application)
            );
            let server = self.server.clone();
            let pods = self.pods.entry(text(&application["metadata"]["name"]).to_owned()).or_default();
            pods.retain(|namespace| {
                *namespace == destination || !permits_destination(&project, &server, namespace)
            });
            pods.insert(destination);
        }
    }

    fn project_of(&self, application: &Json) -> Option<&Json> {
        let namespace = text(&application["metadata"]["namespace"]);
        self.objects.get(&format!("AppProject {namespace}/{}", text(&application["spec"]["project"])))
    }
}

/// Argo CD goes by what the object in the cluster says.
fn is_kept(live: &Json) -> bool {
    text(&live["metadata"]["annotations"]["argocd.argoproj.io/sync-options"])
        .split(',')
        .any(|option| option == "Prune=false")
}

/// Argo CD prunes in the reverse order of the waves.
fn wave(live: &Json) -> i32 {
    text(&live["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"]).parse().unwrap_or_default()
}

/// What an object is called.
pub(crate) fn name(object: &Json) -> Name {
    let metadata = &object["metadata"];
    let namespace = metadata["namespace"].as_str().map_or(String::new(), |namespace| format!("{namespace}/"));
    format!("{} {namespace}{}", text(&object["kind"]), text(&metadata["name"]))
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
