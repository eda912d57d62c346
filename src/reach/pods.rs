//! The pods of a place, as far as the lock knows them.

use std::collections::BTreeMap;

use super::place::internet;
use super::{Place, Reach};
use crate::cluster::{Addresses, End, Labels, Pod, Port, PortName};
use crate::derive::{Known, locked};
use crate::kubernetes::GroupKind;
use crate::kubernetes::kinds::{self, KindFacts};
use crate::lock::pods::{PodPort, Pods};
use crate::model::{Application, Entry};
use crate::value::{SortedSet, Text};

/// Pods of a place that policies treat alike, or another end.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Their workload, such as `Deployment/web`, if it is known.
    pub(super) workload: Option<Text>,
    /// The end.
    pub(super) end: End,
    /// The ports that they listen on, if these are known.
    pub(super) ports: SortedSet<PodPort>,
}

impl Group {
    fn only(end: End) -> Vec<Self> {
        vec![Self { workload: None, end, ports: SortedSet::default() }]
    }

    /// Whether it may listen on a port. Containers do not have to declare their ports, so only the ports of
    /// others can tell that it does not.
    pub(super) fn listens(&self, port: &Port) -> bool {
        self.ports.iter().any(|own| own.number == port.number && *own.protocol == *port.protocol.name())
    }

    /// The port with the name that its container declares.
    pub(super) fn named(&self, port: &Port) -> Port {
        let own =
            self.ports.iter().find(|own| own.number == port.number && *own.protocol == *port.protocol.name());
        let name = match own {
            Some(PodPort { name: Some(name), .. }) => PortName::Known(name.clone()),
            Some(_) => PortName::None,
            None => port.name.clone(),
        };
        Port { name, ..port.clone() }
    }
}

impl Reach<'_> {
    /// The groups of a place. `labels` replaces what is known about the labels of its pods.
    pub(super) fn groups(&self, place: &Place<'_>, labels: &BTreeMap<String, String>) -> Vec<Group> {
        match place {
            Place::Entry(entry) if labels.is_empty() => self.groups_of(entry),
            Place::Entry(entry) => Group::only(labelled(entry.namespace.to_text(), labels)),
            Place::Namespace(namespace) => Group::only(labelled(namespace.clone(), labels)),
            Place::Peer(name) => Group::only(self.peer(name)),
            Place::Range(range) => Group::only(End::outside(Addresses::range(range))),
            Place::Name(name) => Group::only(End::Outside {
                addresses: internet(&self.model.platform.network),
                name: Some(name.clone()),
            }),
            // A host is not an end: its way has several connections.
            Place::Host(_) => Vec::new(),
        }
    }

    /// The workloads in the lock, if it knows all applications of the entry; else pods without known labels.
    fn groups_of(&self, entry: &Entry) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut are_all = !entry.applications.is_empty();
        for application in entry.applications.iter().filter(|own| own.targets(&entry.namespace)) {
            let locked = locked(application, self.model);
            are_all &= locked.is_some();
            groups.extend(locked.into_iter().flat_map(|known| self.workloads(known, entry)));
        }
        if !are_all || groups.is_empty() {
            groups.extend(Group::only(End::namespace(entry.namespace.to_text())));
        }
        groups
    }

    /// Whether all pods of a place are known to have the labels of a peer in the same namespace.
    pub fn are_pods_of(&self, place: &Place<'_>, peer: &Place<'_>) -> bool {
        let groups = |place| self.groups(place, &BTreeMap::new());
        let labels = |group: &Group| group.end.pod().map(|pod| pod.labels.known.clone());
        let wanted: Option<Vec<_>> = groups(peer).iter().map(labels).collect();
        let has = |own: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>| {
            wanted.iter().all(|(key, value)| own.get(key) == Some(value))
        };
        let is_one = |group: &Group| {
            let own = labels(group).unwrap_or_default();
            wanted.iter().flatten().any(|wanted| !wanted.is_empty() && has(&own, wanted))
        };
        groups(place).iter().all(is_one)
    }

    fn workloads(&self, known: Known<'_>, entry: &Entry) -> Vec<Group> {
        let group = |(workload, pods): (&Text, &Pods)| Group {
            workload: Some(workload.clone()),
            end: self.end(entry.namespace.to_text(), pods),
            ports: pods.ports.clone(),
        };
        known.interface.pods.iter().map(group).collect()
    }

    /// The lock leaves out labels that no selector uses, so the others are all.
    fn end(&self, namespace: Text, pods: &Pods) -> End {
        if pods.host_network {
            return self.peer("nodes");
        }
        let labels = pods.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        End::Pod(Pod { namespace, labels: Labels::all(labels) })
    }

    /// The applications of an entry that deploy network policies themselves, which are not evaluated.
    pub(super) fn has_own_policies(&self, entry: &Entry) -> Option<Text> {
        let is_policy = |kind: &GroupKind| {
            kinds::facts(&kind.group, &kind.kind).is_some_and(KindFacts::is_network_policy)
        };
        let deploys = |application: &&Application| {
            locked(application, self.model).is_some_and(|known| known.interface.objects.keys().any(is_policy))
        };
        let own = entry.applications.iter().find(deploys);
        own.map(|application| application.code.to_text())
    }
}

fn labelled(namespace: Text, labels: &BTreeMap<String, String>) -> End {
    End::Pod(Pod { namespace, labels: Labels { known: labels.clone(), are_all: !labels.is_empty() } })
}
