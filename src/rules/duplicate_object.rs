//! Two objects with the same kind, namespace and name.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

use crate::diagnostics::rules::DUPLICATE_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Segment, Sink};
use crate::kubernetes::{GroupKind, Kind, Object};
use crate::value::Index;

/// The most objects of one kind and entry that are compared one by one; more of them need an index.
const FEW: usize = 16;

/// Finds objects with an identity that an earlier object has.
pub(crate) fn check(objects: &[Object], findings: &mut Sink) {
    let duplicates = duplicates(objects);
    let duplicates = duplicates
        .into_iter()
        .filter(|(first, second)| !has_duplicate_owner(first, second) && !are_secrets(first, second));
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

/// The objects with an identity that an earlier object has, each with the latest of those.
fn duplicates(objects: &[Object]) -> Vec<(&Object, &Object)> {
    let (by_entry, mut others) = parts(objects);
    let entries = by_entry.into_iter().flat_map(|part| part.chunk_by(|one, next| one.folder == next.folder));
    let mut duplicates = Vec::new();
    for entry in entries {
        if entry.len() <= FEW {
            duplicates.extend(within_entry(entry));
        } else {
            others.push(entry);
        }
    }
    let mut known = Index::with_capacity(others.iter().map(|part| part.len()).sum());
    let others = others.into_iter().flatten();
    duplicates.extend(others.filter_map(|object| Some((known.replace(Named(object), object)?, object))));
    duplicates
}

/// The objects in parts of one kind and version each: the parts that are all objects of their kind and are
/// [by entry](is_by_entry), and the others.
fn parts(objects: &[Object]) -> (Vec<&[Object]>, Vec<&[Object]>) {
    let is_alike = |one: &Object, next: &Object| one.kind == next.kind && one.other == next.other;
    let parts: Vec<_> = objects.chunk_by(is_alike).collect();
    let mut numbers: BTreeMap<&GroupKind, usize> = BTreeMap::new();
    for kind in parts.iter().filter_map(|part| kind(part)) {
        *numbers.entry(kind).or_default() += 1;
    }
    let is_alone = |part: &[Object]| kind(part).is_some_and(|kind| numbers.get(kind) == Some(&1));
    parts.into_iter().partition(|part| is_alone(part) && is_by_entry(part))
}

/// The kind of objects that all have the same one; its versions are one kind.
fn kind(part: &[Object]) -> Option<&GroupKind> {
    part.first().map(Object::group_kind)
}

/// Whether these objects are all in the namespaces of their entries, one entry after the other, so that only
/// those of one entry can have the same identity. This is the case for most objects, which need no index.
fn is_by_entry(objects: &[Object]) -> bool {
    objects.iter().all(|object| object.namespace.as_ref() == Some(&object.folder))
        && objects.is_sorted_by(|one, next| one.folder <= next.folder)
}

/// The duplicates among few objects of one kind and entry.
fn within_entry(objects: &[Object]) -> impl Iterator<Item = (&Object, &Object)> {
    objects.iter().enumerate().filter_map(|(index, object)| {
        let mut earlier = objects[..index].iter().rev();
        Some((earlier.find(|earlier| earlier.identity() == object.identity())?, object))
    })
}

/// An object that is found by namespace and name, and compared by its identity: few kinds have objects with
/// the same ones.
struct Named<'o>(&'o Object);

impl Hash for Named<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0.namespace, &self.0.name).hash(state);
    }
}

impl PartialEq for Named<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.identity() == other.0.identity()
    }
}

impl Eq for Named<'_> {}

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
