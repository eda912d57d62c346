//! Routes that an application includes: Ingresses, HTTPRoutes, IngressRoutes of Traefik.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use super::objects::ObjectName;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, items_at, maps_at, port, text, text_at};
use crate::value::{Map, Text, Value};

/// A host that an application serves: `Ingress/web app.example.com to web:80`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The object that defines it.
    pub by: Text,
    /// The host; `*` for any.
    pub host: Text,
    /// The Service behind it.
    pub service: ObjectName,
    /// The number or name of its port.
    pub port: Text,
}

impl fmt::Display for Route {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {} to {}:{}", self.by, self.host, self.service, self.port)
    }
}

impl FromStr for Route {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let [by, host, "to", address] = text.split(' ').collect::<Vec<_>>()[..] else { return Err(()) };
        let (service, port) = address.rsplit_once(':').ok_or(())?;
        if [by, host, port].iter().any(|word| word.is_empty()) {
            return Err(());
        }
        Ok(Self {
            by: Text::copied(by),
            host: Text::copied(host),
            service: service.parse()?,
            port: Text::copied(port),
        })
    }
}

/// All routes.
pub(super) fn routes(rendered: &Rendered<'_>) -> BTreeSet<Route> {
    let mut routes = BTreeSet::new();
    for resource in &rendered.resources {
        match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => ingress(resource, rendered, &mut routes),
            ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute") => {
                http_route(resource, rendered, &mut routes);
            }
            ("traefik.io" | "traefik.containo.us", "IngressRoute") => {
                ingress_route(resource, rendered, &mut routes);
            }
            _ => {}
        }
    }
    routes
}

/// A number or a name.
fn port_text(value: &Value) -> Option<Text> {
    port(value)
        .map(|port| port.to_string().into())
        .or_else(|| text(value).filter(|name| is_word(name)).map(|name| name.to_owned().into()))
}

/// Whether a text can be one word of a line.
fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|char: char| char.is_whitespace() || char.is_control())
}

fn add(routes: &mut BTreeSet<Route>, by: &Text, hosts: &[&str], service: &ObjectName, port: &Text) {
    let hosts = if hosts.is_empty() { &["*"] } else { hosts };
    for host in hosts.iter().filter(|host| is_word(host)) {
        routes.insert(Route {
            by: by.clone(),
            host: (*host).to_owned().into(),
            service: service.clone(),
            port: port.clone(),
        });
    }
}

fn ingress(resource: &Resource, rendered: &Rendered<'_>, routes: &mut BTreeSet<Route>) {
    let namespace = Some(rendered.namespace(resource));
    let mut backend = |backend: &Map, hosts: &[&str]| {
        let Some(name) = text_at(backend, &["service", "name"]) else { return };
        let number =
            at(backend, &["service", "port", "number"]).or_else(|| at(backend, &["service", "port", "name"]));
        if let Some(port) = number.and_then(port_text) {
            add(routes, &rendered.title(resource), hosts, &rendered.within(namespace, name), &port);
        }
    };
    if let Some(default) = resource.at(&["spec", "defaultBackend"]).and_then(Value::map) {
        backend(default, &[]);
    }
    for rule in maps_at(&resource.value, &["spec", "rules"]) {
        let host: Vec<_> = text_at(rule, &["host"]).into_iter().collect();
        for path in maps_at(rule, &["http", "paths"]).filter_map(|path| path.get("backend")?.map()) {
            backend(path, &host);
        }
    }
}

fn http_route(resource: &Resource, rendered: &Rendered<'_>, routes: &mut BTreeSet<Route>) {
    let hosts: Vec<_> = items_at(&resource.value, &["spec", "hostnames"]).iter().filter_map(text).collect();
    for reference in
        maps_at(&resource.value, &["spec", "rules"]).flat_map(|rule| maps_at(rule, &["backendRefs"]))
    {
        let kind = text_at(reference, &["kind"]).unwrap_or("Service");
        let (Some(name), Some(port)) =
            (text_at(reference, &["name"]), reference.get("port").and_then(port_text))
        else {
            continue;
        };
        if kind == "Service" {
            let namespace = text_at(reference, &["namespace"]).unwrap_or(rendered.namespace(resource));
            add(routes, &rendered.title(resource), &hosts, &rendered.within(Some(namespace), name), &port);
        }
    }
}

fn ingress_route(resource: &Resource, rendered: &Rendered<'_>, routes: &mut BTreeSet<Route>) {
    for route in maps_at(&resource.value, &["spec", "routes"]) {
        let hosts = rule_hosts(text_at(route, &["match"]).unwrap_or_default());
        for service in maps_at(route, &["services"]) {
            let kind = text_at(service, &["kind"]).unwrap_or("Service");
            let (Some(name), Some(port)) =
                (text_at(service, &["name"]), service.get("port").and_then(port_text))
            else {
                continue;
            };
            if kind == "Service" && !name.contains('@') {
                let namespace = text_at(service, &["namespace"]).unwrap_or(rendered.namespace(resource));
                add(
                    routes,
                    &rendered.title(resource),
                    &hosts,
                    &rendered.within(Some(namespace), name),
                    &port,
                );
            }
        }
    }
}

/// The hosts of a rule of Traefik: the texts in quotes or backticks in ``Host(`a`, `b`)``.
fn rule_hosts(rule: &str) -> Vec<&str> {
    let calls = rule.split("Host(").skip(1).filter_map(|rest| rest.split(')').next());
    calls
        .flat_map(|arguments| arguments.split(','))
        .map(|word| word.trim().trim_matches(['`', '"', '\'']))
        .filter(|host| is_word(host))
        .collect()
}
