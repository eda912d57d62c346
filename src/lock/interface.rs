//! The interface of an application: what it deploys, as far as others depend on it. It contains no values of
//! Secrets and no whole manifests.

use super::calls::Host;
use super::configuration::Need;
use super::definitions::Definition;
use super::objects::{ObjectName, Objects};
use super::pods::Pods;
use super::routes::Route;
use super::scrapes::Scrape;
use super::services::Service;
use super::volumes::Protection;
use super::webhooks::Webhook;
use crate::kubernetes::{GroupKind, groups};
use crate::value::{SortedMap, SortedSet, Text};

/// What an application deploys. Names without a namespace are in that of the application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// All objects.
    pub objects: Objects,
    /// The custom resource definitions among them, by the kind that they define.
    pub definitions: SortedMap<GroupKind, Definition>,
    /// The Services.
    pub services: SortedMap<ObjectName, Service>,
    /// The pods, by workload: `Deployment/web`.
    pub pods: SortedMap<Text, Pods>,
    /// Services that the API server calls.
    pub webhooks: SortedSet<Webhook>,
    /// Endpoints that Prometheus scrapes.
    pub scrapes: SortedSet<Scrape>,
    /// Hosts of the cluster that it calls, with their sources.
    pub calls: SortedMap<Host, SortedSet<Text>>,
    /// Secrets that it creates in its namespace, with their keys; empty if those are not known.
    pub secrets: SortedMap<Text, SortedSet<Text>>,
    /// Secrets and ConfigMaps that its pods need and it does not create: `Secret/web`.
    pub needs: SortedMap<Text, Need>,
    /// Volumes, and whether pruning deletes them.
    pub volumes: SortedMap<Text, Protection>,
    /// Hosts that it serves with its own routes.
    pub routes: SortedSet<Route>,
}

impl Interface {
    /// The custom kinds that it uses and does not define.
    pub fn custom_kinds(&self) -> impl Iterator<Item = &GroupKind> {
        self.objects.keys().filter(|kind| !groups::is_builtin(kind) && !self.definitions.contains_key(*kind))
    }

    /// The names of its objects of a kind.
    pub fn names<'i>(&'i self, group: &str, kind: &str) -> impl Iterator<Item = &'i ObjectName> + use<'i> {
        self.objects.get(&GroupKind::new(group.to_owned(), kind.to_owned())).into_iter().flatten()
    }

    /// Whether its pods run an image, of any registry.
    pub fn runs(&self, image: &str) -> bool {
        let is = |own: &Text| {
            own.strip_suffix(image).is_some_and(|registry| registry.is_empty() || registry.ends_with('/'))
        };
        self.pods.values().any(|pods| pods.images.iter().any(is))
    }

    /// Whether it creates a ServiceAccount in the namespace of the application.
    pub fn makes_service_account(&self, name: &str) -> bool {
        self.names("", "ServiceAccount").any(|made| made.namespace.is_none() && made.name.as_str() == name)
    }
}
