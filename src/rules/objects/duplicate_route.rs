//! Two routes for the same host and path.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::DUPLICATE_ROUTE;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, port, text, text_at};
use crate::value::{Map, Value};

/// The older way to name the class of an Ingress.
const CLASS: &str = "kubernetes.io/ingress.class";

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut seen = BTreeMap::<Vec<String>, (&Resource, Location)>::new();
    let mut findings = Vec::new();
    for (resource, facts) in deployed.resources().filter(|(_, facts)| !facts.is_patched) {
        for Request { key, shown, location } in requests(resource) {
            if has_placeholder(&shown) {
                continue;
            }
            let location = if facts.is_rendered { resource.location.clone() } else { location };
            let (first, at) = seen.entry(key).or_insert_with(|| (resource, location.clone()));
            if first.identity() != resource.identity() {
                findings.push(duplicate(&shown, at.clone(), location));
            }
        }
    }
    findings
}

/// Requests that a route answers.
struct Request {
    /// What distinguishes them from others.
    key: Vec<String>,
    /// The host and the path, or the rule, for people.
    shown: String,
    location: Location,
}

fn requests(resource: &Resource) -> Vec<Request> {
    match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("networking.k8s.io", "Ingress") if !is_special(resource) => of_ingress(resource),
        ("traefik.io" | "traefik.containo.us", "IngressRoute") => of_ingress_route(resource),
        ("gateway.networking.k8s.io", "HTTPRoute") => of_http_route(resource),
        _ => Vec::new(),
    }
}

/// Whether annotations make an Ingress differ from another one for the same host and path: a share of the
/// requests, or some entry points.
fn is_special(ingress: &Resource) -> bool {
    let annotations = ingress.at(&["metadata", "annotations"]).and_then(Value::map);
    let is_special =
        |key: &str| key.contains("canary") || key.starts_with("traefik.ingress.kubernetes.io/router.");
    annotations.into_iter().flat_map(Map::iter).any(|(key, _)| is_special(key.as_str()))
}

fn of_ingress(resource: &Resource) -> Vec<Request> {
    let class = text_at(&resource.value, &["spec", "ingressClassName"]).or(resource.annotation(CLASS));
    let location = resource.location.key("spec").key("rules");
    let mut found = Vec::new();
    for (rule, value) in maps_at(&resource.value, &["spec", "rules"]).enumerate() {
        let Some(host) = text_at(value, &["host"]) else { continue };
        for (index, path) in maps_at(value, &["http", "paths"]).enumerate() {
            let part = |key| text_at(path, &[key]).unwrap_or_default();
            let key = ["Ingress", class.unwrap_or_default(), host, part("pathType"), part("path")];
            found.push(Request {
                key: key.map(str::to_owned).to_vec(),
                shown: format!("{host}{}", part("path")),
                location: location.index(rule).key("http").key("paths").index(index),
            });
        }
    }
    found
}

fn of_ingress_route(resource: &Resource) -> Vec<Request> {
    let points = items_at(&resource.value, &["spec", "entryPoints"]).iter().filter_map(text);
    let points: Vec<_> = points.collect();
    let location = resource.location.key("spec").key("routes");
    let mut found = Vec::new();
    for (index, route) in maps_at(&resource.value, &["spec", "routes"]).enumerate() {
        let Some(rule) = text_at(route, &["match"]).filter(|_| route.get("priority").is_none()) else {
            continue;
        };
        for point in &points {
            let class = resource.annotation(CLASS).unwrap_or_default();
            let rule: String = rule.split_whitespace().collect();
            found.push(Request {
                key: ["IngressRoute", class, point, &rule].map(str::to_owned).to_vec(),
                shown: rule,
                location: location.index(index).key("match"),
            });
        }
    }
    found
}

fn of_http_route(resource: &Resource) -> Vec<Request> {
    let own = resource.namespace.as_deref().unwrap_or_default();
    let hosts: Vec<_> = items_at(&resource.value, &["spec", "hostnames"]).iter().filter_map(text).collect();
    let mut found = Vec::new();
    for parent in maps_at(&resource.value, &["spec", "parentRefs"]) {
        let part = |key, default| text_at(parent, &[key]).unwrap_or(default);
        let port = parent.get("port").and_then(port).map_or_else(String::new, |port| port.to_string());
        let parent = [part("namespace", own), part("name", ""), part("sectionName", ""), &port];
        for (location, path, kind) in paths(resource) {
            for host in &hosts {
                let key = [&["HTTPRoute", host, kind, path][..], &parent].concat();
                found.push(Request {
                    key: key.into_iter().map(str::to_owned).collect(),
                    shown: format!("{host}{path}"),
                    location: location.clone(),
                });
            }
        }
    }
    found
}

/// The paths of an HTTPRoute whose matches are about nothing else, and that lead to a backend: two redirects
/// for the same host do the same.
fn paths(route: &Resource) -> Vec<(Location, &str, &str)> {
    let location = route.location.key("spec").key("rules");
    let mut found = Vec::new();
    for (rule, value) in maps_at(&route.value, &["spec", "rules"]).enumerate() {
        if items_at(value, &["backendRefs"]).is_empty() {
            continue;
        }
        let location = location.index(rule);
        let mut matches = maps_at(value, &["matches"]).enumerate().peekable();
        if matches.peek().is_none() {
            found.push((location.clone(), "/", "PathPrefix"));
        }
        for (index, one) in matches.filter(|(_, one)| one.iter().all(|(key, _)| key.as_str() == "path")) {
            let path = text_at(one, &["path", "value"]).unwrap_or("/");
            let kind = text_at(one, &["path", "type"]).unwrap_or("PathPrefix");
            found.push((location.key("matches").index(index), path, kind));
        }
    }
    found
}

fn duplicate(shown: &str, first: Location, second: Location) -> Finding {
    let message = format!("two routes answer for `{}`", shorten(shown));
    let finding = DUPLICATE_ROUTE.at(second, message).with_secondary_label(first, "the first is here");
    finding
        .note("only one of them receives the requests, and which one is not defined by the manifests")
        .help("remove one of them, or limit them to different hosts, paths or listeners")
}
