//! Two objects of one kind, namespace and name.

use std::collections::BTreeSet;

use crate::document::Place;
use crate::finding::Finding;
use crate::object::{Kind, Object};
use crate::rules::{DUPLICATE_APPLICATION_CODE, DUPLICATE_NAMESPACE, DUPLICATE_OBJECT};

/// Objects that were met before are found by their identity.
#[allow(clippy::disallowed_types, reason = "asked for membership only, its order is never seen")]
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    let mut first: std::collections::HashMap<_, &Object> = std::collections::HashMap::with_capacity(objects.len());
    let twins = objects.iter().filter_map(|object| first.insert(object.identity(), object).map(|twin| (twin, object)));
    let twins: Vec<_> = twins.collect();
    if twins.is_empty() {
        return;
    }
    let said: Vec<Place> = findings.iter().filter_map(root_of_twins).collect();
    let mut pairs = BTreeSet::new();
    for (first, second) in twins {
        let [Some(one), Some(other)] = [first, second].map(|object| object.origins.first().map(|origin| &origin.place)) else { continue };
        // One pair of lines is said once, however many objects come of it.
        if !said.iter().any(|place| other.is_within(place)) && pairs.insert((one, other)) {
            findings.push(collision(second, one, other));
        }
    }
}

/// The part of the catalog of which another rule has said already that it stands there twice.
fn root_of_twins(finding: &Finding) -> Option<Place> {
    match finding.rule.name {
        name if name == DUPLICATE_APPLICATION_CODE.name => Some(finding.place().clone()),
        name if name == DUPLICATE_NAMESPACE.name => Some(finding.place().parent()),
        _ => None,
    }
}

fn collision(object: &Object, first: &Place, second: &Place) -> Finding {
    let message = format!("two lines make the {} `{}`", object.kind.name(), object.name);
    let finding = DUPLICATE_OBJECT.at(second.clone(), message).and(first.clone(), "the first is here");
    let finding = finding.note("Argo CD applies the last one of a name: the other line would have no effect");
    finding.help(match object.kind {
        Kind::ServiceAccount => "rename the application: every namespace has an account called `default`",
        _ => "these objects are called after host and first path, with dashes between the words: change one of them",
    })
}
