//! Kustomizations as Kustomize builds them. What their files say is enough if nothing patches or generates
//! resources.

use std::collections::BTreeMap;

use super::files::Files;
use super::item::{Contents, Item};
use super::{Render, Renderable};
use crate::diagnostics::Location;
use crate::kubernetes::{Resource, read};

/// What distinguishes a resource in a kustomization.
type Key = (String, Option<String>, String);

/// The contents of a kustomization after its patches, if a program is there that applies them. Resources that
/// differ from their files are at the name in their file; generated ones are at `location`.
pub(super) fn build<'t>(
    folder: &str,
    mut contents: Contents<'t>,
    files: &Files<'t>,
    render: Render<'_>,
    location: &Location,
) -> Contents<'t> {
    let is_patched = contents.items.iter().any(|item| item.change.is_patched);
    let is_generated = !contents.opaque.is_empty();
    // what is not in the repository would have to be downloaded
    if !contents.left_out.is_empty() || !(is_patched || is_generated) {
        return contents;
    }
    let built = render(&Renderable::Kustomization(folder.to_owned())).and_then(|source| {
        let manifests = read(&source);
        match manifests.problems.first() {
            Some(problem) => Err(format!("kustomize printed no manifests: {}", problem.message)),
            None => Ok(manifests.resources),
        }
    });
    match built {
        Ok(built) => replace(&mut contents, built, files, location),
        Err(reason) => contents.left_out.push((folder.to_owned(), format!("its patches: {reason}"))),
    }
    contents
}

/// Replaces the resources of the files by those that were built, except those that are the same.
fn replace<'t>(contents: &mut Contents<'t>, built: Vec<Resource>, files: &Files<'t>, location: &Location) {
    let is_generated = !contents.opaque.is_empty();
    let mut known = BTreeMap::<Key, Item<'t>>::new();
    for item in std::mem::take(&mut contents.items) {
        let resource = files.resource(item.file, item.index).map(|resource| item.change.apply(resource));
        known.extend(resource.map(|resource| (key(&resource), item)));
    }
    for mut resource in built {
        match known.remove(&key(&resource)) {
            // references to generated resources change as well
            Some(item) if !item.change.is_patched && !is_generated => contents.items.push(item),
            item => {
                let written = item.and_then(|item| files.resource(item.file, item.index));
                let at = |written: &Resource| written.location.key("metadata").key("name");
                resource.location = written.map_or_else(|| location.clone(), at);
                contents.rendered.push(resource);
            }
        }
    }
    contents.opaque.clear();
}

fn key(resource: &Resource) -> Key {
    let namespace = resource.namespace.as_deref().map(str::to_owned);
    (resource.kind.to_string(), namespace, resource.name.to_string())
}
