//! The Middlewares that filter requests and responses of a route, for Traefik.
//!
//! They run after auth, which sees what the client has sent, and before the Middlewares of the route, which
//! may change the path.

use std::cmp::Reverse;

use super::{CRD_COMES_LATER, Routed};
use crate::kubernetes::{Kind, Object};
use crate::model::{Filters, HeaderChanges, Route};
use crate::value::{Key, Map, Text, Value};

/// The Middlewares of a route: at most one for headers, and one for paths.
pub(super) fn of_route(routed: &Routed<'_>) -> Vec<Object> {
    let object = |(name, spec): (Text, Map)| {
        routed.object(Kind::Middleware, name).sync_options(CRD_COMES_LATER).spec(spec)
    };
    specs(routed.route).into_iter().map(object).collect()
}

/// The names of the Middlewares of a route, in the order in which they run.
pub(crate) fn names(route: &Route) -> impl Iterator<Item = Text> {
    specs(route).into_iter().map(|(name, _)| name)
}

fn specs(route: &Route) -> Vec<(Text, Map)> {
    let named =
        |suffix: &str, spec: Option<Map>| spec.map(|spec| (format!("{}-{suffix}", route.name).into(), spec));
    [named("filter-headers", headers(&route.filters)), named("filter-path", path(route))]
        .into_iter()
        .flatten()
        .collect()
}

/// Traefik removes a header whose value is empty (Traefik 3.7, `headers`).
fn headers(filters: &Filters) -> Option<Map> {
    let host = filters.host.as_ref().map(|host| (Key::user("Host"), Value::from(host)));
    let request: Map = host.into_iter().chain(changes(&filters.request)).collect();
    let headers = Map::new()
        .with_filled("customRequestHeaders", request)
        .with_filled("customResponseHeaders", changes(&filters.response).collect::<Map>());
    (!headers.is_empty()).then(|| Map::new().with("headers", headers))
}

fn changes(changes: &HeaderChanges) -> impl Iterator<Item = (Key, Value)> {
    let set = changes.set.iter().map(|(name, value)| (Key::user(name.as_str()), Value::from(value)));
    let removed = changes.remove.iter().map(|name| (Key::user(name.as_str()), Value::from("")));
    set.chain(removed)
}

/// A request to `/api` reaches the Service as `/new`, and one to `/api/notes` as `/new/notes`, as with a
/// Gateway. `stripPrefix` compares text: with the paths `/api` and `/api/v2`, it would make `-old` of
/// `/api/v2-old`.
fn path(route: &Route) -> Option<Map> {
    let new = route.filters.prefix.as_ref()?;
    let mut old: Vec<&str> = route.paths.iter().filter_map(|path| path.prefix()).collect();
    // the longest first: the first one that matches is replaced
    old.sort_unstable_by_key(|prefix| (Reverse(prefix.len()), *prefix));
    let old = old.into_iter().map(|prefix| regex_syntax::escape(&encoded(prefix)));
    let old = old.collect::<Vec<_>>().join("|");
    let (rest, root) = if new.is_empty() { ("(?:/(.*))?", "/") } else { ("(/.*)?", "") };
    let replace = Map::new()
        .with("regex", format!("^(?:{old}){rest}$"))
        .with("replacement", format!("{root}{}$1", encoded(new).replace('$', "$$")));
    Some(Map::new().with("replacePathRegex", replace))
}

/// Traefik replaces in the path as clients send it, where characters beyond ASCII are encoded (Traefik 3.7,
/// `replacePathRegex`).
fn encoded(path: &str) -> String {
    let mut buffer = [0; 4];
    let mut encoded = String::new();
    for char in path.chars() {
        if char.is_ascii() {
            encoded.push(char);
        } else {
            let bytes = char.encode_utf8(&mut buffer).bytes();
            encoded.extend(bytes.map(|byte| format!("%{byte:02X}")));
        }
    }
    encoded
}
