//! The Service and the EndpointSlice of machines outside of the cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::line;
use crate::kubernetes::{Kind, Object, Origin};
use crate::model::{Entry, Model, Route, ServicePort};
use crate::value::{Map, Text, Value};

/// A Service without pods.
struct Outside<'e> {
    route: &'e Route,
    addresses: BTreeSet<IpAddr>,
    /// The ports of the Service, each with that of the machines.
    ports: BTreeMap<u16, u16>,
}

/// The Services that the routes of an entry lead to outside of the cluster. Routes that name the same Service
/// share it.
pub(super) fn of_entry(entry: &Entry, model: &Model) -> Vec<Object> {
    let mut services: BTreeMap<&Text, Outside<'_>> = BTreeMap::new();
    for route in entry.routes.iter().filter(|route| !route.outside.is_empty()) {
        let service = services.entry(&route.backend.service).or_insert_with(|| Outside {
            route,
            addresses: BTreeSet::new(),
            ports: BTreeMap::new(),
        });
        service.addresses.extend(&route.outside);
        if let (Some(ServicePort::Number(port)), Some(target)) =
            (&route.backend.port, route.backend.outside_port())
        {
            service.ports.insert(*port, target);
        }
    }
    services.into_iter().flat_map(|(name, outside)| objects(name, &outside, entry, model)).collect()
}

fn objects(name: &Text, outside: &Outside<'_>, entry: &Entry, model: &Model) -> [Object; 2] {
    let origins: Arc<[Origin]> = line(outside.route.location.key("addresses"));
    let object = |kind| {
        Object::new(kind, name.clone(), model.platform.route_wave(), &entry.namespace, &origins)
            .within(&entry.namespace)
    };
    let service = object(Kind::Service).spec(Map::new().with("ports", service_ports(outside)));
    [
        service,
        object(Kind::EndpointSlice).label("kubernetes.io/service-name", name.clone()).body(slice(outside)),
    ]
}

/// The ports of the Service. The names connect them with those of the EndpointSlice.
fn service_ports(outside: &Outside<'_>) -> Vec<Map> {
    let port = |(port, target): (&u16, &u16)| {
        named_port(*port, *port).with("targetPort", Value::Int(i64::from(*target)))
    };
    outside.ports.iter().map(port).collect()
}

fn slice(outside: &Outside<'_>) -> Map {
    let family = if outside.addresses.iter().all(IpAddr::is_ipv4) { "IPv4" } else { "IPv6" };
    let ready = Map::new().with("ready", true);
    let endpoint = |address: &IpAddr| {
        let addresses = vec![Text::from(address.to_string())];
        Map::new().with("addresses", addresses).with("conditions", ready.clone())
    };
    let ports = outside.ports.iter().map(|(port, target)| named_port(*port, *target));
    Map::new()
        .with("addressType", family)
        .with("endpoints", outside.addresses.iter().map(endpoint).collect::<Vec<_>>())
        .with("ports", ports.collect::<Vec<_>>())
}

/// A port with the name of the Service's port `port`.
fn named_port(port: u16, number: u16) -> Map {
    Map::new()
        .with("name", format!("port-{port}"))
        .with("protocol", "TCP")
        .with("port", Value::Int(i64::from(number)))
}
