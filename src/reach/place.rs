//! The names of the ends of a connection, as people use them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Reach;
use crate::cluster::{Addresses, End, Labels, Pod};
use crate::model::{ControllerPlace, Entry, Network, OutsideAddresses, PodPeer};
use crate::names::Namespace;
use crate::value::Text;

/// One end of a question.
#[derive(Clone, Debug)]
pub enum Place<'m> {
    /// The pods of an entry.
    Entry(&'m Entry),
    /// The pods of a namespace that no entry owns.
    Namespace(Text),
    /// A peer with a name, in edges or in platform.yml.
    Peer(Text),
    /// A host of a route.
    Host(Text),
    /// Addresses.
    Range(IpNet),
    /// A name of DNS outside of the catalog.
    Name(Text),
}

/// A name that nothing has.
#[derive(Clone, Debug)]
pub struct UnknownPlace {
    /// The name.
    pub name: String,
    /// The names that exist.
    pub known: Vec<String>,
}

/// The peers of edges that have a place of their own. The others are relative to an entry, or everything.
const PEERS: [&str; 7] =
    ["internet", "lan", "nodes", "kube-apiserver", "dns", "ingress-controller", "monitoring"];

impl Place<'_> {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Entry(entry) => entry.namespace.to_string(),
            Self::Namespace(name) | Self::Peer(name) | Self::Host(name) | Self::Name(name) => {
                name.to_string()
            }
            Self::Range(range) if range.prefix_len() == range.max_prefix_len() => range.addr().to_string(),
            Self::Range(range) => range.to_string(),
        }
    }
}

impl<'m> Reach<'m> {
    /// The place with a name: an entry, a peer, a host of a route, an address, a range of addresses, or a
    /// namespace that the platform refers to.
    ///
    /// # Errors
    /// If nothing has this name.
    pub fn place(&self, name: &str) -> Result<Place<'m>, UnknownPlace> {
        let model = self.model;
        if let Some(entry) = model.entry(&Namespace::new(name.to_owned())) {
            return Ok(Place::Entry(entry));
        }
        let network = &model.platform.network;
        if PEERS.contains(&name) || network.peers.contains_key(name) {
            return Ok(Place::Peer(name.to_owned().into()));
        }
        if let Some(range) = range(name) {
            return Ok(Place::Range(range));
        }
        if let Some(host) = self.host(name) {
            return Ok(Place::Host(host));
        }
        if self.other_namespaces().any(|other| other == name) {
            return Ok(Place::Namespace(name.to_owned().into()));
        }
        let lower = name.to_ascii_lowercase();
        let domain = model.platform.domain.to_ascii_lowercase();
        let is_outside = name.contains('.') && !lower.ends_with(&format!(".{domain}"));
        if is_outside { Ok(Place::Name(lower.into())) } else { Err(self.unknown(name)) }
    }

    fn unknown(&self, name: &str) -> UnknownPlace {
        let model = self.model;
        let entries = model.entries.iter().map(|entry| entry.namespace.to_string());
        let hosts = model.entries.iter().flat_map(|entry| &entry.routes).flat_map(|route| &route.hosts);
        let peers = PEERS.iter().map(|peer| (*peer).to_owned());
        let declared = model.platform.network.peers.keys().map(Text::to_string);
        let known = entries.chain(peers).chain(declared).chain(hosts.map(ToString::to_string));
        UnknownPlace { name: name.to_owned(), known: known.collect() }
    }

    /// The host of a route; a single label is completed with the domain of the platform.
    fn host(&self, name: &str) -> Option<Text> {
        let full = format!("{name}.{}", &*self.model.platform.domain);
        // a variable in a host is in capitals
        let wanted = |host: &str| [name, &full].iter().any(|name| name.eq_ignore_ascii_case(host));
        let mut hosts =
            self.model.entries.iter().flat_map(|entry| &entry.routes).flat_map(|route| &route.hosts);
        hosts.find(|host| wanted(host.as_str())).map(|host| Text::copied(host.as_str()))
    }

    /// The namespaces that the platform refers to and no entry owns.
    fn other_namespaces(&self) -> impl Iterator<Item = &str> {
        let network = &self.model.platform.network;
        let peers = network.peers.values().filter_map(|peer| match peer {
            OutsideAddresses::Pods(pods) => Some(pods.namespace.as_str()),
            OutsideAddresses::Ranges(_) => None,
        });
        let targets =
            self.model.applications().filter_map(|application| application.target_namespace.as_ref());
        let targets = targets.map(Namespace::as_str);
        let own = [
            &network.dns.namespace,
            &network.ingress_controller.namespace,
            &self.model.platform.argocd.namespace,
        ];
        let controllers = network.more_controllers.iter().map(|peer| peer.namespace.as_str());
        own.map(Namespace::as_str).into_iter().chain(controllers).chain(peers).chain(targets)
    }

    /// The namespace of the pods of a place, if it is pods of one.
    pub fn namespace_of(&self, place: &Place<'_>) -> Option<Text> {
        match place {
            Place::Entry(entry) => Some(entry.namespace.to_text()),
            Place::Namespace(namespace) => Some(namespace.clone()),
            Place::Peer(name) => self.peer(name).pod().map(|pod| pod.namespace.clone()),
            Place::Host(_) | Place::Range(_) | Place::Name(_) => None,
        }
    }

    /// The end that a peer with this name is; nowhere if there is none.
    pub fn end_of_peer(&self, name: &str) -> End {
        self.peer(name)
    }

    pub(super) fn peer(&self, name: &str) -> End {
        let network = &self.model.platform.network;
        match name {
            "internet" => End::outside(internet(network)),
            "lan" => End::outside(Addresses::ranges(&network.lan)),
            "nodes" => End::Node(Addresses::ranges(&network.nodes)),
            "kube-apiserver" => {
                let addresses = network.api_server.iter().map(|address| IpNet::from(address.ip()));
                End::ApiServer(Addresses::ranges(&addresses.collect::<Vec<_>>()))
            }
            "dns" => pods(&network.dns),
            "ingress-controller" => self.controller(),
            "monitoring" => network.monitoring.as_ref().map_or_else(nowhere, pods),
            _ => match network.peers.get(name) {
                Some(OutsideAddresses::Pods(peer)) => pods(peer),
                Some(OutsideAddresses::Ranges(ranges)) => End::outside(Addresses::ranges(ranges)),
                None => nowhere(),
            },
        }
    }

    /// The ingress controllers with their names. Which of several serves a route is not part of the catalog.
    pub(super) fn controllers(&self) -> Vec<(String, End)> {
        let network = &self.model.platform.network;
        let within = |peer: &PodPeer| format!("in `{}`", peer.namespace);
        let first = match network.ingress_controller_place {
            ControllerPlace::Pods => within(&network.ingress_controller),
            ControllerPlace::Host => "in the host network".into(),
            ControllerPlace::Cilium => "of Cilium".into(),
        };
        let more = network.more_controllers.iter().map(|peer| (within(peer), pods(peer)));
        let all: Vec<_> = [(first, self.controller())].into_iter().chain(more).collect();
        if let [(_, only)] = all.as_slice() {
            return vec![("the ingress controller".into(), only.clone())];
        }
        all.into_iter().map(|(place, end)| (format!("the ingress controller {place}"), end)).collect()
    }

    /// The first ingress controller.
    fn controller(&self) -> End {
        let network = &self.model.platform.network;
        match network.ingress_controller_place {
            ControllerPlace::Pods => pods(&network.ingress_controller),
            ControllerPlace::Host => End::Node(Addresses::ranges(&network.nodes)),
            ControllerPlace::Cilium => End::CiliumIngress,
        }
    }
}

/// The end of a peer that the platform does not declare.
fn nowhere() -> End {
    End::outside(Addresses::default())
}

/// The addresses that count as internet.
pub(super) fn internet(network: &Network) -> Addresses {
    network.internet.iter().fold(Addresses::default(), |all, (range, except)| {
        all.union(&Addresses::range(range).minus(&Addresses::ranges(except)))
    })
}

/// An address or a range.
fn range(text: &str) -> Option<IpNet> {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    let single = address.parse::<IpAddr>().map(IpNet::from);
    single.ok().or_else(|| text.parse::<IpNet>().ok().map(|range| range.trunc()))
}

fn pods(peer: &PodPeer) -> End {
    let known = peer.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let labels = Labels { known, are_all: false };
    End::Pod(Pod { namespace: peer.namespace.to_text(), labels })
}
