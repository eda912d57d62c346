//! Hosts of an Ingress without TLS beside others with it, and IngressRoutes on all entry points.

use crate::cluster::{Deployed, Survey};
use crate::diagnostics::rules::{ROUTE_WITHOUT_ENTRY_POINTS, UNCOVERED_TLS_HOST};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::Map;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = survey.clusters.iter().flat_map(Deployed::resources);
    for (resource, facts) in all.filter(|(_, facts)| !facts.is_patched) {
        let at = |location: Location| if facts.is_rendered { resource.location.clone() } else { location };
        match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => {
                let hosts = uncovered(resource);
                findings.extend(hosts.into_iter().map(|(host, location)| without_tls(host, at(location))));
            }
            ("traefik.io" | "traefik.containo.us", "IngressRoute") if has_no_entry_points(resource) => {
                findings.push(on_all_entry_points(at(resource.location.key("spec").itself())));
            }
            _ => {}
        }
    }
    findings
}

fn has_no_entry_points(route: &Resource) -> bool {
    items_at(&route.value, &["spec", "entryPoints"]).is_empty()
}

/// The hosts of the rules of an Ingress that none of its `tls` items lists; an item without hosts is for all.
fn uncovered(ingress: &Resource) -> Vec<(&str, Location)> {
    let tls: Vec<_> = maps_at(&ingress.value, &["spec", "tls"]).collect();
    let hosts = |item: &Map| items_at(item, &["hosts"]).is_empty();
    if tls.is_empty() || tls.iter().copied().any(hosts) {
        return Vec::new();
    }
    let listed: Vec<_> = tls.iter().flat_map(|item| items_at(item, &["hosts"])).filter_map(text).collect();
    let location = ingress.location.key("spec").key("rules");
    let rules = maps_at(&ingress.value, &["spec", "rules"]).enumerate();
    let own = rules
        .filter_map(|(index, rule)| Some((text_at(rule, &["host"])?, location.index(index).key("host"))));
    own.filter(|(host, _)| !listed.iter().any(|listed| covers(listed, host))).collect()
}

fn covers(listed: &str, host: &str) -> bool {
    let below = listed.strip_prefix("*.").zip(host.split_once('.'));
    listed == host || below.is_some_and(|(domain, (_, rest))| domain == rest)
}

fn without_tls(host: &str, location: Location) -> Finding {
    let finding =
        UNCOVERED_TLS_HOST.at(location, format!("no item of `tls` lists the host `{}`", shorten(host)));
    finding
        .note("the host is served with the default certificate, or without TLS")
        .help("add it to `tls[].hosts`")
}

fn on_all_entry_points(location: Location) -> Finding {
    let finding = ROUTE_WITHOUT_ENTRY_POINTS.at(location, "this route names no entry points");
    finding
        .note("Traefik attaches it to all default entry points, the public ones included")
        .help("add `entryPoints`")
}
