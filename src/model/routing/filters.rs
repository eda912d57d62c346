//! What the ingress controller changes about requests and responses.

use super::backend::{ineffective, is_internal};
use super::headers::{HeaderChanges, headers};
use crate::catalog::{Filters as Written, PathMatch, Route, RoutePath};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::value::Text;

/// What the ingress controller changes about the requests and responses of a route.
#[derive(Debug, Default)]
pub struct Filters {
    /// Changes of the headers that the Service receives.
    pub request: HeaderChanges,
    /// Changes of the headers that the client receives.
    pub response: HeaderChanges,
    /// What replaces the prefix of a path, without its trailing slash; empty if the prefix is removed, none
    /// if it stays.
    pub prefix: Option<Text>,
    /// The host that the Service receives; that of the request if there is none.
    pub host: Option<Text>,
    /// The seconds that the controller waits for a response.
    pub timeout: Option<u64>,
}

/// The filters of a route.
pub(super) fn lower(route: &Route, location: &Location, findings: &mut Sink) -> Filters {
    let Some(written) = route.filters.as_deref() else { return Filters::default() };
    check_prefix(route, written, location, findings);
    let location = location.key("filters");
    check_internal(route, written, &location, findings);
    Filters {
        request: headers(written.request_headers.as_ref(), &location.key("requestHeaders"), findings),
        response: headers(written.response_headers.as_ref(), &location.key("responseHeaders"), findings),
        prefix: written.replace_prefix.as_ref().map(|path| path.trim_end_matches('/').to_owned().into()),
        host: written.host.as_ref().map(Text::from),
        timeout: written.timeout.as_ref().map(|text| timeout(text, &location.key("timeout"), findings)),
    }
}

/// The longest timeout in seconds: a day.
const MAX_TIMEOUT: u64 = 86_400;

fn timeout(text: &str, location: &Location, findings: &mut Sink) -> u64 {
    let seconds = seconds(text);
    if !(1..=MAX_TIMEOUT).contains(&seconds) {
        let finding = rules::INVALID_VALUE
            .at(location.clone(), format!("`{}` is not between `1s` and `24h`", shorten(text)));
        findings.push(finding.note("controllers refuse other values, or read them as no limit"));
    }
    seconds
}

/// The seconds of a duration, rounded up.
fn seconds(text: &str) -> u64 {
    let (mut milliseconds, mut number) = (0_u64, 0_u64);
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let unit = match char {
            'h' => 3_600_000,
            'm' if chars.next_if_eq(&'s').is_some() => 1,
            'm' => 60_000,
            's' => 1_000,
            _ => {
                number = number * 10 + u64::from(char.to_digit(10).unwrap_or_default());
                continue;
            }
        };
        milliseconds += std::mem::take(&mut number) * unit;
    }
    milliseconds.div_ceil(1_000)
}

/// Traefik's own services are in Traefik: nothing waits for them, or asks them for a host.
fn check_internal(route: &Route, written: &Written, location: &Location, findings: &mut Sink) {
    if !is_internal(route) {
        return;
    }
    for (key, is_set) in [("host", written.host.is_some()), ("timeout", written.timeout.is_some())] {
        if is_set {
            let message = format!("`{key}` has no effect for a service of Traefik itself");
            findings.push(ineffective(location.key(key), message, "remove the line"));
        }
    }
}

/// An exact path has no prefix, and the whole host none that could be removed.
fn check_prefix(route: &Route, written: &Written, location: &Location, findings: &mut Sink) {
    let Some(new) = &written.replace_prefix else { return };
    let at = location.key("filters").key("replacePrefix");
    let is_exact = |path: &RoutePath| path.matching == Some(PathMatch::Exact);
    if let Some(index) = route.paths.iter().position(is_exact) {
        let finding = rules::INVALID_VALUE.at(at, "an exact path has no prefix to replace");
        let path = location.key("paths").index(index).key("match");
        let finding = finding.with_secondary_label(path, "this path is exact");
        findings.push(
            finding
                .note("controllers would refuse the route")
                .help("write a separate route for the exact path, or match it as a prefix"),
        );
    } else if **new == *"/" && route.paths.iter().all(|path| &*path.path == "/") {
        let message = "`replacePrefix: /` has no effect: no path of the route has a prefix";
        findings.push(ineffective(at, message, "remove the line, or list the prefix in `paths`"));
    }
}
