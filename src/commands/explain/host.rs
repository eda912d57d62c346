//! A host: its paths, where they lead, and the objects that serve it.

use std::fmt::Write;

use super::table::{is_below, table};
use crate::catalog::PathMatch;
use crate::compile::Compiled;
use crate::diagnostics::printable;
use crate::kubernetes::Object;
use crate::model::{Backend, Entry, Model, Path, Route};

/// What serves a host; nothing if no route has it.
pub(super) fn explain(host: &str, compiled: &Compiled) -> Option<String> {
    let served = routes(host, &compiled.model);
    if served.is_empty() {
        return None;
    }
    let mut out = format!("{host}\n");
    for (entry, route) in &served {
        for path in &route.paths {
            let _ = writeln!(out, "  {}", line(entry, route, path, &compiled.model));
        }
    }
    let serves = |object: &&Object| {
        let mut origins = object.origins.iter();
        origins.any(|origin| served.iter().any(|(_, route)| is_below(&origin.location, &route.location)))
    };
    out.push('\n');
    Some(out + &table(compiled.objects.iter().filter(serves), compiled))
}

fn routes<'m>(host: &str, model: &'m Model) -> Vec<(&'m Entry, &'m Route)> {
    let all = model.entries.iter().flat_map(|entry| entry.routes.iter().map(move |route| (entry, route)));
    all.filter(|(_, route)| route.hosts.iter().any(|known| known.as_str() == host)).collect()
}

/// `/api* leads to web-notes/notes:80, for everybody, on websecure`
fn line(entry: &Entry, route: &Route, path: &Path, model: &Model) -> String {
    let wanted = match &path.matching {
        None => "/*".to_owned(),
        Some((PathMatch::Prefix, path)) => format!("{path}*"),
        Some((PathMatch::Exact, path)) => path.to_string(),
    };
    let who = if path.protected { "after login" } else { "for everybody" };
    let points: Vec<_> = route.points(&model.platform).map(|point| &*point.name).collect();
    let backends = || route.backends().map(Backend::label).collect::<Vec<_>>().join(", ");
    let way = match &route.redirect {
        Some(redirect) => format!("redirects to {}", redirect.label()),
        None => format!("leads to {}/{}", entry.namespace, backends()),
    };
    format!("{} {way}, {who}, on {}", printable(&wanted), points.join(", "))
}
