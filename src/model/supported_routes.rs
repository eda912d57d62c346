//! What each kind of route supports: what it does not support is refused, not omitted.

use super::platform::{Platform, Renderer};
use crate::catalog::Route;
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::names::Namespace;

/// The maximum number of hosts, and of rules, of an HTTPRoute (Gateway API 1.6, `HTTPRouteSpec`).
const MAX_HTTP_ROUTE_MATCHES: usize = 16;

/// Refuses what the platform's kind of route does not support.
pub(super) fn check(
    route: &Route,
    location: &Location,
    namespace: &Namespace,
    platform: &Platform,
    findings: &mut Vec<Finding>,
) {
    let mut refuse = |location: Location, message: &str, note: &str, help: &str| {
        findings
            .push(rules::UNSUPPORTED_ROUTE.at(location, message).note(note.to_owned()).help(help.to_owned()));
    };
    match &platform.routing.renderer {
        Renderer::IngressRoute(_) => return,
        Renderer::Nginx(_) => nginx(route, location, platform, &mut refuse),
        Renderer::TraefikIngress(_) => {
            if route.priority.is_some_and(|priority| priority > 0) && route.paths.len() > 1 {
                let note =
                    "with one priority for all of them, it is undefined which path Traefik tries first";
                refuse(
                    location.key("priority"),
                    "an Ingress has one priority for all its paths",
                    note,
                    "write a separate route for each path",
                );
            }
        }
        Renderer::HttpRoute(..) => http_route(route, location, namespace, &mut refuse),
    }
    check_paths(route, location, &mut refuse);
}

type Refuse<'r> = dyn FnMut(Location, &str, &str, &str) + 'r;

fn nginx(route: &Route, location: &Location, platform: &Platform, refuse: &mut Refuse<'_>) {
    if !route.middlewares.is_empty() {
        let note = "ingress-nginx would ignore them";
        refuse(
            location.key("middlewares").itself(),
            "ingress-nginx does not support Middlewares",
            note,
            "remove them, or use Traefik for the routes",
        );
    }
    if route.priority.is_some() {
        let note = "ingress-nginx always tries the longest path first";
        refuse(
            location.key("priority"),
            "ingress-nginx does not support priorities",
            note,
            "remove the line",
        );
    }
    let sides = |exposure| platform.routing.entry_points.iter().any(|point| point.exposure == exposure);
    let other = route
        .exposure
        .first()
        .and_then(|first| platform.routing.entry_points.iter().find(|point| point.exposure != *first));
    if let (Some(other), [only]) = (other, route.exposure.as_slice())
        && sides(*only)
    {
        let note = format!("the host would be reachable from the {} side as well", other.exposure.name());
        refuse(
            location.key("exposure").itself(),
            "ingress-nginx does not support a side per Ingress",
            &note,
            "use Traefik or a Gateway for the routes",
        );
    }
}

fn http_route(route: &Route, location: &Location, namespace: &Namespace, refuse: &mut Refuse<'_>) {
    if route.priority.is_some() {
        let note = "a Gateway always tries the most specific path first";
        refuse(location.key("priority"), "an HTTPRoute does not support priorities", note, "remove the line");
    }
    for (index, middleware) in route.middlewares.iter().enumerate() {
        if middleware.namespace.as_ref().is_some_and(|other| **other != *namespace.as_str()) {
            let location = location.key("middlewares").index(index).key("namespace");
            let note = "the Gateway API refers to filters of the same namespace only";
            refuse(
                location,
                "an HTTPRoute cannot refer to a Middleware of another namespace",
                note,
                "use a Middleware of the same namespace",
            );
        }
    }
    for (key, count) in [
        ("aliases", 1 + route.aliases.len()),
        ("paths", route.paths.len()),
        ("middlewares", 1 + route.middlewares.len()),
    ] {
        if count > MAX_HTTP_ROUTE_MATCHES {
            let message = format!(
                "an HTTPRoute supports at most {MAX_HTTP_ROUTE_MATCHES} hosts, paths and filters each"
            );
            refuse(location.key(key).itself(), &message, "the API server would reject it", "split the route");
        }
    }
}

/// The characters that a path may have besides ASCII letters and digits (Gateway API 1.6, `HTTPPathMatch`).
/// The API server would accept others in an Ingress, and controllers copy them into their own expressions and
/// configuration files.
const PLAIN: &str = "-/._~!$&'()*+,;=:@";

fn check_paths(route: &Route, location: &Location, refuse: &mut Refuse<'_>) {
    for (index, path) in route.paths.iter().enumerate() {
        if let Some(char) =
            path.path.chars().find(|char| !char.is_ascii_alphanumeric() && !PLAIN.contains(*char))
        {
            let location = location.key("paths").index(index).key("path");
            let message = format!("this kind of route does not support `{char}` in a path");
            refuse(
                location,
                &message,
                "the API server or the controller would reject it",
                "route a shorter path instead, or use IngressRoutes",
            );
        }
    }
}
