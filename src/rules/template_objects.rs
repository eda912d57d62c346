//! The checks of resources, for the objects of templates: users write them, and nothing else checks what they
//! mean. What wharf itself renders passes these checks by construction, which tests ensure; checking it in
//! each compilation would take as long as rendering it.

use std::collections::BTreeSet;

use super::objects;
use crate::cluster::{Cluster, Deployed, Provenance, Survey};
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object, Resource};
use crate::model::{Entry, Model};

/// The kinds of objects that those of templates refer to, or that decide about them.
const NAMED: [Kind; 6] = [
    Kind::Namespace,
    Kind::ExternalSecret,
    Kind::ExternalSecretBeta,
    Kind::Certificate,
    Kind::Service,
    Kind::Middleware,
];

pub(super) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    if !model.entries.iter().any(Entry::uses_templates) {
        return;
    }
    let is_written = |object: &&Object| object.origins.iter().any(|origin| origin.template.is_some());
    let folders: BTreeSet<_> =
        objects.iter().filter(is_written).map(|object| object.folder.as_str()).collect();
    if folders.is_empty() {
        return;
    }
    let is_near = |object: &&Object| {
        folders.contains(object.folder.as_str()) && (is_written(object) || NAMED.contains(&object.kind))
    };
    // of the last, the cluster has only one, whatever its namespace is
    let judged = objects.iter().filter(|object| is_near(object) || object.kind == Kind::TlsStore);
    let survey = Survey {
        clusters: vec![deployed(model, judged.map(Resource::from).collect())],
        is_partial: true,
        ..Survey::default()
    };
    // what a route leads to may be deployed by others
    let lines: BTreeSet<_> = objects
        .iter()
        .filter(is_written)
        .filter_map(|object| Some(&object.origins.first()?.location))
        .collect();
    let found = objects::check(&survey);
    findings.extend(found.into_iter().filter(|finding| lines.contains(finding.location())));
}

/// The resources, each at the line that requests it. What applications deploy is not known.
fn deployed(model: &Model, resources: Vec<Resource>) -> Deployed {
    let mut opaque = BTreeSet::new();
    for entry in model.entries.iter().filter(|entry| !entry.applications.is_empty()) {
        opaque.insert(entry.namespace.to_string());
        opaque.extend(entry.project.destinations.iter().map(|namespace| namespace.0.to_string()));
        let targets =
            entry.applications.iter().filter_map(|application| application.target_namespace.as_ref());
        opaque.extend(targets.map(ToString::to_string));
    }
    let facts = Provenance { is_rendered: true, ..Provenance::default() };
    let facts = vec![facts; resources.len()];
    Deployed { cluster: Cluster::new(resources), facts, opaque }
}
