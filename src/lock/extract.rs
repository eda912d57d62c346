//! From resources to the interface of an application.

use std::collections::BTreeMap;

use super::interface::Interface;
use super::objects::{self, ObjectName};
use super::services::{self, Service};
use super::{calls, configuration, definitions, pods, routes, scrapes, volumes, webhooks};
use crate::kubernetes::pods::{Workload, workload};
use crate::kubernetes::{Resource, scope};
use crate::value::Text;

/// What an application deploys, with what several sections look up in it.
pub(super) struct Rendered<'r> {
    /// The namespace of objects that name none.
    own: &'r str,
    pub(super) resources: Vec<&'r Resource>,
    pub(super) workloads: Vec<Workload<'r>>,
    pub(super) services: BTreeMap<ObjectName, Service>,
}

/// The interface of the application that consists of `resources`; objects that name no namespace are in
/// `namespace`.
pub fn interface(resources: &[Resource], namespace: &str) -> Interface {
    let resources: Vec<_> = resources.iter().filter(|resource| !is_test(resource)).collect();
    let workloads = resources.iter().filter_map(|resource| workload(resource)).collect();
    let mut rendered = Rendered { own: namespace, resources, workloads, services: BTreeMap::new() };
    rendered.services = services::services(&rendered);
    Interface {
        objects: objects::objects(&rendered),
        definitions: definitions::definitions(&rendered),
        pods: pods::pods(&rendered),
        webhooks: webhooks::webhooks(&rendered),
        scrapes: scrapes::scrapes(&rendered),
        calls: calls::calls(&rendered),
        secrets: configuration::secrets(&rendered),
        needs: configuration::needs(&rendered),
        volumes: volumes::volumes(&rendered),
        routes: routes::routes(&rendered),
        services: rendered.services,
    }
}

/// Whether an object is only there for `helm test`. Argo CD never runs such hooks (Argo CD 3.5, Helm hooks).
fn is_test(resource: &Resource) -> bool {
    let hooks = resource.annotation("helm.sh/hook").unwrap_or_default();
    !hooks.is_empty() && hooks.split(',').all(|hook| hook.trim().starts_with("test"))
}

impl<'r> Rendered<'r> {
    /// The namespace of a namespaced object.
    pub(super) fn namespace<'a>(&'a self, resource: &'a Resource) -> &'a str
    where
        'r: 'a,
    {
        resource.namespace.as_deref().unwrap_or(self.own)
    }

    /// A namespace, if it is another than that of the application.
    pub(super) fn other_namespace(&self, namespace: Option<&str>) -> Option<Text> {
        namespace.filter(|namespace| *namespace != self.own).map(|namespace| namespace.to_owned().into())
    }

    /// The name of an object in a namespace.
    pub(super) fn within(&self, namespace: Option<&str>, name: &str) -> ObjectName {
        ObjectName { namespace: self.other_namespace(namespace), name: name.to_owned().into() }
    }

    /// The name of a resource. What a cluster-scoped one says of a namespace means nothing.
    pub(super) fn name(&self, resource: &Resource) -> ObjectName {
        let scoped = scope::is_cluster_scoped(&resource.kind) == Some(true);
        self.within(resource.namespace.as_deref().filter(|_| !scoped), &resource.name)
    }

    /// `Deployment/web`, or `kube-system/Deployment/web` of another namespace.
    pub(super) fn title(&self, resource: &Resource) -> Text {
        let name = format!("{}/{}", resource.kind.kind, resource.name);
        match self.name(resource).namespace {
            Some(namespace) => format!("{namespace}/{name}").into(),
            None => name.into(),
        }
    }
}
