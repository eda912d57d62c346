//! The filters of an HTTPRoute that the Gateway API defines itself.

use super::filter_support::{Refused, check};
use super::support::{Requested, unsupported};
use crate::catalog::HeaderChanges as WrittenChanges;
use crate::diagnostics::{Location, Sink};
use crate::model::{Backend, Filters, HeaderChanges};
use crate::platform::GatewaySoftware;
use crate::value::{Map, Text};

/// The maximum number of headers that a filter sets or removes (Gateway API 1.6, `HTTPHeaderFilter`).
const MAX_HEADERS: usize = 16;

/// The maximum number of filters of a rule, besides Middlewares.
pub(super) const MAX_FILTERS: usize = 3;

/// Refuses filters that the API server or the controller does not accept.
pub(super) fn check_filters(requested: &Requested<'_>, software: GatewaySoftware, findings: &mut Sink) {
    if software == GatewaySoftware::Traefik {
        let timeout = Refused {
            key: "timeout",
            message: "Traefik does not support timeouts of an HTTPRoute",
            note: "Traefik 3.7 ignores them silently",
            help: "remove the line, or use `routing.kind: traefik`",
        };
        check(requested, &[timeout], findings);
    }
    for (index, backend) in requested.route.backends.iter().enumerate() {
        let at = requested.location.key("backends").index(index).key("requestHeaders");
        backend.request_headers.iter().for_each(|changes| check_size(changes, &at, findings));
    }
    let Some(filters) = &requested.route.filters else { return };
    let location = requested.location.key("filters");
    for (key, changes) in
        [("requestHeaders", &filters.request_headers), ("responseHeaders", &filters.response_headers)]
    {
        let changes = changes.iter();
        changes.for_each(|changes| check_size(changes, &location.key(key), findings));
    }
}

fn check_size(changes: &WrittenChanges, location: &Location, findings: &mut Sink) {
    for (key, size) in
        [("set", changes.set.len()), ("add", changes.add.len()), ("remove", changes.remove.len())]
    {
        if size > MAX_HEADERS {
            findings.push(unsupported(
                location.key(key).itself(),
                format!("an HTTPRoute changes at most {MAX_HEADERS} headers at once, and this is {size}"),
                "the API server would reject the HTTPRoute",
                "let the app itself write some of them",
            ));
        }
    }
}

/// The filters of one of the Services.
pub(super) fn of_backend(backend: &Backend) -> Vec<Map> {
    let change = headers(&backend.request);
    let filter = Map::new().with("type", "RequestHeaderModifier").with("requestHeaderModifier", change);
    if backend.request.is_empty() { Vec::new() } else { vec![filter] }
}

/// The filters of each rule of a route.
pub(super) fn filters(filters: &Filters) -> Vec<Map> {
    let rewrite = Map::new()
        .with_some("hostname", filters.host.as_ref())
        .with_filled("path", filters.prefix.as_ref().map(replaced).unwrap_or_default());
    let changes = [
        ("RequestHeaderModifier", "requestHeaderModifier", headers(&filters.request)),
        ("ResponseHeaderModifier", "responseHeaderModifier", headers(&filters.response)),
        ("URLRewrite", "urlRewrite", rewrite),
    ];
    let filter = |(kind, key, change): (&'static str, &'static str, Map)| {
        (!change.is_empty()).then(|| Map::new().with("type", kind).with(key, change))
    };
    changes.into_iter().filter_map(filter).collect()
}

fn replaced(prefix: &Text) -> Map {
    let new = if prefix.is_empty() { Text::constant("/") } else { prefix.clone() };
    Map::new().with("type", "ReplacePrefixMatch").with("replacePrefixMatch", new)
}

fn headers(changes: &HeaderChanges) -> Map {
    let header = |(name, value): &(Text, Text)| Map::new().with("name", name).with("value", value);
    Map::new()
        .with_filled("set", changes.set.iter().map(header).collect::<Vec<_>>())
        .with_filled("add", changes.add.iter().map(header).collect::<Vec<_>>())
        .with_filled("remove", changes.remove.clone())
}

/// How long the Gateway waits, which is a field of the rule.
pub(super) fn timeouts(filters: &Filters) -> Option<Map> {
    filters.timeout.map(|seconds| Map::new().with("request", format!("{seconds}s")))
}
