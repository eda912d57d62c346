//! Where a route redirects to, from a filter of the Gateway API or from the Middleware that wharf makes.

use super::{Part, Rule, is_ours};
use crate::import::entry::Scope;
use crate::kubernetes::resource::{is_true, maps_at, port, text_at};
use crate::value::{Map, Text, Value};

/// `redirect` of a route; empty if it leads to Services.
pub(super) fn keys(lead: &Rule, group: &[Part<'_>], scope: &Scope<'_, '_>) -> Map {
    if !lead.redirect.is_empty() {
        return lead.redirect.clone();
    }
    let Some(name) = group.first().map(|part| part.name.as_str()) else { return Map::new() };
    if !lead.middlewares.iter().any(|middleware| is_own(middleware, name)) {
        return Map::new();
    }
    let found = scope.objects.named((scope.namespace, name), "traefik.io", "Middleware");
    let spec = found.map(|(_, found)| found).filter(|found| is_ours(found));
    let spec = spec.and_then(|found| found.at(&["spec", "redirectRegex"])).and_then(Value::map);
    spec.and_then(of_middleware).unwrap_or_default()
}

/// Whether a Middleware is the one that wharf makes of a redirect.
pub(super) fn is_own(middleware: &Map, route: &str) -> bool {
    text_at(middleware, &["name"]) == Some(route) && middleware.get("namespace").is_none()
}

/// `redirect` of the filter of a rule; `None` for one that the catalog lacks.
pub(super) fn of_rule(rule: &Map) -> Option<Map> {
    let mut filters = maps_at(rule, &["filters"]);
    let Some(filter) = filters.find(|filter| filter.get("requestRedirect").is_some()) else {
        return Some(Map::new());
    };
    let at = |key: &str| text_at(filter, &["requestRedirect", key]).map(Text::copied);
    let path = match text_at(filter, &["requestRedirect", "path", "type"]) {
        None => None,
        Some("ReplaceFullPath") => text_at(filter, &["requestRedirect", "path", "replaceFullPath"]),
        Some(_) => return None,
    };
    let value = |key| crate::kubernetes::resource::at(filter, &["requestRedirect", key]);
    let permanent = match value("statusCode").map(Value::get) {
        None | Some(Value::Int(302)) => false,
        Some(Value::Int(301)) => true,
        Some(_) => return None,
    };
    // without a scheme, that of the request stays, which the catalog does not support
    Some(address(&at("scheme")?, at("hostname"), value("port").and_then(port), path, permanent))
}

fn of_middleware(regex: &Map) -> Option<Map> {
    let rest = text_at(regex, &["replacement"])?.strip_suffix("${3}")?;
    let (scheme, rest) = rest.split_once("://")?;
    let (origin, path) = match rest.strip_suffix("${2}") {
        Some(origin) => (origin, None),
        None => {
            rest.find('/').map(|slash| rest.split_at(slash)).map(|(origin, path)| (origin, Some(path)))?
        }
    };
    let (host, number) = origin.rsplit_once(':').unwrap_or((origin, ""));
    let path = path.map(|path| path.replace("$$", "$"));
    let host = (host != "${1}").then(|| Text::copied(host));
    Some(address(scheme, host, number.parse().ok(), path.as_deref(), is_true(regex, &["permanent"])))
}

fn address(scheme: &str, host: Option<Text>, port: Option<u16>, path: Option<&str>, permanent: bool) -> Map {
    let address = Map::new()
        .with_some("scheme", (scheme != "https").then(|| Text::copied(scheme)))
        .with_some("host", host)
        .with_some("port", port)
        .with_some("path", path.map(Text::copied));
    // a redirect that only changes the scheme has a mapping as well
    let is_empty = address.is_empty() && !permanent;
    let address = address.with_true("permanent", permanent);
    if is_empty { address.with("scheme", "https") } else { address }
}
