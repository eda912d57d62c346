//! The pods of workloads, and their contents.

use super::resource::{Resource, at, maps_at, port, text, text_at};
use crate::value::{Map, Value};

/// A workload and its pods.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'r> {
    /// The resource.
    pub resource: &'r Resource,
    /// `metadata` of its pods.
    pub metadata: Option<&'r Map>,
    /// `spec` of its pods.
    pub spec: &'r Map,
}

/// A port that a container listens on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContainerPort {
    /// The number.
    pub number: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// The name, which Services and probes may refer to.
    pub name: Option<String>,
}

/// The pods of a resource, if it is a workload.
pub fn workload(resource: &Resource) -> Option<Workload<'_>> {
    let path: &[&str] = match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("", "Pod") => &[],
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("batch", "Job")
        | ("", "ReplicationController") => &["spec", "template"],
        ("batch", "CronJob") => &["spec", "jobTemplate", "spec", "template"],
        _ => return None,
    };
    let pod = if path.is_empty() { &resource.value } else { at(&resource.value, path)?.map()? };
    Some(Workload {
        resource,
        metadata: at(pod, &["metadata"]).and_then(Value::map),
        spec: at(pod, &["spec"])?.map()?,
    })
}

impl<'r> Workload<'r> {
    /// `Deployment/web`
    pub fn title(&self) -> String {
        format!("{}/{}", self.resource.kind.kind, self.resource.name)
    }

    /// A label of its pods.
    pub fn label(&self, name: &str) -> Option<&'r str> {
        at(self.metadata?, &["labels", name]).and_then(text)
    }

    /// The labels of its pods.
    pub fn labels(&self) -> impl Iterator<Item = (&'r str, &'r str)> {
        let labels = self.metadata.and_then(|metadata| metadata.get("labels")).and_then(Value::map);
        labels.into_iter().flat_map(Map::iter).filter_map(|(key, value)| Some((key.as_str(), text(value)?)))
    }

    /// An annotation of its pods.
    pub fn annotation(&self, name: &str) -> Option<&'r str> {
        at(self.metadata?, &["annotations", name]).and_then(text)
    }

    /// All containers: init containers, containers, and ephemeral ones.
    pub fn containers(&self) -> impl Iterator<Item = &'r Map> {
        let spec = self.spec;
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .flat_map(move |key| maps_at(spec, &[key]))
    }

    /// The ports of its containers. An init container that is always restarted is a sidecar (Kubernetes
    /// 1.29).
    pub fn ports(&self) -> impl Iterator<Item = ContainerPort> {
        let sidecar = |container: &&Map| text_at(container, &["restartPolicy"]) == Some("Always");
        let containers = maps_at(self.spec, &["initContainers"])
            .filter(sidecar)
            .chain(maps_at(self.spec, &["containers"]));
        containers.flat_map(|container| maps_at(container, &["ports"])).filter_map(container_port)
    }

    /// Whether its pods have all these labels; an empty selector selects nothing.
    pub fn matches(&self, selector: &Map) -> bool {
        !selector.is_empty()
            && selector.iter().all(|(key, value)| text(value).is_some() && self.label(key) == text(value))
    }
}

fn container_port(listed: &Map) -> Option<ContainerPort> {
    let number = listed.get("containerPort").and_then(port)?;
    let protocol = text_at(listed, &["protocol"]).unwrap_or("TCP").to_owned();
    Some(ContainerPort { number, protocol, name: text_at(listed, &["name"]).map(String::from) })
}
