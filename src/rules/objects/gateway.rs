//! HTTPRoutes: a plain listener beside a TLS one, rules without backends, and Gateways that do not exist.

use super::http_route::{GROUP, HttpRoute, http_routes};
use crate::cluster::{Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::{MISSING_REFERENCE, ROUTE_ON_PLAIN_LISTENER, ROUTE_WITHOUT_BACKEND};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::value::{Map, Value};

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    http_routes(survey).flat_map(|route| of_route(&route)).collect()
}

fn of_route(it: &HttpRoute<'_>) -> Vec<Finding> {
    let parents = it.parents().filter_map(|(parent, at)| judge_parent(it.deployed, it.route, parent, at));
    let empty = it.rules().filter(|(rule, _)| answers_nothing(rule));
    parents.chain(empty.map(|(_, location)| without_backend(it.at(location)))).collect()
}

fn judge_parent(deployed: &Deployed, route: &Resource, parent: &Map, location: Location) -> Option<Finding> {
    let is_gateway = text_at(parent, &["kind"]).is_none_or(|kind| kind == "Gateway");
    let name = text_at(parent, &["name"]).filter(|name| is_gateway && !has_placeholder(name))?;
    let namespace = text_at(parent, &["namespace"]).or(route.namespace.as_deref())?;
    let Some(gateway) = deployed.cluster.find(GROUP, "Gateway", Some(namespace), name) else {
        return missing(deployed, namespace, name, &location);
    };
    let is_open = parent.get("sectionName").is_none() && parent.get("port").is_none();
    (is_open && !only_redirects(route) && serves_both(gateway, route)).then(|| {
        let message = format!("the Gateway `{}` also serves this route without TLS", shorten(name));
        let finding = ROUTE_ON_PLAIN_LISTENER.at(location, message);
        finding
            .note("a route without `sectionName` is attached to all listeners, those for HTTP included")
            .help(format!("add `sectionName: {}`", listener_name(gateway, "HTTPS").unwrap_or_default()))
    })
}

/// A Gateway that does not exist, if other Gateways of the namespace are known.
fn missing(deployed: &Deployed, namespace: &str, name: &str, location: &Location) -> Option<Finding> {
    let gateways = || {
        let all = deployed.cluster.of_kind(GROUP, "Gateway");
        all.filter(|gateway| gateway.namespace.as_deref() == Some(namespace))
            .map(|gateway| gateway.name.as_str())
    };
    gateways().next()?;
    let message =
        format!("there is no Gateway `{}` in the namespace `{}`", shorten(name), shorten(namespace));
    let finding = MISSING_REFERENCE.at(location.key("name"), message);
    Some(finding.note("the route is attached to nothing").help_some(did_you_mean(name, gateways())))
}

fn only_redirects(route: &Resource) -> bool {
    let redirects = |rule: &Map| {
        maps_at(rule, &["filters"]).any(|filter| text_at(filter, &["type"]) == Some("RequestRedirect"))
    };
    let mut rules = maps_at(&route.value, &["spec", "rules"]).peekable();
    rules.peek().is_some() && rules.all(redirects)
}

/// Whether a plain listener and a TLS listener admit the route.
fn serves_both(gateway: &Resource, route: &Resource) -> bool {
    let admits = |protocol: &str| {
        maps_at(&gateway.value, &["spec", "listeners"])
            .filter(|listener| text_at(listener, &["protocol"]) == Some(protocol))
            .any(|listener| admits_host(listener, route) && admits_namespace(listener, gateway, route))
    };
    admits("HTTP") && admits("HTTPS")
}

fn listener_name<'g>(gateway: &'g Resource, protocol: &str) -> Option<&'g str> {
    let mut listeners = maps_at(&gateway.value, &["spec", "listeners"]);
    text_at(listeners.find(|listener| text_at(listener, &["protocol"]) == Some(protocol))?, &["name"])
}

fn admits_host(listener: &Map, route: &Resource) -> bool {
    let Some(own) = text_at(listener, &["hostname"]) else { return true };
    let hosts: Vec<_> = items_at(&route.value, &["spec", "hostnames"]).iter().filter_map(text).collect();
    let covers = |wide: &str, host: &str| wide.strip_prefix('*').is_some_and(|end| host.ends_with(end));
    hosts.is_empty() || hosts.iter().any(|host| *host == own || covers(own, host) || covers(host, own))
}

fn admits_namespace(listener: &Map, gateway: &Resource, route: &Resource) -> bool {
    match text_at(listener, &["allowedRoutes", "namespaces", "from"]) {
        Some("All") => true,
        // which namespaces have the labels is not compared
        Some("Selector" | "None") => false,
        _ => gateway.namespace == route.namespace,
    }
}

/// Whether a rule has no backend and no filter that answers instead.
fn answers_nothing(rule: &Map) -> bool {
    let answers =
        |filter: &Map| matches!(text_at(filter, &["type"]), Some("RequestRedirect" | "ExtensionRef"));
    items_at(rule, &["backendRefs"]).iter().find_map(Value::map).is_none()
        && !maps_at(rule, &["filters"]).any(answers)
}

fn without_backend(location: Location) -> Finding {
    let finding = ROUTE_WITHOUT_BACKEND.at(location, "this rule has no backend");
    finding
        .note("the Gateway answers its requests with status 500 or 404")
        .help("add `backendRefs`, or a filter of the type `RequestRedirect`")
}
