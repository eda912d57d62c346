//! Objects that two Applications deploy.

use std::collections::BTreeMap;

use crate::cluster::{Application, Deployed, Provenance, Survey, has_placeholder};
use crate::diagnostics::rules::SHARED_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::scope::is_cluster_scoped;
use crate::kubernetes::{Identity, Resource};

/// How many Applications deploy each other in a row at most.
const MAX_DEPTH: usize = 64;

/// An object with the Application that deploys it.
#[derive(Clone, Copy)]
struct Owned<'s> {
    resource: &'s Resource,
    facts: Provenance,
    owner: &'s Application,
}

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(|deployed| of_cluster(survey, deployed)).collect()
}

/// One finding for each pair of Applications.
fn of_cluster(survey: &Survey, deployed: &Deployed) -> Vec<Finding> {
    let mut seen = BTreeMap::<Identity<'_>, Owned<'_>>::new();
    let mut pairs = BTreeMap::<(Option<usize>, Option<usize>), (Owned<'_>, Owned<'_>, usize)>::new();
    for (resource, facts) in deployed.resources().filter(|(resource, facts)| is_known(resource, *facts)) {
        let Some(owner) = survey.application(facts) else { continue };
        let second = Owned { resource, facts, owner };
        let first = *seen.entry(resource.identity()).or_insert(second);
        if first.facts.application != facts.application && is_one_cluster(survey, first.owner, owner) {
            let pair = pairs.entry((first.facts.application, facts.application));
            pair.or_insert((first, second, 0)).2 += 1;
        }
    }
    pairs.into_values().map(|(first, second, number)| shared(first, second, number)).collect()
}

/// Whether the namespace of an object is known, and nothing changes its name.
fn is_known(resource: &Resource, facts: Provenance) -> bool {
    let has_scope = resource.namespace.is_some() || is_cluster_scoped(&resource.kind) == Some(true);
    has_scope && !facts.is_patched && !resource.name.is_empty() && !has_placeholder(&resource.name)
}

/// Whether two Applications are for the same cluster: each cluster may have its own Argo CD, so that only
/// those which the same Application deploys, directly or not, are sure to be.
fn is_one_cluster(survey: &Survey, one: &Application, other: &Application) -> bool {
    let is_known = |it: &Application| !it.is_patched && !has_placeholder(it.destination());
    is_known(one) && is_known(other) && root(survey, one) == root(survey, other)
}

/// The location of the Application that deploys everything above, which several of an ApplicationSet share.
fn root<'s>(survey: &'s Survey, application: &'s Application) -> &'s Location {
    let mut top = application;
    for _ in 0..MAX_DEPTH {
        match survey.parent(top) {
            Some(parent) => top = parent,
            None => break,
        }
    }
    &top.resource.location
}

fn shared(first: Owned<'_>, second: Owned<'_>, number: usize) -> Finding {
    let kind = &second.resource.kind.kind;
    let more = if number > 1 { format!(", and {} more", number - 1) } else { String::new() };
    let message = format!(
        "the Applications `{}` and `{}` both deploy the {kind} `{}`{more}",
        shorten(&first.owner.resource.name),
        shorten(&second.owner.resource.name),
        shorten(&second.resource.name)
    );
    let finding = SHARED_OBJECT.at(place(second), message);
    let finding = if place(first) == place(second) {
        finding
    } else {
        finding.with_secondary_label(place(first), "also deployed from here")
    };
    finding
        .note("Argo CD applies both in turn, and deletes the object of both when one of them is removed")
        .help("deploy it with one of them")
}

fn place(owned: Owned<'_>) -> Location {
    owned.facts.at(owned.resource, owned.resource.location.key("metadata").key("name"))
}
