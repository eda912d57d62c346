//! Services, and the ports of their pods.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use super::objects::ObjectName;
use crate::kubernetes::Resource;
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{maps_at, port, text, text_at};
use crate::value::{Map, SortedSet, Text, Value};

/// A Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Its ports.
    pub ports: SortedSet<ServicePort>,
    /// The workloads of the application whose pods it selects.
    pub pods: SortedSet<Text>,
}

/// A port of a Service: `443/TCP https to 10250`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServicePort {
    /// The number that callers use.
    pub port: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text,
    /// Its name.
    pub name: Option<Text>,
    /// The ports of the selected pods; empty if the Service selects no pod of the application and its target
    /// port is a name.
    pub targets: SortedSet<u16>,
}

impl Service {
    /// The ports of pods behind a port, by its number or its name.
    pub fn targets<'s>(&'s self, called: &'s str) -> impl Iterator<Item = (u16, &'s Text)> {
        let means = move |port: &&ServicePort| {
            itoa::Buffer::new().format(port.port) == called || port.name.as_deref() == Some(called)
        };
        self.ports
            .iter()
            .filter(means)
            .flat_map(|port| port.targets.iter().map(|target| (*target, &port.protocol)))
    }
}

impl fmt::Display for ServicePort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.port, self.protocol)?;
        self.name.iter().try_for_each(|name| write!(out, " {name}"))?;
        write_targets(out, &self.targets)
    }
}

impl FromStr for ServicePort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut words = text.split(' ');
        let number = words.next().unwrap_or_default();
        let (name, targets) = match (words.next(), words.next(), words.next(), words.next()) {
            (name, None, None, None) => (name, None),
            (Some("to"), targets, None, None) => (None, targets),
            (name, Some("to"), targets @ Some(_), None) => (name, targets),
            _ => return Err(()),
        };
        let (port, protocol) = read_port(number).ok_or(())?;
        Ok(Self { port, protocol, name: name.map(Text::copied), targets: read_targets(targets)? })
    }
}

/// ` to 8080,8443`
pub(super) fn write_targets(out: &mut fmt::Formatter<'_>, targets: &SortedSet<u16>) -> fmt::Result {
    let targets: Vec<_> = targets.iter().map(u16::to_string).collect();
    if targets.is_empty() { Ok(()) } else { write!(out, " to {}", targets.join(",")) }
}

pub(super) fn read_targets(text: Option<&str>) -> Result<SortedSet<u16>, ()> {
    text.into_iter().flat_map(|text| text.split(',')).map(|target| target.parse().map_err(|_| ())).collect()
}

/// `8080/TCP`
pub(super) fn read_port(text: &str) -> Option<(u16, Text)> {
    let (number, protocol) = text.split_once('/')?;
    let protocol = match protocol {
        "TCP" => "TCP".into(),
        "UDP" => "UDP".into(),
        "SCTP" => "SCTP".into(),
        _ => return None,
    };
    Some((number.parse().ok()?, protocol))
}

/// All Services.
pub(super) fn services(rendered: &Rendered<'_>) -> BTreeMap<ObjectName, Service> {
    let services = rendered.resources.iter().filter(|resource| resource.kind.is("", "Service"));
    services.map(|resource| (rendered.name(resource), service(resource, rendered))).collect()
}

fn service(resource: &Resource, rendered: &Rendered<'_>) -> Service {
    let selected = selected(resource, rendered);
    let ports = maps_at(&resource.value, &["spec", "ports"])
        .filter_map(|listed| service_port(listed, &selected))
        .collect();
    Service { ports, pods: selected.iter().map(|workload| rendered.title(workload.resource)).collect() }
}

/// The workloads whose pods a Service selects.
pub(super) fn selected<'r>(service: &Resource, rendered: &'r Rendered<'_>) -> Vec<&'r Workload<'r>> {
    let Some(selector) = service.at(&["spec", "selector"]).and_then(Value::map) else { return Vec::new() };
    let namespace = rendered.namespace(service);
    rendered
        .workloads
        .iter()
        .filter(|workload| rendered.namespace(workload.resource) == namespace && workload.matches(selector))
        .collect()
}

fn service_port(listed: &Map, selected: &[&Workload<'_>]) -> Option<ServicePort> {
    let number = listed.get("port").and_then(port)?;
    let protocol = text_at(listed, &["protocol"]).unwrap_or("TCP");
    let targets = match listed.get("targetPort").map(Value::get) {
        None | Some(Value::Null) => SortedSet::from_iter([number]),
        Some(target) => match port(target) {
            Some(target) => SortedSet::from_iter([target]),
            None => named(text(target).unwrap_or_default(), protocol, selected),
        },
    };
    let name = text_at(listed, &["name"]).map(|name| name.to_owned().into());
    Some(ServicePort { port: number, protocol: protocol.to_owned().into(), name, targets })
}

/// The ports of pods with a name, whose number may differ between pods.
fn named(name: &str, protocol: &str, selected: &[&Workload<'_>]) -> SortedSet<u16> {
    let ports = selected.iter().flat_map(|workload| workload.ports());
    ports
        .filter(|port| port.name.as_deref() == Some(name) && port.protocol == protocol)
        .map(|port| port.number)
        .collect()
}
