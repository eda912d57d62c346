//! An object: the lines that request it, and its manifest.

use std::fmt::Write;

use super::table::origins;
use crate::compile::Compiled;
use crate::exit::CommandError;
use crate::kubernetes::{Object, yaml};
use crate::report::lines::Lines;

/// The objects that `KIND/NAME` or `KIND/NAMESPACE/NAME` selects, each with its lines and its manifest.
pub(super) fn explain(subject: &str, compiled: &Compiled) -> Result<String, CommandError> {
    let found: Vec<_> = compiled.objects.iter().filter(|object| is(object, subject)).collect();
    if found.is_empty() {
        let names: Vec<_> = compiled.objects.iter().map(name).collect();
        return Err(CommandError::unknown("object", subject, names.iter().map(String::as_str)));
    }
    let lines: Vec<_> = compiled.documents.iter().map(Lines::new).collect();
    let mut out = String::new();
    for object in found {
        let _ = write!(out, "# {}: {}\n---\n", name(object), origins(object, &lines));
        yaml::write_object(&mut out, object);
    }
    Ok(out)
}

/// Whether the object has this kind, in any case, and this name, with or without its namespace.
fn is(object: &Object, subject: &str) -> bool {
    let Some((kind, rest)) = subject.split_once('/') else { return false };
    let within = object
        .namespace
        .as_ref()
        .and_then(|namespace| rest.strip_prefix(namespace.as_str()).and_then(|rest| rest.strip_prefix('/')));
    kind.eq_ignore_ascii_case(object.kind_name()) && (rest == &*object.name || within == Some(&*object.name))
}

/// `NetworkPolicy/web-notes/default-deny`, `Namespace/web-notes`
fn name(object: &Object) -> String {
    match &object.namespace {
        Some(namespace) => format!("{}/{namespace}/{}", object.kind_name(), object.name),
        None => format!("{}/{}", object.kind_name(), object.name),
    }
}
