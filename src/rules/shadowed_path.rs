//! A path that never gets a request, because of somebody's `priority`.

use std::collections::BTreeMap;
use std::ptr;

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::SHADOWED_PATH;
use crate::diagnostics::suggestion::shorten;
use crate::model::{Model, Path, Renderer, Route};

/// The prefixes of all hosts, by host and path.
type Prefixes<'p> = BTreeMap<(&'p str, &'p str), Vec<(&'p Route, &'p Path)>>;

/// How many routes of one host and prefix are looked at: there can only be one for each entry point.
const MAX_BYTES: usize = 16;

/// Holds each path against the prefixes around it: left alone, what says more is always tried first.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let routes = || model.entries.iter().flat_map(|entry| &entry.routes);
    if !routes().any(|route| route.priority.is_some_and(|priority| priority > 0)) {
        return;
    }
    let Some(turn) = turn(&model.platform.routing.renderer) else { return };
    let prefixes = prefixes(routes());
    for route in routes() {
        for path in &route.paths {
            findings.extend(shadow(route, path, &prefixes, turn));
        }
    }
}

/// The number by which Traefik tries a path of a host.
type Turn = fn(&str, &Route, &Path) -> i64;

/// Nothing where no route can have a priority.
fn turn(renderer: &Renderer) -> Option<Turn> {
    match renderer {
        Renderer::IngressRoute(_) => {
            Some(|host, route, path| route.rule_priority(host, path).unwrap_or_else(|| length(path, host)))
        }
        Renderer::TraefikIngress(_) => {
            Some(|host, route, path| route.ingress_priority(path).unwrap_or_else(|| length(path, host)))
        }
        _ => None,
    }
}

fn length(path: &Path, host: &str) -> i64 {
    i64::try_from(path.rule(host).len()).unwrap_or(i64::MAX)
}

fn prefixes<'p>(routes: impl Iterator<Item = &'p Route>) -> Prefixes<'p> {
    let mut prefixes = Prefixes::new();
    for route in routes {
        for (host, path) in
            route.hosts.iter().flat_map(|host| route.paths.iter().map(move |path| (host, path)))
        {
            if let Some(prefix) = path.prefix() {
                let known = prefixes.entry((host.as_str(), prefix)).or_default();
                if known.len() < MAX_BYTES {
                    known.push((route, path));
                }
            }
        }
    }
    prefixes
}

/// The first of the prefixes around the path that is tried before it.
fn shadow(route: &Route, path: &Path, prefixes: &Prefixes<'_>, turn: Turn) -> Option<Finding> {
    for host in &route.hosts {
        let own = turn(host, route, path);
        let around = path.around().filter_map(|prefix| prefixes.get(&(host.as_str(), prefix))).flatten();
        let mut others = around.filter(|(other, _)| {
            !ptr::eq(*other, route)
                && other.entry_points.iter().any(|point| route.entry_points.contains(point))
        });
        if let Some((other, first)) = others.find(|(other, first)| turn(host, other, first) >= own) {
            let numbers = (own, turn(host, other, first));
            return Some(finding(host, (route, path), (other, first), numbers));
        }
    }
    None
}

fn finding(
    host: &str,
    (route, path): (&Route, &Path),
    (other, first): (&Route, &Path),
    (own, rival): (i64, i64),
) -> Finding {
    let what = path.matching.as_ref().map_or("", |(_, path)| path.as_str());
    let finding =
        SHADOWED_PATH.at(location(route, path), format!("`{host}{}` never gets a request", shorten(what)));
    let finding = finding.with_secondary_label(location(other, first), "this is tried first");
    let finding = finding.note(format!(
        "Traefik takes the higher number, a `priority` or the length of the rule: here {own} against {rival}"
    ));
    finding.help("remove `priority`: the path that says more is tried first by itself")
}

fn location(route: &Route, path: &Path) -> Location {
    if path.matching.is_some() { path.location.key("path") } else { route.location.key("host") }
}
