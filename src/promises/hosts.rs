//! Promises about the auth of hosts.

use super::finding::unknown;
use crate::catalog::Exposure;
use crate::diagnostics::{Finding, Location, rules};
use crate::model::{Entry, Path, Route};
use crate::names::Host;
use crate::promise::AuthPromise;
use crate::reach::{Place, Reach, UnknownPlace};
use crate::value::Text;

/// Checks that every path of every host requires auth.
pub(super) fn check(auth: &AuthPromise, location: &Location, reach: &Reach<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut except: Vec<Text> = Vec::new();
    for (index, name) in auth.except.iter().enumerate() {
        match host(name, reach) {
            Ok(host) => except.push(host),
            Err(error) => findings.push(unknown(&location.key("except").index(index), &error)),
        }
    }
    let platform = &reach.model().platform;
    let faces = |route: &Route| auth.exposure.is_none_or(|side| route.faces(side, platform));
    for entry in &reach.model().entries {
        for route in entry.routes.iter().filter(|route| faces(route)) {
            let hosts: Vec<_> = route.hosts.iter().map(Host::as_str).collect();
            let missing = hosts.into_iter().find(|host| except.iter().all(|other| other.as_str() != *host));
            let open = route.paths.iter().filter(|path| !path.protected);
            for (host, path) in missing.iter().flat_map(|host| open.clone().map(move |path| (host, path))) {
                findings.push(broken(entry, host, path, auth.exposure, location));
            }
        }
    }
    findings
}

/// The host of a route with this name.
fn host(name: &str, reach: &Reach<'_>) -> Result<Text, UnknownPlace> {
    let hosts = reach.model().entries.iter().flat_map(|entry| &entry.routes).flat_map(|route| &route.hosts);
    match reach.place(name) {
        Ok(Place::Host(host)) => Ok(host),
        _ => Err(UnknownPlace { name: name.to_owned(), known: hosts.map(ToString::to_string).collect() }),
    }
}

fn broken(entry: &Entry, host: &str, path: &Path, side: Option<Exposure>, location: &Location) -> Finding {
    let below = path.matching.as_ref().map(|(_, path)| path.to_string()).unwrap_or_default();
    let side = side.map(|side| format!(" on the {} side", side.name())).unwrap_or_default();
    rules::BROKEN_PROMISE
        .at(location.clone(), format!("`{host}{below}` requires no auth{side}"))
        .with_secondary_label(path.location.key("auth"), format!("without auth, in `{}`", entry.namespace))
        .note("every visitor passes, and only the app itself can ask who it is")
        .help("remove `auth: none` there, or add the host to `except`")
}
