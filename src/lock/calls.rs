//! Calls: hosts of the cluster that an application names in its environment, arguments, ConfigMaps and custom
//! resources. Secrets are never read.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use crate::kubernetes::hosts::{ServiceHost, hosts};
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::kubernetes::{Resource, scope};
use crate::value::{SortedSet, Text, Value};

/// A host that is called: `postgres.databases:5432`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    /// The Service, or a pod of it.
    pub service: Text,
    /// The namespace, if it is not that of the application.
    pub namespace: Option<Text>,
    /// The port of the Service, if it is named.
    pub port: Option<u16>,
}

impl fmt::Display for Host {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A pod of a headless Service has a dot in its name; the namespace is always the last label.
        write!(out, "{}", self.service)?;
        self.namespace.iter().try_for_each(|namespace| write!(out, ".{namespace}"))?;
        self.port.iter().try_for_each(|port| write!(out, ":{port}"))
    }
}

impl FromStr for Host {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
        let port = port.map(|port| port.parse().map_err(|_| ())).transpose()?;
        let (service, namespace) =
            name.rsplit_once('.').map_or((name, None), |(service, namespace)| (service, Some(namespace)));
        let valid = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        if !valid(service) || !namespace.is_none_or(valid) {
            return Err(());
        }
        Ok(Self { service: Text::copied(service), namespace: namespace.map(Text::copied), port })
    }
}

/// All calls with their sources, except those of an application to its own Services.
pub(super) fn calls(rendered: &Rendered<'_>) -> BTreeMap<Host, SortedSet<Text>> {
    let mut calls = Calls { rendered, found: BTreeMap::new() };
    for workload in &rendered.workloads {
        calls.pods(workload);
    }
    for resource in &rendered.resources {
        if resource.kind.is("", "ConfigMap") {
            calls.config_map(resource);
        } else if scope::is_cluster_scoped(&resource.kind).is_none() {
            calls.value(&Value::Map(resource.value.clone()), &rendered.title(resource), 0);
        }
    }
    calls.found
}

struct Calls<'c, 'r> {
    rendered: &'c Rendered<'r>,
    found: BTreeMap<Host, SortedSet<Text>>,
}

impl Calls<'_, '_> {
    fn pods(&mut self, workload: &Workload<'_>) {
        let title = self.rendered.title(workload.resource);
        for container in workload.containers() {
            for variable in maps_at(container, &["env"]) {
                let name = text_at(variable, &["name"]).unwrap_or_default();
                self.text(text_at(variable, &["value"]).unwrap_or_default(), &format!("{title} env {name}"));
            }
            for key in ["command", "args"] {
                items_at(container, &[key])
                    .iter()
                    .filter_map(text)
                    .for_each(|word| self.text(word, &format!("{title} {key}")));
            }
        }
    }

    fn config_map(&mut self, resource: &Resource) {
        let title = self.rendered.title(resource);
        let data = resource.at(&["data"]).and_then(Value::map);
        for (key, value) in data.into_iter().flat_map(crate::value::Map::iter) {
            self.text(text(value).unwrap_or_default(), &format!("{title} {key}"));
        }
    }

    /// Every text of a custom resource.
    fn value(&mut self, value: &Value, title: &str, depth: usize) {
        match value.get() {
            Value::Text(text) => self.text(text, title),
            Value::List(items) if depth < 100 => {
                for item in items {
                    self.value(item, title, depth + 1);
                }
            }
            Value::Map(map) if depth < 100 => {
                map.iter().for_each(|(_, item)| self.value(item, title, depth + 1));
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, found_in: &str) {
        for host in hosts(text) {
            self.host(host, found_in);
        }
    }

    fn host(&mut self, host: ServiceHost, found_in: &str) {
        let namespace = self.rendered.other_namespace(host.namespace.as_deref());
        let service = Text::from(host.service);
        let own = |name: &super::objects::ObjectName| {
            name.namespace == namespace && service.split('.').next_back() == Some(name.name.as_str())
        };
        if self.rendered.services.keys().any(own) {
            return;
        }
        self.found
            .entry(Host { service, namespace, port: host.port })
            .or_default()
            .insert(found_in.to_owned().into());
    }
}
