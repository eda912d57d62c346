//! What the ingress controller changes about requests and responses, as objects of a route say it.

use super::{Part, is_ours};
use crate::import::entry::Scope;
use crate::kubernetes::resource::{items_at, maps_at, text_at};
use crate::value::{Key, Map, Text, Value};

/// The kinds of filters that the catalog has a key for.
const KINDS: [&str; 3] = ["RequestHeaderModifier", "ResponseHeaderModifier", "URLRewrite"];

/// The `filters` of a rule of an HTTPRoute, and the Middlewares among its filters; nothing if there are
/// others.
pub(super) fn of_http_rule(rule: &Map) -> Option<(Map, Vec<&Map>)> {
    let is_own = |filter: &&Map| text_at(filter, &["type"]) != Some("ExtensionRef");
    let (own, others): (Vec<_>, Vec<_>) = maps_at(rule, &["filters"]).partition(is_own);
    if !own.iter().all(|filter| text_at(filter, &["type"]).is_some_and(|kind| KINDS.contains(&kind))) {
        return None;
    }
    let rewrite = |key: &[&str]| own.iter().find_map(|filter| text_at(filter, key)).map(Text::copied);
    let headers = |key: &str| own.iter().find_map(|filter| filter.get(key)?.map()).map(headers);
    let filters = Map::new()
        .with_filled("requestHeaders", headers("requestHeaderModifier").unwrap_or_default())
        .with_filled("responseHeaders", headers("responseHeaderModifier").unwrap_or_default())
        .with_some("replacePrefix", rewrite(&["urlRewrite", "path", "replacePrefixMatch"]))
        .with_some("host", rewrite(&["urlRewrite", "hostname"]))
        .with_some("timeout", text_at(rule, &["timeouts", "request"]).map(Text::copied));
    Some((filters, others))
}

fn headers(modifier: &Map) -> Map {
    let header = |header: &Map| {
        let (name, value) = (text_at(header, &["name"])?, text_at(header, &["value"])?);
        Some((Key::user(name.to_owned()), Value::from(value.to_owned())))
    };
    let set: Map = maps_at(modifier, &["set"]).filter_map(header).collect();
    Map::new().with_filled("set", set).with_filled("remove", items_at(modifier, &["remove"]).to_vec())
}

/// The timeout of a ServersTransport that wharf made for the route.
pub(super) fn timeout(group: &[Part<'_>], scope: &Scope<'_, '_>) -> Map {
    let name = group.first().map(|part| part.name.as_str()).unwrap_or_default();
    let found = scope.objects.named((scope.namespace, name), "traefik.io", "ServersTransport");
    let found = found.map(|(_, transport)| transport).filter(|transport| is_ours(transport));
    let timeout = found.and_then(|transport| {
        text_at(&transport.value, &["spec", "forwardingTimeouts", "responseHeaderTimeout"])
    });
    Map::new().with_some("timeout", timeout.map(Text::copied))
}
