//! A stream of manifests, such as the output of `kubectl get -o yaml`: all of its objects are deployed, and
//! the tracking of Argo CD says by which Application.

use std::collections::{BTreeMap, BTreeSet};

use super::files::Files;
use super::item::is_clustered;
use crate::cluster::{Application, Cluster, Deployed, Provenance, Survey};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::text;

/// The annotation with which Argo CD marks its objects.
const TRACKING: &str = "argocd.argoproj.io/tracking-id";

/// The label with which older versions mark them.
const INSTANCE: &str = "app.kubernetes.io/instance";

/// What a stream says about the cluster. It is complete for no namespace.
pub(super) fn survey(files: &Files<'_>) -> Survey {
    let all = files.paths().filter_map(|path| files.content(path)).flat_map(|content| &content.resources);
    let all: Vec<Resource> = all.cloned().collect();
    let of_kind = |kind: &'static str| {
        all.iter().filter(move |resource| resource.kind.is("argoproj.io", kind)).cloned()
    };
    let mut applications: Vec<_> = of_kind("Application").map(Application::new).collect();
    let numbers: BTreeMap<_, _> =
        applications.iter().map(|application| application.resource.name.to_string()).zip(0..).collect();
    for application in &mut applications {
        application.parent = owner(&application.resource, &numbers);
    }
    let facts = all
        .iter()
        .map(|resource| Provenance { application: owner(resource, &numbers), ..Provenance::default() });
    let facts = facts.collect();
    let opaque: BTreeSet<_> = all
        .iter()
        .filter(|resource| !is_clustered(resource))
        .filter_map(|resource| resource.namespace.as_deref().map(str::to_owned))
        .collect();
    Survey {
        application_sets: of_kind("ApplicationSet").collect(),
        projects: of_kind("AppProject").collect(),
        has_application_health: true,
        applications,
        clusters: vec![Deployed { cluster: Cluster::new(all), facts, opaque }],
        is_partial: false,
    }
}

/// The Application that an object belongs to.
fn owner(resource: &Resource, numbers: &BTreeMap<String, usize>) -> Option<usize> {
    let tracked = resource.annotation(TRACKING).and_then(|id| id.split(':').next());
    let label = || resource.at(&["metadata", "labels", INSTANCE]).and_then(text);
    numbers.get(tracked.or_else(label)?).copied()
}
