//! Traefik's rules, and which path of a host it tries first: the one with the higher priority, which by
//! default is the length of the rule (Traefik 3.7, routers).
//!
//! Traefik's own `PathPrefix` compares text: `/api` would match `/api-secret` as well, bypassing the auth of
//! its route. A prefix is therefore two matchers.

use crate::catalog::PathMatch;
use crate::model::{Path, Route};
use crate::names::Host;

/// More than the length of the rule for a whole host: 253 for the longest host, 27 for the rest of the rule.
const MAX_HOST_RULE: usize = 300;

/// More than the priority of a path of 1024 characters.
const MAX_PATTERN: i64 = 10_000;

/// The rule of an `IngressRoute`, with one value per matcher, as Traefik 3 requires.
pub(super) fn rule(path: &Path, host: &Host) -> String {
    of_host(path, &format!("Host(`{host}`)"))
}

/// The rule of an `IngressRoute` for hosts that match a regular expression.
pub(super) fn pattern_rule(path: &Path, pattern: &str) -> String {
    of_host(path, &format!("HostRegexp(`{pattern}`)"))
}

fn of_host(path: &Path, host: &str) -> String {
    match &path.matching {
        None => host.to_owned(),
        Some((PathMatch::Exact, path)) => format!("{host} && Path(`{path}`)"),
        Some((PathMatch::Prefix, prefix)) => path
            .bare_prefix()
            .map_or_else(|| format!("{host} && PathPrefix(`{prefix}`)"), |bare| prefix_rule(host, bare)),
    }
}

/// The priority of a rule for hosts that match a regular expression: below 0, and so below the length of
/// every rule that names a host, which keeps its own route. More specific paths come first, with room for
/// gRPC.
pub(super) fn pattern_priority(path: &Path) -> i64 {
    let (length, exact) = path.specificity();
    number(4 * length + 2 * usize::from(exact)) - MAX_PATTERN
}

/// The rule for requests of gRPC clients among those of another rule.
pub(crate) fn grpc_rule(rule: &str) -> String {
    format!("{rule} && HeaderRegexp(`Content-Type`, `^application/grpc`)")
}

/// The priority that the rule of an `IngressRoute` needs. `Path` is a short word: without a priority,
/// `/admin` alone would be tried after everything below `/`. If the user sets a priority, the paths of the
/// route keep their order above it.
pub(super) fn rule_priority(route: &Route, host: &Host, path: &Path) -> Option<i64> {
    match (route.wanted_priority(), &path.matching) {
        (Some(wanted), _) => Some(i64::from(wanted).saturating_add(number(route.rank(path)))),
        (None, Some((PathMatch::Exact, path))) => Some(default_exact_priority(host, path)),
        (None, _) => None,
    }
}

/// The priority of the rule for exactly this path, if the user sets none.
pub(crate) fn default_exact_priority(host: &Host, path: &str) -> i64 {
    number(prefix_rule(&format!("Host(`{host}`)"), path).len() + 1)
}

/// The priority that an Ingress of the path needs: it becomes two rules, and the one for the path itself is
/// shorter than the one for the whole host. It is the same for each host, because the annotation is.
pub(super) fn ingress_priority(route: &Route, path: &Path) -> Option<i64> {
    let (length, exact) = path.specificity();
    route.wanted_priority().map(i64::from).or_else(|| default_ingress_priority(length, exact))
}

/// The priority of an Ingress whose route sets none, by the length of its path; none for a whole host.
pub(crate) fn default_ingress_priority(length: usize, exact: bool) -> Option<i64> {
    (length > 0 || exact).then(|| number(MAX_HOST_RULE + 2 * length + usize::from(exact)))
}

/// The priority of a rule that sets none.
pub(super) fn default_priority(path: &Path, host: &Host) -> i64 {
    number(rule(path, host).len())
}

fn prefix_rule(host: &str, bare: &str) -> String {
    format!("{host} && (Path(`{bare}`) || PathPrefix(`{bare}/`))")
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
