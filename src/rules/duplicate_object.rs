//! Two objects of one kind, namespace and name.

use crate::finding::Finding;
use crate::object::Object;
use crate::rules::DUPLICATE_OBJECT;

/// Objects that were met before are found by their identity.
#[allow(clippy::disallowed_types, reason = "asked for membership only, its order is never seen")]
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    let mut seen = std::collections::HashSet::with_capacity(objects.len());
    for object in objects {
        if !seen.insert(object.identity())
            && let Some(first) = objects.iter().find(|first| first.identity() == object.identity())
        {
            findings.extend(collision(first, object));
        }
    }
}

fn collision(first: &Object, second: &Object) -> Option<Finding> {
    let message = format!("two objects would be the {} `{}`", second.kind.name(), second.name);
    let finding =
        DUPLICATE_OBJECT.at(second.origins.first()?.place.clone(), message).and(first.origins.first()?.place.clone(), "the first is made here");
    Some(finding.note("Argo CD applies the last of them and shows a warning that nobody reads"))
}
