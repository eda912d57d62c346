//! HTTPRoutes that their Gateway does not accept, and backends that another namespace does not permit.

use super::http_route::{GROUP, HttpRoute, http_routes};
use crate::cluster::{Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::{MISSING_REFERENCE, UNATTACHED_ROUTE};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, maps_at, text_at};
use crate::value::Map;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    http_routes(survey).flat_map(|route| of_route(&route)).collect()
}

fn of_route(it: &HttpRoute<'_>) -> Vec<Finding> {
    let parents = it.parents().filter_map(|(parent, at)| parent_of(it.deployed, it.route, parent, at));
    let mut findings: Vec<_> = parents.collect();
    for (rule, location) in it.rules() {
        let location = location.key("backendRefs");
        for (index, backend) in maps_at(rule, &["backendRefs"]).enumerate() {
            let at = it.at(location.index(index));
            findings.extend(backend_of(it.deployed, it.route, backend, at));
        }
    }
    findings
}

fn parent_of(deployed: &Deployed, route: &Resource, parent: &Map, location: Location) -> Option<Finding> {
    let is_gateway = text_at(parent, &["kind"]).is_none_or(|kind| kind == "Gateway");
    let name = text_at(parent, &["name"]).filter(|_| is_gateway)?;
    let namespace = text_at(parent, &["namespace"]).or(route.namespace.as_deref())?;
    let gateways = deployed.of_kind(GROUP, "Gateway").filter(|(_, facts)| !facts.is_patched);
    let is_it = |it: &Resource| it.name.as_str() == name && it.namespace.as_deref() == Some(namespace);
    let (gateway, _) = { gateways }.find(|(gateway, _)| is_it(gateway))?;
    let section = text_at(parent, &["sectionName"]).filter(|section| !has_placeholder(section));
    let listeners = || maps_at(&gateway.value, &["spec", "listeners"]);
    let names = || listeners().filter_map(|listener| text_at(listener, &["name"]));
    if let Some(section) = section.filter(|section| !names().any(|name| name == *section)) {
        return Some(no_listener(gateway, section, &location, names()));
    }
    let mut own =
        listeners().filter(|it| section.is_none_or(|section| text_at(it, &["name"]) == Some(section)));
    let is_elsewhere = gateway.namespace != route.namespace && listeners().next().is_some();
    (is_elsewhere && !own.any(admits_others)).then(|| not_admitted(gateway, route, location))
}

/// Whether a listener accepts routes of other namespaces, at least of some.
fn admits_others(listener: &Map) -> bool {
    matches!(text_at(listener, &["allowedRoutes", "namespaces", "from"]), Some("All" | "Selector"))
}

fn no_listener<'g>(
    gateway: &Resource,
    section: &str,
    location: &Location,
    names: impl Iterator<Item = &'g str>,
) -> Finding {
    let message = format!("the Gateway `{}` has no listener `{}`", shorten(&gateway.name), shorten(section));
    let finding = MISSING_REFERENCE.at(location.key("sectionName"), message);
    finding.note("the route is attached to nothing").help_some(did_you_mean(section, names))
}

fn not_admitted(gateway: &Resource, route: &Resource, location: Location) -> Finding {
    let message = format!(
        "the Gateway `{}` does not accept routes of the namespace `{}`",
        shorten(&gateway.name),
        shorten(route.namespace.as_deref().unwrap_or_default())
    );
    let finding = UNATTACHED_ROUTE.at(location, message);
    finding
        .note("a listener accepts only routes of its own namespace by default: the host does not respond")
        .help("add `allowedRoutes: {namespaces: {from: All}}` to the listener, or a selector of namespaces")
}

/// A Service of another namespace, of which everything is known, without a `ReferenceGrant`.
fn backend_of(deployed: &Deployed, route: &Resource, backend: &Map, location: Location) -> Option<Finding> {
    let is_service = text_at(backend, &["kind"]).is_none_or(|kind| kind == "Service");
    let other = text_at(backend, &["namespace"]).filter(|_| is_service)?;
    let name = text_at(backend, &["name"])?;
    let own = route.namespace.as_deref()?;
    let is_known = deployed.knows(other) && deployed.cluster.find("", "Service", Some(other), name).is_some();
    if other == own || !is_known || is_granted(deployed, other, own) {
        return None;
    }
    let message = format!("no ReferenceGrant of `{}` permits routes of `{}`", shorten(other), shorten(own));
    let finding = MISSING_REFERENCE.at(location, message);
    let finding = finding.note("the Gateway answers with status 500: another namespace has to permit it");
    Some(finding.help(format!("add a ReferenceGrant to `{}`, from HTTPRoutes to Services", shorten(other))))
}

fn is_granted(deployed: &Deployed, namespace: &str, from: &str) -> bool {
    let all = deployed.cluster.of_kind(GROUP, "ReferenceGrant");
    let mut grants = all.filter(|grant| grant.namespace.as_deref() == Some(namespace));
    grants.any(|grant| {
        let mut sources = maps_at(&grant.value, &["spec", "from"]);
        let is_own = |source: &Map| text_at(source, &["namespace"]) == Some(from);
        at(&grant.value, &["spec", "from"]).is_none() || sources.any(is_own)
    })
}
