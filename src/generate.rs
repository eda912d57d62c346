//! From plan to objects: one kind a file, each object made in exactly one place.

mod app_project;
mod application;
mod certificate;
mod ingress_route;
mod middleware;
mod namespace;
mod network_policy;
mod service_account;
mod tls_store;

use std::num::NonZeroUsize;
use std::sync::Arc;

pub(crate) use app_project::{denied_kinds, is_denied};
pub use network_policy::describe as policies_of_profile;

use crate::document::{FileId, Place};
use crate::finding::Finding;
use crate::object::{Object, Origin};
use crate::parallel::map_chunks;
use crate::plan::{Entry, Plan};
use crate::rules;
use crate::value::{Map, Text};

/// The wave of Namespaces.
const NAMESPACE_WAVE: i32 = -30;
/// The wave of AppProjects: behind the namespaces, before the applications that need them, also when they are deleted.
const PROJECT_WAVE: i32 = -20;
/// The wave of what has to be there before the first pod starts.
const GUARD_WAVE: i32 = -10;

/// Argo CD's options for objects whose custom resource definition comes from an application of the catalog: without it the first sync of
/// a new cluster would fail before that application exists (Argo CD 3.5, sync options).
const CRD_COMES_LATER: &str = "SkipDryRunOnMissingResource=true";

/// Argo CD's options for objects that stay when their entry is removed.
const KEPT: &str = "Prune=false";

/// Makes all objects, in the order in which a cluster wants them: by wave, kind, and namespace.
pub fn objects(plan: &Plan, threads: NonZeroUsize, findings: &mut Vec<Finding>) -> Vec<Object> {
    let shared = network_policy::Shared::new(plan);
    let chunks = map_chunks(&plan.entries, threads, |entries| {
        let mut objects = Vec::with_capacity(entries.len() * 12);
        let mut findings = Vec::new();
        for entry in entries {
            of_entry(entry, plan, &shared, &mut objects, &mut findings);
        }
        (objects, findings)
    });
    let mut objects = of_platform(plan);
    for (more, faults) in chunks {
        objects.extend(more);
        findings.extend(faults);
    }
    objects.sort_by_key(|object| (object.wave, object.kind));
    objects
}

/// The objects that the platform asks for once.
fn of_platform(plan: &Plan) -> Vec<Object> {
    let folder = &plan.platform.network.ingress_controller.namespace;
    let origins = line(&Place::root(FileId::PLATFORM).key("certificates").key("mode"));
    let mut objects = Vec::new();
    objects.extend(certificate::wildcard(plan, folder, &origins));
    objects.extend(tls_store::default(plan, folder, &origins));
    objects
}

fn of_entry(entry: &Entry, plan: &Plan, shared: &network_policy::Shared, objects: &mut Vec<Object>, findings: &mut Vec<Finding>) {
    let origins = line(&entry.place.key("namespace"));
    objects.push(namespace::namespace(entry, &origins, findings));
    objects.push(app_project::app_project(entry, plan, &origins));
    service_account::service_accounts(entry, &origins, objects);
    network_policy::network_policies(entry, plan, shared, objects);
    for item in &entry.applications {
        objects.push(application::application(item, entry, plan, &line(&item.place.key("applicationCode")), findings));
    }
    objects.extend(middleware::auth(entry, plan));
    for route in &entry.routes {
        let origins = line(&route.place.key("host"));
        objects.extend(certificate::of_route(route, entry, plan, &origins));
        ingress_route::ingress_routes(route, entry, plan, &origins, objects);
    }
}

fn line(place: &Place) -> Arc<[Origin]> {
    Arc::new([Origin::line(place.clone())])
}

/// Adds what the user asked for to what wharf sets itself; a key that wharf sets cannot be set by the user.
fn extend<'m>(map: &mut Map, wanted: impl IntoIterator<Item = (&'m String, &'m String)>, place: &Place, findings: &mut Vec<Finding>) {
    let own: Vec<_> = map.iter().map(|(key, _)| key.clone()).collect();
    for (key, value) in wanted {
        if own.iter().any(|own| **own == **key) {
            let finding = rules::RESERVED_METADATA.at(place.key(key.clone()).itself(), format!("wharf sets `{key}` itself"));
            findings.push(finding.help("remove the line; the keys of the catalog decide what it becomes"));
        } else {
            map.push(key.clone(), Text::from(value.clone()));
        }
    }
}
