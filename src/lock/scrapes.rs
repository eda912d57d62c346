//! The endpoints that Prometheus scrapes: ServiceMonitors and PodMonitors of the Prometheus Operator, and
//! annotations of pods and Services.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use super::services::selected;
use crate::kubernetes::Resource;
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{items_at, maps_at, port, text, text_at};
use crate::kubernetes::selector::selects;
use crate::value::{Map, Text, Value};

/// Pods that are scraped, and why: `ServiceMonitor/web Deployment/web:9090`. For pods of other applications,
/// `kube-system/*:metrics`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scrape {
    /// Its origin: `ServiceMonitor/web`, or the annotated workload or Service.
    pub by: Text,
    /// The namespace of the pods, if it is not that of the application; `*` for any.
    pub namespace: Option<Text>,
    /// The workload; `None` if it is not part of the application.
    pub pods: Option<Text>,
    /// The port of the pod: a number, or a name if the pods are not known.
    pub port: Text,
}

impl fmt::Display for Scrape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ", self.by)?;
        self.namespace.iter().try_for_each(|namespace| write!(out, "{namespace}/"))?;
        write!(out, "{}:{}", self.pods.as_deref().unwrap_or("*"), self.port)
    }
}

impl FromStr for Scrape {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (by, target) = text.split_once(' ').ok_or(())?;
        let (target, port) = target.rsplit_once(':').ok_or(())?;
        let (namespace, pods) = match target.split('/').collect::<Vec<_>>().as_slice() {
            ["*"] => (None, None),
            [namespace, "*"] => (Some(*namespace), None),
            [kind, name] => (None, Some(format!("{kind}/{name}"))),
            [namespace, kind, name] => (Some(*namespace), Some(format!("{kind}/{name}"))),
            _ => return Err(()),
        };
        if by.is_empty() || port.is_empty() {
            return Err(());
        }
        let namespace = namespace.map(Text::copied);
        Ok(Self { by: Text::copied(by), namespace, pods: pods.map(Text::from), port: Text::copied(port) })
    }
}

/// All scrapes.
pub(super) fn scrapes(rendered: &Rendered<'_>) -> BTreeSet<Scrape> {
    let mut found = BTreeSet::new();
    for resource in &rendered.resources {
        match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
            ("monitoring.coreos.com", "ServiceMonitor") => service_monitor(resource, rendered, &mut found),
            ("monitoring.coreos.com", "PodMonitor") => pod_monitor(resource, rendered, &mut found),
            ("", "Service") => annotated_service(resource, rendered, &mut found),
            _ => {}
        }
    }
    rendered.workloads.iter().for_each(|workload| annotated_pods(workload, rendered, &mut found));
    found
}

/// The namespaces of a monitor: its own if it names none.
fn namespaces<'r>(monitor: &'r Resource, rendered: &'r Rendered<'_>) -> Vec<&'r str> {
    if matches!(monitor.at(&["spec", "namespaceSelector", "any"]).map(Value::get), Some(Value::Bool(true))) {
        return vec!["*"];
    }
    let named: Vec<_> = items_at(&monitor.value, &["spec", "namespaceSelector", "matchNames"])
        .iter()
        .filter_map(text)
        .collect();
    if named.is_empty() { vec![rendered.namespace(monitor)] } else { named }
}

fn selector(monitor: &Resource) -> Option<&Map> {
    monitor.at(&["spec", "selector"])?.map()
}

fn label<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    resource.at(&["metadata", "labels", name]).and_then(text)
}

fn service_monitor(monitor: &Resource, rendered: &Rendered<'_>, found: &mut BTreeSet<Scrape>) {
    for namespace in namespaces(monitor, rendered) {
        let within = |resource: &&Resource| namespace == "*" || rendered.namespace(resource) == namespace;
        let services = rendered
            .resources
            .iter()
            .copied()
            .filter(|resource| resource.kind.is("", "Service"))
            .filter(within);
        let services: Vec<_> = services
            .filter(|service| {
                selector(monitor).is_some_and(|selector| selects(selector, |name| label(service, name)))
            })
            .collect();
        for endpoint in maps_at(&monitor.value, &["spec", "endpoints"]) {
            let mut scrapes: Vec<_> = services
                .iter()
                .flat_map(|service| endpoint_scrapes(monitor, endpoint, service, rendered))
                .collect();
            if scrapes.is_empty() {
                scrapes.extend(unresolved(monitor, endpoint, namespace, rendered));
            }
            found.extend(scrapes);
        }
    }
}

/// The scrapes of an endpoint: `port` is a port of the Service, `targetPort` one of the pods.
fn endpoint_scrapes(
    monitor: &Resource,
    endpoint: &Map,
    service: &Resource,
    rendered: &Rendered<'_>,
) -> Vec<Scrape> {
    let workloads = selected(service, rendered);
    let targets: BTreeSet<u16> = match (text_at(endpoint, &["port"]), endpoint.get("targetPort")) {
        (Some(name), _) => rendered
            .services
            .get(&rendered.name(service))
            .map(|known| known.targets(name).map(|(port, _)| port).collect()),
        (None, Some(target)) => Some(pod_ports(target, &workloads)),
        (None, None) => None,
    }
    .unwrap_or_default();
    workloads
        .iter()
        .flat_map(|workload| {
            targets.iter().map(|port| scrape(rendered.title(monitor), workload, *port, rendered))
        })
        .collect()
}

fn pod_ports(target: &Value, workloads: &[&Workload<'_>]) -> BTreeSet<u16> {
    if let Some(number) = port(target) {
        return BTreeSet::from([number]);
    }
    let named = |port: &crate::kubernetes::pods::ContainerPort| port.name.as_deref() == text(target);
    workloads.iter().flat_map(|workload| workload.ports()).filter(named).map(|port| port.number).collect()
}

fn pod_monitor(monitor: &Resource, rendered: &Rendered<'_>, found: &mut BTreeSet<Scrape>) {
    for namespace in namespaces(monitor, rendered) {
        let within =
            |workload: &&Workload<'_>| namespace == "*" || rendered.namespace(workload.resource) == namespace;
        let pods = rendered.workloads.iter().filter(within).filter(|workload| {
            selector(monitor).is_some_and(|selector| selects(selector, |name| workload.label(name)))
        });
        let pods: Vec<_> = pods.collect();
        for endpoint in maps_at(&monitor.value, &["spec", "podMetricsEndpoints"]) {
            let named = ["portNumber", "port", "targetPort"].iter().find_map(|key| endpoint.get(key));
            let before = found.len();
            for workload in &pods {
                let ports = named.map(|named| pod_ports(named, &[workload])).unwrap_or_default();
                found.extend(
                    ports.into_iter().map(|port| scrape(rendered.title(monitor), workload, port, rendered)),
                );
            }
            if found.len() == before {
                found.extend(unresolved(monitor, endpoint, namespace, rendered));
            }
        }
    }
}

/// Pods of other applications, of which only the monitor is known.
fn unresolved(
    monitor: &Resource,
    endpoint: &Map,
    namespace: &str,
    rendered: &Rendered<'_>,
) -> Option<Scrape> {
    let port = ["port", "portNumber", "targetPort"].iter().find_map(|key| endpoint.get(key))?;
    let port = self::port(port)
        .map(|port| port.to_string())
        .or_else(|| text(port).map(String::from))
        .filter(|port| !port.is_empty())?;
    let namespace = rendered.other_namespace(Some(namespace));
    Some(Scrape { by: rendered.title(monitor), namespace, pods: None, port: port.into() })
}

fn scrape(by: Text, workload: &Workload<'_>, port: u16, rendered: &Rendered<'_>) -> Scrape {
    let namespace = rendered.other_namespace(Some(rendered.namespace(workload.resource)));
    Scrape { by, namespace, pods: Some(workload.title().into()), port: port.to_string().into() }
}

/// `prometheus.io/scrape: 'true'` of pods, with the annotated port or all ports of the containers.
fn annotated_pods(workload: &Workload<'_>, rendered: &Rendered<'_>, found: &mut BTreeSet<Scrape>) {
    if workload.annotation("prometheus.io/scrape") != Some("true") {
        return;
    }
    let annotated = workload.annotation("prometheus.io/port").and_then(|port| port.parse().ok());
    let ports =
        annotated.map_or_else(|| workload.ports().map(|port| port.number).collect(), |port: u16| vec![port]);
    found.extend(ports.into_iter().map(|port| scrape(workload.title().into(), workload, port, rendered)));
}

/// The same of a Service, whose endpoints are scraped.
fn annotated_service(service: &Resource, rendered: &Rendered<'_>, found: &mut BTreeSet<Scrape>) {
    if service.annotation("prometheus.io/scrape") != Some("true") {
        return;
    }
    let annotated = service.annotation("prometheus.io/port").and_then(|port| port.parse::<u16>().ok());
    let known = rendered.services.get(&rendered.name(service));
    let ports: BTreeSet<u16> = annotated.map_or_else(
        || {
            known
                .into_iter()
                .flat_map(|known| known.ports.iter().flat_map(|port| port.targets.iter().copied()))
                .collect()
        },
        |port| BTreeSet::from([port]),
    );
    for workload in selected(service, rendered) {
        found.extend(ports.iter().map(|port| scrape(rendered.title(service), workload, *port, rendered)));
    }
}
