//! Callback routes of logins: an entry that nobody writes, with routes as if the auth service had declared
//! them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::catalog::{self, list, text};

/// A host, to users who have to log in.
#[derive(Default)]
struct Host {
    /// The sides on which it is protected.
    guarded: BTreeSet<String>,
    /// Whether the catalog itself declares where the callback leads.
    is_led: bool,
}

/// The routes to the auth service: one on each protected host, for the sides on which it is protected.
pub(crate) fn entry(entries: &[Json], platform: &Json) -> Option<Json> {
    let callback = platform["routing"]["auth"]["forwardAuth"]["callback"].as_object()?;
    let path = callback.get("path").map_or("/oauth2/", text);
    let route = |(host, sides): (String, Host)| {
        let leads = !sides.guarded.is_empty() && !sides.is_led;
        let paths = json!([{ "path": path }]);
        let exposure = &sides.guarded;
        leads.then(|| {
            json!({
                "host": host,
                "service": callback["service"],
                "port": callback["port"],
                "auth": "none",
                "paths": paths,
                "exposure": exposure,
            })
        })
    };
    let routes: Vec<_> = hosts(entries, path).into_iter().filter_map(route).collect();
    Some(json!({ "namespace": callback["namespace"], "routes": routes }))
}

fn hosts(entries: &[Json], callback: &str) -> BTreeMap<String, Host> {
    let mut hosts: BTreeMap<String, Host> = BTreeMap::new();
    let enabled = entries.iter().filter(|entry| entry["enabled"] != false);
    for route in enabled.flat_map(|entry| list(&entry["routes"])) {
        for name in catalog::hosts(route) {
            let host = hosts.entry(name.to_owned()).or_default();
            host.is_led |= list(&route["paths"])
                .iter()
                .any(|path| text(&path["path"]).trim_matches('/') == callback.trim_matches('/'));
            if is_guarded(route) {
                host.guarded.extend(sides(route));
            }
        }
    }
    hosts
}

/// Whether any of its paths is.
fn is_guarded(route: &Json) -> bool {
    let open = |path: &Json| path["auth"].as_str().or_else(|| route["auth"].as_str()) == Some("none");
    match list(&route["paths"]) {
        [] => route["auth"] != "none",
        paths => !paths.iter().all(open),
    }
}

fn sides(route: &Json) -> Vec<String> {
    let written: Vec<_> = list(&route["exposure"]).iter().map(|side| text(side).to_owned()).collect();
    if written.is_empty() { vec!["internal".into(), "external".into()] } else { written }
}
