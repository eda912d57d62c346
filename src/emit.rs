//! From the model to objects: one kind per file, each object built in exactly one place.

mod app_project;
mod application;
mod certificate;
mod external_secret;
mod image_annotations;
mod image_updater;
mod namespace;
mod network;
mod outside_service;
mod protection;
mod role_binding;
mod route;
mod service_account;
pub(crate) mod source;
mod sync_window;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

pub use network::describe as policies_of_profile;
use protection::KEPT;
use route::Routed;
pub(crate) use route::{
    AUTH_MIDDLEWARE, RouteController, controller, default_exact_priority, default_ingress_priority,
    filter_middlewares, grpc_rule, redirect_middleware, traefik_name,
};

use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::kubernetes::{Kind, Object, Origin, SYNC_OPTIONS, SYNC_WAVE};
use crate::model::{Entry, Model, Support};
use crate::names::Namespace;
use crate::parallel::map_owned;
use crate::value::{Key, Text};

/// Argo CD's option for objects whose custom resource definition comes from an application of the catalog.
/// Without it, the first sync of a new cluster would fail before that application exists (Argo CD 3.5, sync
/// options).
const CRD_COMES_LATER: &str = "SkipDryRunOnMissingResource=true";

/// What the emitters support.
pub(crate) const SUPPORT: Support = Support {
    route: route::check_route,
    stream: route::check_stream,
    exposure: route::check_exposure,
    platform: route::check_platform,
    auth: route::check_auth,
    certificates: route::check_certificates,
    peer: network::supports,
};

/// Builds all objects, in the order in which they are applied: by wave and kind, and then by the namespace of
/// their entry.
pub fn objects(model: &Model, threads: NonZeroUsize, findings: &mut Sink) -> Vec<Object> {
    let templated = template::objects(model, findings);
    let entries: Vec<_> = model.entries.iter().zip(templated).collect();
    let chunks = map_owned(entries, threads, |_, entries| {
        let mut builder = Builder::new(model, entries.len());
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let (batch, templated) = batch(&mut entries);
            builder.entries(&batch);
            builder.buckets.extend(templated);
        }
        (builder.buckets, builder.findings)
    });
    let mut buckets = vec![of_platform(model)];
    for (more, found) in chunks {
        buckets.push(more);
        findings.extend(found);
    }
    in_order(buckets)
}

/// How many entries are built together. The code for one entry is larger than the cache of a processor for
/// instructions, and the entries of a batch fit in its cache for data.
const BATCH: usize = 64;

/// The next entries, with the objects of the templates of the last one.
fn batch<'m>(
    entries: &mut impl Iterator<Item = (&'m Entry, Vec<Object>)>,
) -> (Vec<&'m Entry>, impl Iterator<Item = Object>) {
    let (mut batch, mut templated) = (Vec::with_capacity(BATCH), None);
    for (entry, objects) in entries {
        batch.push(entry);
        // they are next to the other objects of their entry
        if batch.len() == BATCH || !objects.is_empty() {
            templated = Some((entry, objects));
            break;
        }
    }
    let keep = |(entry, objects): (&'m Entry, Vec<Object>)| {
        objects.into_iter().map(|object| protection::keep_if_needed(object, entry))
    };
    (batch, templated.into_iter().flat_map(keep))
}

/// Merges objects. Kinds are in the order of their waves, except for Applications that wait for others of the
/// last tier.
fn in_order(buckets: Vec<Buckets>) -> Vec<Object> {
    let mut objects =
        Vec::with_capacity(buckets.iter().flat_map(|buckets| &buckets.objects).map(Vec::len).sum());
    let mut chunks: Vec<_> = buckets.into_iter().map(|buckets| buckets.objects.into_iter()).collect();
    for kind in 0..KINDS {
        let start = objects.len();
        objects.extend(chunks.iter_mut().filter_map(Iterator::next).flatten());
        // those of the domains come first, and those of routes may be in namespaces before them
        if let Some(added) = objects.get_mut(start..).filter(|_| kind == Kind::Certificate as usize) {
            added.sort_by(|one: &Object, other: &Object| one.folder.cmp(&other.folder));
        }
    }
    if !objects.is_sorted_by_key(Object::order) {
        objects.sort_by_key(Object::order);
    }
    objects
}

/// The number of kinds; all kinds that only templates render count as one.
const KINDS: usize = Kind::ALL.len() + 1;

/// Objects by kind, each kind in the order of the entries.
#[derive(Default)]
struct Buckets {
    objects: [Vec<Object>; KINDS],
    /// The number of entries: most have one object of a kind, or some policies.
    entries: usize,
}

impl Buckets {
    fn push(&mut self, object: Object) {
        let usual = if object.kind == Kind::NetworkPolicy { USUAL_POLICIES } else { 1 };
        let bucket = &mut self.objects[object.kind as usize];
        if bucket.is_empty() {
            bucket.reserve_exact(self.entries * usual);
        }
        bucket.push(object);
    }
}

/// How many policies most entries have at most.
const USUAL_POLICIES: usize = 8;

impl Extend<Object> for Buckets {
    fn extend<I: IntoIterator<Item = Object>>(&mut self, objects: I) {
        objects.into_iter().for_each(|object| self.push(object));
    }
}

/// The objects that exist once per platform.
fn of_platform(model: &Model) -> Buckets {
    let origins = line(Location::root(FileId::PLATFORM).key("certificates").key("mode"));
    let mut buckets = Buckets::default();
    buckets.extend(certificate::wildcards(model, &origins));
    buckets.extend(controller(&model.platform.routing.renderer).of_platform(model, &origins));
    buckets
}

/// Builds the objects of entries, with the values that they share. There is one builder per thread, because a
/// reference counter that all threads update costs more than it saves.
struct Builder<'p> {
    model: &'p Model,
    policies: network::Shared,
    controller: Box<dyn RouteController + 'p>,
    projects: app_project::Shared<'p>,
    accounts: service_account::Shared,
    buckets: Buckets,
    findings: Sink,
}

impl<'p> Builder<'p> {
    /// A builder for so many entries.
    fn new(model: &'p Model, entries: usize) -> Self {
        Self {
            model,
            policies: network::Shared::new(model),
            controller: controller(&model.platform.routing.renderer),
            projects: app_project::Shared::new(model),
            accounts: service_account::Shared::new(model),
            buckets: Buckets { objects: Default::default(), entries },
            findings: Sink::new(),
        }
    }

    /// Builds the objects of some entries, those of related kinds together.
    fn entries(&mut self, entries: &[&'p Entry]) {
        let origins: Vec<_> = entries.iter().map(|entry| line(entry.location.key("namespace"))).collect();
        for (entry, origins) in entries.iter().zip(&origins) {
            self.buckets.extend(namespace::namespace(entry, origins, &mut self.findings));
        }
        for (entry, origins) in entries.iter().zip(&origins) {
            let (projects, findings) = (&self.projects, &mut self.findings);
            self.buckets.extend(app_project::app_project(entry, self.model, projects, origins, findings));
        }
        for (entry, origins) in entries.iter().zip(&origins) {
            self.accounts(entry, origins);
        }
        for entry in entries {
            network::network_policies(entry, self.model, &self.policies, &mut self.buckets);
        }
        for entry in entries {
            self.applications(entry);
        }
        for entry in entries {
            self.routes(entry);
        }
    }

    /// Who may do something in the namespace of an entry.
    fn accounts(&mut self, entry: &Entry, origins: &Arc<[Origin]>) {
        let accounts = service_account::service_accounts(entry, self.model, &self.accounts, origins);
        self.buckets.extend(accounts.map(|account| protection::keep(account, entry)));
        let bindings =
            entry.access.iter().map(|access| role_binding::role_binding(access, entry, self.model));
        self.buckets.extend(bindings);
    }

    fn applications(&mut self, entry: &Entry) {
        for item in &entry.applications {
            self.buckets.push(application::application(
                item,
                entry,
                self.model,
                &line(item.location.key("applicationCode")),
                &mut self.findings,
            ));
            self.buckets.extend(image_updater::image_updater(item, entry, self.model));
        }
    }

    /// The routes of an entry, and what they need.
    fn routes(&mut self, entry: &Entry) {
        let (model, buckets) = (self.model, &mut self.buckets);
        let secrets =
            entry.secrets.iter().filter_map(|secret| external_secret::external_secret(secret, entry, model));
        buckets.extend(secrets.map(|secret| protection::keep(secret, entry)));
        buckets.extend(outside_service::of_entry(entry, model));
        buckets.extend(route::streams(entry, model));
        buckets.extend(self.controller.of_entry(entry, model));
        for route in &entry.routes {
            let origins = line(route.location.key("host"));
            buckets.extend(certificate::of_route(route, entry, model, &origins));
            buckets.extend(self.controller.emit(&Routed {
                route,
                namespace: &entry.namespace,
                is_callback: false,
                entry,
                model,
                origins: &origins,
            }));
        }
        if let Some(callback) = model.platform.routing.auth.callback() {
            let namespace = Namespace::new(&callback.namespace);
            for route in &entry.callbacks {
                let origins = line(route.location.key("host"));
                buckets.extend(self.controller.emit(&Routed {
                    route,
                    namespace: &namespace,
                    is_callback: true,
                    entry,
                    model,
                    origins: &origins,
                }));
            }
        }
    }
}

fn line(location: Location) -> Arc<[Origin]> {
    Arc::new([Origin::line(location)])
}

/// Adds the user's pairs to those that wharf sets; a key that wharf sets cannot be set by the user.
fn extend(
    object: &mut Object,
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    location: &Location,
    findings: &mut Sink,
) {
    if labels.is_empty() && annotations.is_empty() {
        return;
    }
    let mut own = BTreeSet::new();
    object.each_label(|key, _| own.extend([key.to_owned()]));
    object.each_annotation(|key, _| own.extend([key.to_owned()]));
    let metadata = object.metadata_mut();
    let maps =
        [(&mut metadata.labels, labels, "labels"), (&mut metadata.annotations, annotations, "annotations")];
    for (map, wanted, name) in maps {
        for (key, value) in wanted {
            if own.contains(key) {
                let finding = rules::RESERVED_METADATA
                    .at(location.key(name).key(key.clone()).itself(), format!("wharf sets `{key}` itself"));
                findings.push(finding.help(format!("remove the line{}", instead(key))));
            }
            map.push(Key::user(key.as_str()), Text::from(value.clone()));
        }
    }
}

/// The key of the catalog that decides what wharf sets.
fn instead(key: &str) -> &'static str {
    match key {
        "pod-security.kubernetes.io/enforce" => " and write `podSecurity: …`",
        SYNC_WAVE => "; `tier` and `dependsOn` decide the order",
        SYNC_OPTIONS => "; `toggleable` decides whether Argo CD may delete it",
        _ => "",
    }
}
