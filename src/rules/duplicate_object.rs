//! Two objects of one kind, namespace and name.

use std::collections::BTreeSet;

use crate::diagnostics::Finding;
use crate::diagnostics::rules::DUPLICATE_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Segment};
use crate::kubernetes::{Kind, Object};

/// Objects that were met before are found by their identity.
#[allow(clippy::disallowed_types, reason = "asked for membership only, its order is never seen")]
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    let mut first: std::collections::HashMap<_, &Object> =
        std::collections::HashMap::with_capacity(objects.len());
    let duplicates = objects
        .iter()
        .filter_map(|object| first.insert(object.identity(), object).map(|twin| (twin, object)));
    let duplicates: Vec<_> =
        duplicates.filter(|(first, second)| !of_twins(first, second) && !of_secrets(first, second)).collect();
    let mut pairs = BTreeSet::new();
    for (first, second) in duplicates {
        let [Some(one), Some(other)] =
            [first, second].map(|object| object.origins.first().map(|origin| &origin.location))
        else {
            continue;
        };
        // One pair of lines is said once, however many objects come of it.
        if pairs.insert((one, other)) {
            findings.push(collision(second, one, other));
        }
    }
}

/// Whether two entries of one namespace, or two applications of one code, made the objects: that is a fault
/// of its own, and said once.
fn of_twins(first: &Object, second: &Object) -> bool {
    let entry = |object: &Object| {
        object.origins.first().map(|origin| (origin.location.file, origin.location.segments.first().cloned()))
    };
    let entries = first.folder == second.folder && entry(first) != entry(second);
    let applications =
        first.origins.iter().chain(second.origins.iter()).all(|origin| is_application(&origin.location));
    entries || applications
}

/// Whether two lines of `secrets` made the objects: that is `duplicate-secret`.
fn of_secrets(first: &Object, second: &Object) -> bool {
    [first, second].iter().all(|object| {
        matches!(object.kind, Kind::ExternalSecret | Kind::ExternalSecretBeta) && !first_template(object)
    })
}

/// Whether a place is the code of an application.
fn is_application(location: &Location) -> bool {
    matches!(location.segments.last(), Some(Segment::Key(key)) if key.as_str() == "applicationCode")
}

/// Whether a template made the object.
fn first_template(object: &Object) -> bool {
    object.origins.first().is_some_and(|origin| origin.template.is_some())
}

fn collision(object: &Object, first: &Location, second: &Location) -> Finding {
    let message = format!("two lines make the {} `{}`", object.kind_name(), shorten(&object.name));
    let finding =
        DUPLICATE_OBJECT.at(second.clone(), message).with_secondary_label(first.clone(), "the first is here");
    let finding = finding.note("Argo CD applies the last one of a name: the other line would have no effect");
    let templated = first_template(object);
    finding.help(match object.kind {
        _ if templated => "give the object another name in its template, made of the words of its entry or application",
        Kind::ServiceAccount => "rename the application: every namespace has an account called `default`",
        Kind::AppProject => "let `patterns.appProject` in platform.yml use `{{ namespace }}`",
        _ => "these objects are called after host and first path, with dashes between the words: change one of them",
    })
}
