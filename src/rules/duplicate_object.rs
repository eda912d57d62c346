//! Two objects of one kind, namespace and name.

use std::collections::BTreeSet;

use crate::document::Place;
use crate::finding::Finding;
use crate::object::{Kind, Object};
use crate::rules::{DUPLICATE_APPLICATION_CODE, DUPLICATE_NAMESPACE, DUPLICATE_OBJECT};

/// Objects of the same kind follow each other, so that each kind is looked at by itself.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    let said: Vec<Place> = findings.iter().filter_map(root_of_twins).collect();
    let mut pairs = BTreeSet::new();
    for objects in objects.chunk_by(|one, other| one.kind == other.kind) {
        let mut seen: Vec<&Object> = objects.iter().collect();
        seen.sort_by(|one, other| one.identity().cmp(&other.identity()));
        for pair in seen.windows(2).filter(|pair| pair[0].identity() == pair[1].identity()) {
            let [Some(first), Some(second)] = [pair[0], pair[1]].map(|object| object.origins.first().map(|origin| &origin.place)) else { continue };
            // One pair of lines is said once, however many objects come of it.
            if !said.iter().any(|place| second.is_within(place)) && pairs.insert((first, second)) {
                findings.push(collision(pair[1], first, second));
            }
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
