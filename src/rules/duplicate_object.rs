//! Two objects with the same kind, namespace and name.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use crate::diagnostics::rules::DUPLICATE_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Segment, Sink};
use crate::kubernetes::{Identity, Kind, Object};
use crate::value::Index;

/// Finds objects with an identity that an earlier object has.
pub(crate) fn check(objects: &[Object], findings: &mut Sink) {
    let mut first = Index::with_capacity(objects.len());
    let duplicates = objects
        .iter()
        .filter_map(|object| first.replace(Named(object.identity()), object).map(|twin| (twin, object)));
    let duplicates: Vec<_> = duplicates
        .filter(|(first, second)| !has_duplicate_owner(first, second) && !are_secrets(first, second))
        .collect();
    let mut pairs = BTreeSet::new();
    for (first, second) in duplicates {
        let [Some(one), Some(other)] =
            [first, second].map(|object| object.origins.first().map(|origin| &origin.location))
        else {
            continue;
        };
        // A pair of lines is reported once, however many objects it renders.
        if pairs.insert((one, other)) {
            findings.push(collision(second, one, other));
        }
    }
}

/// An identity that is found by namespace and name: few kinds have objects with the same ones.
#[derive(PartialEq, Eq)]
struct Named<'o>(Identity<'o>);

impl Hash for Named<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.namespace, self.0.name).hash(state);
    }
}

/// Whether the objects come from two entries with one namespace or two applications with one code, which is
/// reported by another rule.
fn has_duplicate_owner(first: &Object, second: &Object) -> bool {
    let entry = |object: &Object| {
        object.origins.first().map(|origin| (origin.location.file, origin.location.segments.first().cloned()))
    };
    let entries = first.folder == second.folder && entry(first) != entry(second);
    let applications =
        first.origins.iter().chain(second.origins.iter()).all(|origin| is_application(&origin.location));
    entries || applications
}

/// Whether both objects come from lines of `secrets`, which is reported as `duplicate-secret`.
fn are_secrets(first: &Object, second: &Object) -> bool {
    [first, second].iter().all(|object| {
        matches!(object.kind, Kind::ExternalSecret | Kind::ExternalSecretBeta) && !first_template(object)
    })
}

/// Whether a location is the code of an application.
fn is_application(location: &Location) -> bool {
    matches!(location.segments.last(), Some(Segment::Key(key)) if key.as_str() == "applicationCode")
}

/// Whether the object comes from a template.
fn first_template(object: &Object) -> bool {
    object.origins.first().is_some_and(|origin| origin.template.is_some())
}

fn collision(object: &Object, first: &Location, second: &Location) -> Finding {
    let message = format!("two lines render the {} `{}`", object.kind_name(), shorten(&object.name));
    let finding = DUPLICATE_OBJECT
        .at(second.clone(), message)
        .with_secondary_label(first.clone(), "first rendered here");
    let finding = finding
        .note("Argo CD applies one object per name, the last one: the other line would have no effect");
    let templated = first_template(object);
    finding.help(match object.kind {
        _ if templated => "use another name in the template, with a variable of its entry or application",
        Kind::ServiceAccount => {
            "rename the application: every namespace has an account with the name `default`"
        }
        Kind::AppProject => "use `{{ namespace }}` in `patterns.appProject` of platform.yml",
        _ => {
            "change the host or the first path of one of them: the objects are named after both, joined by \
             dashes"
        }
    })
}
