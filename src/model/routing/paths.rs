//! The paths of a route, and who may use them.

use super::routes::Path;
use crate::catalog::{Auth, Route as Written, RoutePath};
use crate::diagnostics::{Location, Sink, rules};
use crate::model::platform::{Auth as PlatformAuth, Platform};

/// The paths of a route; one for the whole host if it lists none.
pub(super) fn paths(
    written: &Written,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) -> Vec<Path> {
    let redirects = written.redirect.is_some();
    let auth = if redirects { Auth::None } else { written.auth.unwrap_or_default() };
    let reason = written.reason.is_some();
    let decides = written.paths.iter().all(|path| path.auth.is_none()) || written.auth.is_some();
    if decides && !redirects {
        decide(auth, written.auth.is_some(), reason, location, platform, findings);
    }
    if written.paths.is_empty() {
        return vec![Path { location: location.clone(), matching: None, protected: auth == Auth::Platform }];
    }
    let path = |(index, path): (usize, &RoutePath)| {
        let location = location.key("paths").index(index);
        if let Some(auth) = path.auth.filter(|_| !redirects) {
            decide(auth, true, reason || path.reason.is_some(), &location, platform, findings);
        }
        let protected = !redirects && path.auth.unwrap_or(auth) == Auth::Platform;
        Path { matching: Some((path.matching.unwrap_or_default(), (&path.path).into())), protected, location }
    };
    written.paths.iter().enumerate().map(path).collect()
}

/// Refuses what would be public by omission.
fn decide(
    auth: Auth,
    is_set: bool,
    reason: bool,
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) {
    let at = if is_set { location.key("auth") } else { location.clone() };
    match auth {
        Auth::None if !reason => {
            let finding = rules::AUTH_NONE_WITHOUT_REASON.at(at, "`auth: none` needs a reason");
            let finding =
                finding.note("the app would be public, and a later reader has to know that this is intended");
            findings.push(finding.help("add `reason: …` next to it"));
        }
        Auth::Platform if matches!(platform.routing.auth, PlatformAuth::Undecided) => {
            let finding = rules::MISSING_AUTH.at(at, "this route has no auth");
            let finding = finding.note("without auth, the app would be public by omission");
            findings.push(finding.help(
                "set the platform's auth in `routing.auth` of platform.yml, or write `auth: none` and a \
                 `reason` here",
            ));
        }
        _ => {}
    }
}
