//! A path that never gets a request, because another one has a higher `priority`.

use std::collections::BTreeMap;
use std::ptr;

use crate::diagnostics::rules::SHADOWED_PATH;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::emit::{self, RouteController};
use crate::model::{Model, Path, Route};
use crate::names::Host;

/// The prefixes of all hosts, by host and path.
type Prefixes<'p> = BTreeMap<(&'p str, &'p str), Vec<(&'p Route, &'p Path)>>;

/// The maximum number of routes with one host and prefix that are compared: there can only be one for each
/// entry point.
const MAX_ROUTES: usize = 16;

/// Compares each path with the prefixes around it. Without a `priority`, the more specific path is always
/// tried first.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let routes = || model.entries.iter().flat_map(|entry| &entry.routes);
    if !routes().any(|route| route.priority.is_some_and(|priority| priority > 0)) {
        return;
    }
    let controller = emit::controller(&model.platform.routing.renderer);
    let prefixes = prefixes(routes());
    for route in routes() {
        for path in &route.paths {
            findings.extend(find_shadowing(route, path, &prefixes, &*controller));
        }
    }
}

fn prefixes<'p>(routes: impl Iterator<Item = &'p Route>) -> Prefixes<'p> {
    let mut prefixes = Prefixes::new();
    for route in routes {
        for (host, path) in
            route.hosts.iter().flat_map(|host| route.paths.iter().map(move |path| (host, path)))
        {
            if let Some(prefix) = path.prefix() {
                let known = prefixes.entry((host.as_str(), prefix)).or_default();
                if known.len() < MAX_ROUTES {
                    known.push((route, path));
                }
            }
        }
    }
    prefixes
}

/// The first of the prefixes around the path that is tried before it.
fn find_shadowing(
    route: &Route,
    path: &Path,
    prefixes: &Prefixes<'_>,
    controller: &dyn RouteController,
) -> Option<Finding> {
    for host in &route.hosts {
        let own = controller.priority(host, route, path)?;
        let wider_prefixes =
            path.wider_prefixes().filter_map(|prefix| prefixes.get(&(host.as_str(), prefix))).flatten();
        let mut others = wider_prefixes.filter(|(other, _)| {
            !ptr::eq(*other, route)
                && other.entry_points.iter().any(|point| route.entry_points.contains(point))
        });
        let rival = others.find_map(|(other, first)| {
            let rival = controller.priority(host, other, first).filter(|rival| *rival >= own)?;
            Some((*other, *first, rival))
        });
        if let Some((other, first, rival)) = rival {
            return Some(finding(host, (route, path), (other, first), (own, rival)));
        }
    }
    None
}

fn finding(
    host: &Host,
    (route, path): (&Route, &Path),
    (other, first): (&Route, &Path),
    (own, rival): (i64, i64),
) -> Finding {
    let what = path.matching.as_ref().map_or("", |(_, path)| path.as_str());
    let finding =
        SHADOWED_PATH.at(location(route, path), format!("`{host}{}` never gets a request", shorten(what)));
    let finding = finding.with_secondary_label(location(other, first), "this is tried first");
    let finding = finding.note(format!(
        "Traefik tries the higher priority first, which by default is the length of the rule: here {own} \
         against {rival}"
    ));
    finding.help("remove `priority`: by default, the more specific path is tried first")
}

fn location(route: &Route, path: &Path) -> Location {
    if path.matching.is_some() { path.location.key("path") } else { route.location.key("host") }
}
