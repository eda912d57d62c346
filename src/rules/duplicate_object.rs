//! Two objects of one kind, namespace and name.

use crate::finding::Finding;
use crate::object::Object;
use crate::rules::DUPLICATE_OBJECT;

/// Objects of the same kind follow each other, so that each kind is looked at by itself.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for objects in objects.chunk_by(|one, other| one.kind == other.kind) {
        let mut seen: Vec<&Object> = objects.iter().collect();
        seen.sort_by(|one, other| one.identity().cmp(&other.identity()));
        for pair in seen.windows(2).filter(|pair| pair[0].identity() == pair[1].identity() && !of_twins(pair[0], pair[1])) {
            findings.extend(collision(pair[0], pair[1]));
        }
    }
}

/// Whether two entries of one namespace made the objects: that is a fault of its own, and said once.
fn of_twins(first: &Object, second: &Object) -> bool {
    let entry = |object: &Object| object.origins.first().map(|origin| (origin.place.file, origin.place.steps.first().cloned()));
    first.folder == second.folder && entry(first) != entry(second)
}

fn collision(first: &Object, second: &Object) -> Option<Finding> {
    let message = format!("two objects would be the {} `{}`", second.kind.name(), second.name);
    let finding =
        DUPLICATE_OBJECT.at(second.origins.first()?.place.clone(), message).and(first.origins.first()?.place.clone(), "the first is made here");
    Some(finding.note("Argo CD applies the last of them and shows a warning that nobody reads"))
}
