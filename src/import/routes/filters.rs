//! What the ingress controller changes about the requests and responses of a route.

use super::{Part, Rule, is_ours};
use crate::import::entry::Scope;
use crate::import::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// `filters` of a route: those of the Gateway API, and those that Traefik's own objects have.
pub(super) fn keys(lead: &Rule, group: &[Part<'_>], scope: &Scope<'_, '_>) -> Map {
    let Some(name) = group.first().map(|part| part.name.as_str()) else { return Map::new() };
    let find = |kind, name: &str| {
        let found = scope.objects.named((scope.namespace, name), "traefik.io", kind).map(|(_, found)| found);
        found.filter(|found| is_ours(found))
    };
    let headers = find("Middleware", &format!("{name}-filter-headers")).map(of_headers).unwrap_or_default();
    let path = find("Middleware", &format!("{name}-filter-path")).and_then(of_path);
    let transport = find("ServersTransport", name);
    let timeout =
        transport.and_then(|found| found.at(&["spec", "forwardingTimeouts", "responseHeaderTimeout"]));
    lead.filters
        .clone()
        .merged(&headers)
        .with_some("replacePrefix", path)
        .with_some("timeout", timeout.cloned())
}

/// Whether a Middleware is one of those that wharf makes of filters.
pub(super) fn is_filter(middleware: &Map, name: &str) -> bool {
    let own = text_at(middleware, &["name"]).and_then(|own| own.strip_prefix(name));
    matches!(own, Some("-filter-headers" | "-filter-path")) && middleware.get("namespace").is_none()
}

fn of_headers(middleware: &Resource) -> Map {
    let at = |key: &str| {
        let headers = middleware.at(&["spec", "headers", key]).and_then(Value::map);
        headers.cloned().unwrap_or_default()
    };
    let request = at("customRequestHeaders");
    let host = request.get("Host").cloned();
    let is_host = |key: &str| key == "Host";
    Map::new()
        .with_filled("requestHeaders", changes(&request, is_host))
        .with_filled("responseHeaders", changes(&at("customResponseHeaders"), |_| false))
        .with_some("host", host)
}

/// Headers that are set, and those that are removed, which have an empty value.
fn changes(headers: &Map, is_other: impl Fn(&str) -> bool) -> Map {
    let own = || headers.iter().filter(|(key, _)| !is_other(key.as_str()));
    let is_removed = |value: &Value| text(value).is_some_and(str::is_empty);
    let set: Map = own()
        .filter(|(_, value)| !is_removed(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let removed: Vec<_> =
        own().filter(|(_, value)| is_removed(value)).map(|(key, _)| Text::copied(key.as_str())).collect();
    Map::new().with_filled("set", set).with_filled("remove", removed)
}

/// The new prefix of a path, with which the replacement begins.
fn of_path(middleware: &Resource) -> Option<Text> {
    let replacement = middleware.at(&["spec", "replacePathRegex", "replacement"]).and_then(text)?;
    let new = replacement.strip_suffix("$1")?.replace("$$", "$");
    Some(decoded(&new).unwrap_or(new).into())
}

/// A path without percent-encoding; nothing if it is not valid.
fn decoded(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.as_bytes().get(2..)?);
    }
    String::from_utf8(bytes).ok()
}

/// The filters of a rule of an HTTPRoute, as keys of the catalog; `None` for one that the catalog lacks.
pub(super) fn of_rule(rule: &Map) -> Option<Map> {
    let mut filters = Map::new();
    for filter in maps_at(rule, &["filters"]) {
        let more = match text_at(filter, &["type"]) {
            Some("RequestHeaderModifier") => {
                Map::new().with("requestHeaders", modified(map_at(filter, "requestHeaderModifier")?))
            }
            Some("ResponseHeaderModifier") => {
                Map::new().with("responseHeaders", modified(map_at(filter, "responseHeaderModifier")?))
            }
            Some("URLRewrite") => rewritten(map_at(filter, "urlRewrite")?)?,
            Some("ExtensionRef" | "RequestRedirect") => Map::new(),
            _ => return None,
        };
        filters = filters.merged(&more);
    }
    let timeout = text_at(rule, &["timeouts", "request"]).map(Text::copied);
    Some(filters.with_some("timeout", timeout))
}

/// The headers that a Gateway changes for one backend, as keys of the catalog; `None` for any other filter.
pub(super) fn of_backend(reference: &Map) -> Option<Map> {
    let mut changes = Map::new();
    for filter in maps_at(reference, &["filters"]) {
        changes = changes.merged(&modified(map_at(filter, "requestHeaderModifier")?));
    }
    Some(changes)
}

fn modified(modifier: &Map) -> Map {
    let header = |header: &Map| {
        let name = text_at(header, &["name"])?;
        Some((crate::value::Key::user(name), header.get("value")?.clone()))
    };
    let headers = |key| maps_at(modifier, &[key]).filter_map(header).collect::<Map>();
    let removed = items_at(modifier, &["remove"]).to_vec();
    let set = Map::new().with_filled("set", headers("set"));
    set.with_filled("remove", removed).with_filled("add", headers("add"))
}

fn rewritten(rewrite: &Map) -> Option<Map> {
    let prefix = match text_at(rewrite, &["path", "type"]) {
        None => None,
        Some("ReplacePrefixMatch") => Some(text_at(rewrite, &["path", "replacePrefixMatch"]).unwrap_or("/")),
        Some(_) => return None,
    };
    let host = text_at(rewrite, &["hostname"]).map(Text::copied);
    Some(Map::new().with_some("replacePrefix", prefix.map(Text::copied)).with_some("host", host))
}
