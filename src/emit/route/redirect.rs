//! How controllers redirect requests for a route to another address.
//!
//! What the address omits stays as in the request, with the query in any case.

use super::support::{Requested, unsupported};
use super::{CRD_COMES_LATER, Routed};
use crate::diagnostics::Sink;
use crate::kubernetes::{Kind, Object};
use crate::model::{Redirect, Route};
use crate::value::{Map, Text, Value};

/// Refuses a redirect where a route is an Ingress, which names a Service in any case.
pub(super) fn check(requested: &Requested<'_>, note: &str, help: &str, findings: &mut Sink) {
    if requested.route.redirect.is_some() {
        findings.push(unsupported(
            requested.location.key("redirect").itself(),
            "an Ingress leads to a Service, and does not redirect by itself",
            note,
            help,
        ));
    }
}

/// The name of the Middleware that redirects, which is that of the route; nothing if the route leads to a
/// Service.
pub(crate) fn name(route: &Route) -> Option<Text> {
    route.redirect.as_ref().map(|_| route.name.clone())
}

/// The Middleware that redirects.
pub(super) fn middleware(routed: &Routed<'_>) -> Option<Object> {
    let redirect = routed.route.redirect.as_ref()?;
    let object = routed.object(Kind::Middleware, name(routed.route)?).sync_options(CRD_COMES_LATER);
    Some(object.spec(Map::new().with("redirectRegex", regex(redirect))))
}

/// The parts of the address of a request: its host, its path and its query (Traefik 3.7, `redirectRegex`).
const REQUEST: &str = "^https?://([^/:]+)(?::[0-9]+)?([^?]*)(.*)$";

fn regex(redirect: &Redirect) -> Map {
    let path = redirect.path.as_ref().map_or_else(|| "${2}".into(), |path| path.replace('$', "$$"));
    Map::new()
        .with("regex", REQUEST)
        .with("replacement", format!("{}{path}${{3}}", redirect.origin("${1}")))
        .with_true("permanent", redirect.permanent)
}

/// The filter of an HTTPRoute that redirects. A redirect with a scheme has the port of the scheme, unless it
/// names one (Gateway API 1.6, `HTTPRequestRedirectFilter`).
pub(super) fn filter(redirect: &Redirect) -> Map {
    let path = redirect.path.as_ref();
    let path = path.map(|path| Map::new().with("type", "ReplaceFullPath").with("replaceFullPath", path));
    let change = Map::new()
        .with("scheme", redirect.scheme.name())
        .with_some("hostname", redirect.host.as_ref())
        .with_some("path", path)
        .with_some("port", redirect.port)
        .with("statusCode", Value::Int(if redirect.permanent { 301 } else { 302 }));
    Map::new().with("type", "RequestRedirect").with("requestRedirect", change)
}
