//! HTTPRoutes of the Gateway API.

use std::collections::BTreeSet;

use super::backend::services;
use super::{Part, Rule, filters, is_auth, redirect};
use crate::import::entry::Scope;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text, text_at};
use crate::model::Renderer;
use crate::value::{Map, Text};

pub(super) fn parts<'c>(scope: &Scope<'_, 'c>) -> Vec<Part<'c>> {
    let routes = scope.objects.within(scope.namespace, "gateway.networking.k8s.io", "HTTPRoute");
    routes.filter_map(|(index, route)| part(index, route, scope)).collect()
}

fn part<'c>(index: usize, route: &'c Resource, scope: &Scope<'_, 'c>) -> Option<Part<'c>> {
    let hosts: Vec<_> = items_at(&route.value, &["spec", "hostnames"]).iter().filter_map(text).collect();
    let points = listeners(route, scope);
    let common = Part { index, object: Some(route), points, ..Part::default() };
    if let Some(name) = route.name.strip_suffix("-redirect").filter(|_| is_redirect(route)) {
        return Some(Part { name: name.to_owned(), redirects: true, ..common });
    }
    let rules = maps_at(&route.value, &["spec", "rules"]).map(|written| of_rule(written, &hosts, scope));
    let rules: Vec<_> = rules.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let dns = scope.known.platform.external_dns.as_ref();
    let source = dns.and_then(|dns| route.annotation(&format!("{}gateway-hostname-source", dns.prefix)));
    let has_records = source != Some("annotation-only");
    Some(Part { name: route.name.to_string(), rules, has_records, ..common })
}

/// Whether a route only redirects to HTTPS.
fn is_redirect(route: &Resource) -> bool {
    let mut filters = maps_at(&route.value, &["spec", "rules"]).flat_map(|rule| maps_at(rule, &["filters"]));
    let other = ["hostname", "port", "path"];
    filters.any(|filter| {
        text_at(filter, &["requestRedirect", "scheme"]) == Some("https")
            && other.iter().all(|key| at(filter, &["requestRedirect", key]).is_none())
    })
}

/// The numbers of the listeners that the route attaches to.
fn listeners(route: &Resource, scope: &Scope<'_, '_>) -> BTreeSet<usize> {
    let Renderer::HttpRoute(listeners, _) = &scope.known.platform.routing.renderer else {
        return BTreeSet::new();
    };
    let parents = maps_at(&route.value, &["spec", "parentRefs"]);
    let found = parents.flat_map(|parent| {
        let same = |key: &str, own: Option<&str>| text_at(parent, &[key]) == own;
        let matched = listeners.iter().enumerate().filter(move |(_, listener)| {
            same("name", Some(&*listener.name))
                && text_at(parent, &["namespace"]).is_none_or(|namespace| *namespace == *listener.namespace)
                && parent.get("port").and_then(port) == listener.port.map(|port| port.0)
                && same("sectionName", listener.section_name.as_deref())
        });
        matched.map(|(index, _)| index).collect::<Vec<_>>()
    });
    found.collect()
}

fn of_rule(written: &Map, hosts: &[&str], scope: &Scope<'_, '_>) -> Option<Vec<Rule>> {
    let mut matches = maps_at(written, &["matches"]);
    let path = match matches.next() {
        Some(matched) => Some(path(matched)?).filter(|(path, exact)| path != "/" || *exact),
        None => None,
    };
    if matches.next().is_some() {
        return None;
    }
    let filters = filters::of_rule(written)?;
    let redirect = redirect::of_rule(written)?;
    let references = || maps_at(written, &["backendRefs"]);
    let leads = redirect.is_empty() || references().next().is_some();
    let services = if leads { services(references())? } else { Vec::new() };
    let references = maps_at(written, &["filters"]).filter(|filter| filter.get("extensionRef").is_some());
    let middlewares = references.map(middleware).collect::<Option<Vec<_>>>()?;
    let (auth, others): (Vec<_>, Vec<_>) =
        middlewares.into_iter().partition(|middleware| is_auth(middleware, scope));
    let rule = |host: &&str| {
        Some(Rule {
            host: (*host).to_owned(),
            path: path.clone(),
            protected: !auth.is_empty(),
            middlewares: others.clone(),
            services: services.clone(),
            filters: filters.clone(),
            redirect: redirect.clone(),
            ..Rule::default()
        })
    };
    hosts.iter().map(rule).collect()
}

/// The path of a match, and whether it is exact; `None` for a match of anything else.
fn path(matched: &Map) -> Option<(String, bool)> {
    if matched.iter().any(|(key, _)| key.as_str() != "path") {
        return None;
    }
    let value = text_at(matched, &["path", "value"]).unwrap_or("/").to_owned();
    match text_at(matched, &["path", "type"]).unwrap_or("PathPrefix") {
        "PathPrefix" => Some((value, false)),
        "Exact" => Some((value, true)),
        _ => None,
    }
}

/// A Middleware of Traefik; `None` for any other filter.
fn middleware(filter: &Map) -> Option<Map> {
    let name = text_at(filter, &["extensionRef", "name"])?;
    Some(Map::new().with("name", Text::copied(name)))
}
