//! Routes to a port that their Service does not have.

use std::collections::BTreeMap;

use crate::cluster::{Deployed, Survey, has_placeholder};
use crate::diagnostics::rules::UNKNOWN_SERVICE;
use crate::diagnostics::suggestion::{either, shorten};
use crate::diagnostics::{Finding, Location};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, maps_at, port, text, text_at};
use crate::value::{Map, Value};

/// What a route leads to.
struct Backend<'r> {
    namespace: Option<&'r str>,
    service: &'r str,
    port: &'r Value,
    location: Location,
}

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.clusters.iter().flat_map(of_cluster).collect()
}

fn of_cluster(deployed: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    let services = services(deployed);
    for (route, facts) in deployed.resources().filter(|(_, facts)| !facts.is_patched) {
        for mut backend in backends(route) {
            backend.location = facts.at(route, backend.location);
            findings.extend(judge(&services, route, backend));
        }
    }
    findings
}

/// A namespace and the name of a Service.
type Name<'s> = (&'s str, &'s str);

/// The Services by their names; nothing for one of which the ports are not known.
fn services(deployed: &Deployed) -> BTreeMap<Name<'_>, Option<&Resource>> {
    let mut found = BTreeMap::new();
    for (service, facts) in deployed.of_kind("", "Service") {
        let known = Some(service).filter(|_| !facts.is_patched);
        let name = (service.namespace.as_deref().unwrap_or_default(), service.name.as_str());
        found.entry(name).and_modify(|one| *one = None).or_insert(known);
    }
    found
}

fn judge(
    services: &BTreeMap<Name<'_>, Option<&Resource>>,
    route: &Resource,
    backend: Backend<'_>,
) -> Option<Finding> {
    let namespace = backend.namespace.or(route.namespace.as_deref())?;
    let service = (*services.get(&(namespace, backend.service))?)?;
    let is_external = text_at(&service.value, &["spec", "type"]) == Some("ExternalName");
    let shown = shown(backend.port)?;
    if is_external || has_placeholder(&shown) || has_port(service, backend.port) {
        return None;
    }
    let message = format!("the Service `{}` has no port `{}`", shorten(backend.service), shorten(&shown));
    let ports: Vec<_> = maps_at(&service.value, &["spec", "ports"])
        .filter_map(|item| item.get("port").and_then(port))
        .map(|number| number.to_string())
        .collect();
    let finding = UNKNOWN_SERVICE.at(backend.location, message);
    let finding = finding.note("requests are answered with an error, or with status 404");
    Some(finding.help(format!("write {}", either(ports.iter().map(String::as_str)))))
}

fn shown(value: &Value) -> Option<String> {
    port(value).map(|number| number.to_string()).or_else(|| text(value).map(str::to_owned))
}

fn has_port(service: &Resource, wanted: &Value) -> bool {
    maps_at(&service.value, &["spec", "ports"]).any(|item| {
        let is_number = item.get("port").and_then(port).is_some_and(|own| Some(own) == port(wanted));
        is_number || text_at(item, &["name"]).is_some_and(|name| Some(name) == text(wanted))
    })
}

fn backends(route: &Resource) -> Vec<Backend<'_>> {
    match (route.kind.group.as_str(), route.kind.kind.as_str()) {
        ("networking.k8s.io", "Ingress") => of_ingress(route),
        ("gateway.networking.k8s.io", "HTTPRoute") => of_rules(route, "rules", "backendRefs"),
        ("traefik.io" | "traefik.containo.us", "IngressRoute") => of_rules(route, "routes", "services"),
        _ => Vec::new(),
    }
}

/// The Services of a list of rules, which has another name in each API.
fn of_rules<'r>(route: &'r Resource, rules: &str, services: &'static str) -> Vec<Backend<'r>> {
    let location = route.location.key("spec").key(rules.to_owned());
    let mut found = Vec::new();
    for (rule, value) in maps_at(&route.value, &["spec", rules]).enumerate() {
        for (index, item) in maps_at(value, &[services]).enumerate() {
            let is_service = text_at(item, &["kind"]).is_none_or(|kind| kind == "Service");
            let at = location.index(rule).key(services).index(index).key("port");
            let named = text_at(item, &["name"]).filter(|_| is_service).zip(item.get("port"));
            found.extend(named.map(|(service, port)| Backend {
                namespace: text_at(item, &["namespace"]),
                service,
                port,
                location: at,
            }));
        }
    }
    found
}

fn of_ingress(route: &Resource) -> Vec<Backend<'_>> {
    let location = route.location.key("spec").key("rules");
    let mut found = Vec::new();
    for (rule, value) in maps_at(&route.value, &["spec", "rules"]).enumerate() {
        for (index, path) in maps_at(value, &["http", "paths"]).enumerate() {
            let at = location.index(rule).key("http").key("paths").index(index).key("backend").key("service");
            found.extend(of_path(path, &at));
        }
    }
    found
}

fn of_path<'r>(path: &'r Map, location: &Location) -> Option<Backend<'r>> {
    let service = at(path, &["backend", "service"])?.map()?;
    let key = ["number", "name"].into_iter().find(|key| at(service, &["port", key]).is_some())?;
    let port = at(service, &["port", key])?;
    // an annotation of the AWS load balancer controller answers instead of a Service
    if text(port) == Some("use-annotation") {
        return None;
    }
    let location = location.key("port").key(key);
    Some(Backend { namespace: None, service: text_at(service, &["name"])?, port, location })
}
