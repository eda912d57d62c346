//! Hosts that a route names by a regular expression.

use std::collections::BTreeMap;

use regex_syntax::hir::Look;

use super::routes::{Path, Route};
use crate::catalog::{PathMatch, Route as Written};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::model::Entry;
use crate::model::platform::{Certificates, Platform};
use crate::value::Text;

/// The characters of expressions that Go and Rust read alike, and that may occur in hosts. Traefik compares
/// hosts in lower case (Traefik 3.7, `HostRegexp`).
const CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789.-\\^$()|?+*[]{},:";

/// The expression of a route; none if it has none, or one that is not valid.
pub(super) fn lower(written: &Written, location: &Location, findings: &mut Sink) -> Option<Text> {
    let text = written.host_regexp.as_ref()?;
    let Some(Fault { message, note }) = fault(text) else { return Some(text.into()) };
    let finding = rules::INVALID_VALUE.at(location.key("hostRegexp"), message);
    findings.push(finding.note(note).help("write it like `^[a-z]+\\.apps\\.example\\.com$`"));
    None
}

struct Fault {
    message: String,
    note: &'static str,
}

/// What is wrong with an expression.
fn fault(text: &str) -> Option<Fault> {
    if let Some(char) = text.chars().find(|char| !CHARACTERS.contains(*char)) {
        return Some(Fault {
            message: format!("`{}` cannot be in an expression for hosts", shorten(&char.to_string())),
            note: "hosts are compared in lower case: the expression would match none, or not be valid",
        });
    }
    let Ok(parsed) = regex_syntax::parse(text) else {
        return Some(Fault {
            message: format!("`{}` is not a valid regular expression", shorten(text)),
            note: "Traefik would skip the route, and only log it",
        });
    };
    let is_whole = parsed.properties().look_set_prefix().contains(Look::Start)
        && parsed.properties().look_set_suffix().contains(Look::End);
    (!is_whole).then(|| Fault {
        message: format!("`{}` also matches hosts that only contain it", shorten(text)),
        note: "everybody could reach the Service by a host of another domain that contains it",
    })
}

/// Refuses what would not work for hosts that are not known.
pub(super) fn check(route: &Route, platform: &Platform, findings: &mut Sink) {
    if route.host_pattern.is_none() {
        return;
    }
    let location = route.location.key("hostRegexp");
    let has_tls = route.points(platform).any(|point| point.tls);
    let is_covered = match &platform.certificates {
        Certificates::None => true,
        Certificates::Wildcard(..) => !route.has_own_certificate,
        _ => false,
    };
    if has_tls && !is_covered {
        let finding = rules::INEFFECTIVE_CERTIFICATE_MODE
            .at(location.clone(), "no certificate covers hosts of a regular expression");
        let finding = finding.note("browsers would warn about an invalid certificate");
        findings.push(finding.help(
            "list the hosts in `aliases`, or use `certificates.mode: wildcard`, which covers those below a \
             domain",
        ));
    }
    if route.is_protected() && platform.routing.auth.callback().is_some() {
        let message = "the callback of the auth service has no route for hosts of a regular expression";
        let finding = rules::UNSUPPORTED_ROUTE.at(location, message);
        let finding = finding.note("sign-in would redirect in a loop");
        findings.push(finding.help("list the hosts in `aliases`"));
    }
}

/// A path and its match, on one entry point.
type Request<'r> = (usize, Option<(PathMatch, &'r str)>);

/// Reports expressions of several routes for the same path: whether one host matches both is not decided.
pub(super) fn check_unique(entries: &[Entry], findings: &mut Sink) {
    let mut known: BTreeMap<Request<'_>, &Route> = BTreeMap::new();
    let routes = entries.iter().filter(|entry| entry.enabled).flat_map(|entry| &entry.routes);
    for route in routes.filter(|route| route.host_pattern.is_some()) {
        let restrictions = route.paths.iter().map(Path::restriction);
        let requests: Vec<Request<'_>> = restrictions
            .flat_map(|path| route.entry_points.iter().map(move |point| (*point, path)))
            .collect();
        let rival = requests.iter().find_map(|request| known.get(request).copied());
        if let Some(first) = rival {
            let finding = rules::DUPLICATE_ROUTE
                .at(route.location.key("hostRegexp"), "two regular expressions may match the same host");
            let finding = finding
                .with_secondary_label(first.location.key("hostRegexp"), "first used here")
                .note("which route Traefik uses may change with each restart, and one of them may lack auth");
            findings.push(finding.help("keep one of them, and list the hosts of the other in `aliases`"));
        }
        known.extend(requests.into_iter().map(|request| (request, route)));
    }
}
