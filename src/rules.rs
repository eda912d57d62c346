//! The checks of the model and of the emitted objects. Their names, severities and pages are in
//! [`crate::diagnostics::rules`].

mod assumed_ingress_controller;
mod closed_ingress_controller;
mod closed_metrics;
mod contents;
mod deployed;
mod duplicate_object;
mod duplicate_secret;
mod gated_by_health;
mod gated_wave;
mod host_network_edge;
mod image_pull_secret;
mod ineffective_permission;
mod invalid_label;
mod invalid_name;
mod isolated_argocd;
mod late_definition;
mod locked;
mod missing_edge;
mod missing_node_tunnels;
mod missing_secret;
pub mod objects;
mod openings;
mod outside_root_project;
mod rendered;
mod root_name_conflict;
mod self_managed_argocd;
mod service_port;
mod shadowed_path;
mod shared_object;
mod template_objects;
mod traefik_name_collision;
mod unadmitted_pods;
mod unattached_route;
mod unknown_pods;
mod unknown_registry;
mod unknown_service;
mod unknown_webhook;
mod unpermitted_kind;
mod unpermitted_namespace;
mod unprotected_volume;
mod unused_edge;
mod waves_without_health;

use std::num::NonZeroUsize;

use self::deployed::Deployed;
use self::locked::Locked;
use crate::derive::{self, Definitions};
use crate::diagnostics::Sink;
use crate::kubernetes::Object;
use crate::model::Model;
use crate::parallel::{MIN_PARALLEL_ITEMS, both};

/// Runs all checks of the model and of its objects.
pub fn check(model: &Model, objects: &[Object], threads: NonZeroUsize, findings: &mut Sink) {
    let side_by_side = if objects.len() < MIN_PARALLEL_ITEMS { NonZeroUsize::MIN } else { threads };
    let of_objects = || {
        let mut findings = Sink::new();
        duplicate_object::check(objects, &mut findings);
        duplicate_secret::check(model, objects, &mut findings);
        invalid_name::check(objects, &mut findings);
        findings
    };
    let (mut of_objects, ()) = both(side_by_side, of_objects, || {
        of_model(model, objects, findings);
        shadowed_path::check(model, findings);
        traefik_name_collision::check(model, findings);
        invalid_label::check(model, objects, findings);
    });
    findings.append(&mut of_objects);
}

fn of_model(model: &Model, objects: &[Object], findings: &mut Sink) {
    ineffective_permission::check(model, objects, findings);
    image_pull_secret::check(model, findings);
    assumed_ingress_controller::check(model, findings);
    closed_ingress_controller::check(model, findings);
    gated_wave::check(model, findings);
    host_network_edge::check(model, findings);
    missing_node_tunnels::check(model, findings);
    gated_by_health::check(model, objects, findings);
    waves_without_health::check(model, findings);
    root_name_conflict::check(model, findings);
    outside_root_project::check(model, objects, findings);
    self_managed_argocd::check(model, findings);
    isolated_argocd::check(model, findings);
    template_objects::check(model, objects, findings);
    unattached_route::check(model, findings);
    unknown_registry::check(model, findings);
    if derive::is_any_known(model) {
        of_contents(model, objects, findings);
    }
}

/// The checks of what applications deploy, as far as it is known.
fn of_contents(model: &Model, objects: &[Object], findings: &mut Sink) {
    let (deployed, definitions) = (Deployed::new(model, objects), Definitions::new(model));
    late_definition::check_objects(&deployed.rendered, &definitions, findings);
    let mut locked = (!model.lock.entries.is_empty()).then(|| Locked::new(&deployed, &definitions));
    for entry in &model.entries {
        unpermitted_namespace::check(entry, model, findings);
        if let Some(locked) = &mut locked {
            locked.check(entry, findings);
        }
    }
}
