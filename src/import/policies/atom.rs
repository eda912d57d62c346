//! What policies allow, one port at a time, and which lines of a catalog allow it.

use super::allowed::{Allowed, Grant, written};
use crate::model::{Direction, Network, OutsideAddresses, PodLabels, PodPeer};
use crate::value::{Text, Value};

/// The peer that is the pods of the same namespace, in the names of policies.
const SAME_NAMESPACE: &str = "same-namespace";

/// One connection that a policy allows. A line of an entry with one port is the same, as seen from its entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) struct Atom {
    /// The namespace of the policy, or of the entry.
    pub(in crate::import) namespace: Text,
    /// The direction.
    pub(in crate::import) direction: Direction,
    /// The peer, as it is part of the name of the policy.
    pub(in crate::import) peer: String,
    /// The pods of the namespace.
    pub(in crate::import) own: PodLabels,
    /// The pods of the peer.
    pub(in crate::import) pods: PodLabels,
    /// The address range or the name of the peer.
    pub(in crate::import) target: Option<Text>,
    /// What is open.
    pub(in crate::import) open: Open,
}

/// What is open between two ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Open {
    /// All ports.
    All,
    /// Echo requests.
    Ping,
    /// A port as the catalog writes it.
    Port(String),
}

/// What is allowed, one port at a time.
pub(in crate::import) fn atoms<'a>(allowed: &'a Allowed, namespace: &'a str) -> impl Iterator<Item = Atom> {
    allowed.grants.iter().flat_map(move |grant| {
        open(grant).into_iter().map(move |open| Atom {
            namespace: Text::copied(namespace),
            direction: allowed.direction,
            peer: allowed.peer.clone(),
            own: allowed.labels.clone(),
            pods: super::allowed::pod_labels(&grant.pods),
            target: grant.target.clone(),
            open,
        })
    })
}

fn open(grant: &Grant) -> Vec<Open> {
    if grant.ping {
        return vec![Open::Ping];
    }
    let port = |port: &Value| match port {
        Value::Int(number) => Some(Open::Port(number.to_string())),
        Value::Text(name) => Some(Open::Port(name.to_string())),
        _ => None,
    };
    if grant.ports.is_empty() { vec![Open::All] } else { grant.ports.iter().filter_map(port).collect() }
}

impl Atom {
    /// Whether it allows everything that the other one allows.
    pub(in crate::import) fn covers(&self, other: &Self) -> bool {
        let opens = self.open == other.open || self.open == Open::All && other.open != Open::Ping;
        opens && Self { open: other.open.clone(), ..self.clone() } == *other
    }

    /// Whether its peer is all pods of the cluster or of the namespace: other lines may follow from it.
    pub(in crate::import) fn is_wide(&self) -> bool {
        matches!(self.peer.as_str(), "anywhere" | "cluster" | SAME_NAMESPACE)
    }

    /// The grant of the line that it is.
    pub(super) fn grant(&self) -> Grant {
        let ports = match &self.open {
            Open::Port(port) => vec![written(port)],
            _ => Vec::new(),
        };
        Grant { pods: self.pods.to_map(), target: self.target.clone(), ports, ping: self.open == Open::Ping }
    }

    /// What a line that says this allows: the same, and the other side in the entries of its peer.
    pub(in crate::import) fn of_line(&self, network: &Network) -> Vec<Self> {
        let other = |namespace: &str, peer: &str, own: &PodLabels| Self {
            namespace: Text::copied(namespace),
            direction: self.direction.opposite(),
            peer: peer.to_owned(),
            own: own.clone(),
            pods: self.own.clone(),
            target: None,
            open: self.open.clone(),
        };
        let mut all = vec![self.clone()];
        if self.peer == SAME_NAMESPACE {
            all.push(other(&self.namespace, SAME_NAMESPACE, &self.pods));
        }
        let from = format!("namespace-{}", self.namespace);
        let others = self.peer_pods(network).into_iter();
        let others = others.filter(|(namespace, _)| *namespace != self.namespace.as_str());
        all.extend(others.map(|(namespace, own)| other(&namespace, &from, &own)));
        all
    }

    /// The same with peers that are pods by their namespace and labels, whatever they are called.
    pub(super) fn plain(&self, network: &Network) -> Vec<Self> {
        let is_pods = named(network).any(|(name, _)| name == self.peer);
        if !is_pods {
            return vec![self.clone()];
        }
        let pods = self.peer_pods(network).into_iter();
        let plain = |(namespace, pods)| Self { peer: format!("namespace-{namespace}"), pods, ..self.clone() };
        pods.map(plain).collect()
    }

    /// The lines that may allow this if its peer is known by its namespace and labels only: those that name
    /// the peer first.
    pub(super) fn plain_lines(&self, network: &Network) -> Vec<Self> {
        let namespace = self.peer.strip_prefix("namespace-").unwrap_or_default();
        let by_name = named(network).filter(|(_, pods)| pods.namespace.as_str() == namespace);
        let by_name = by_name.filter_map(|(peer, pods)| match &pods.labels {
            labels if labels.is_all() => Some(Self { peer, ..self.clone() }),
            labels => {
                (*labels == self.pods).then(|| Self { peer, pods: PodLabels::default(), ..self.clone() })
            }
        });
        by_name.chain(self.lines(network)).collect()
    }

    /// Whether it allows everything that the other one allows, also with a wider peer or more pods.
    pub(super) fn includes(&self, other: &Self) -> bool {
        let is_in_cluster = other.peer.starts_with("namespace-") || other.peer == SAME_NAMESPACE;
        let includes_peer = match self.peer.as_str() {
            "anywhere" => true,
            "cluster" if is_in_cluster => self.pods.covers(&other.pods),
            peer => peer == other.peer && self.target == other.target && self.pods.covers(&other.pods),
        };
        let opens = self.open == other.open || self.open == Open::All && other.open != Open::Ping;
        self.namespace == other.namespace
            && self.direction == other.direction
            && self.own.covers(&other.own)
            && opens
            && includes_peer
    }

    /// The pods of its peer, by their namespaces.
    fn peer_pods(&self, network: &Network) -> Vec<(String, PodLabels)> {
        if let Some(namespace) = self.peer.strip_prefix("namespace-") {
            return vec![(namespace.to_owned(), self.pods.clone())];
        }
        let of = |(_, pods): (String, &PodPeer)| {
            let labels = if pods.labels.is_all() { &self.pods } else { &pods.labels };
            (pods.namespace.to_string(), labels.clone())
        };
        named(network).filter(|(name, _)| *name == self.peer).map(of).collect()
    }

    /// The lines that may allow this, likely ones first: those of its own entry, and those of the entry that
    /// its peer is.
    pub(in crate::import) fn lines(&self, network: &Network) -> Vec<Self> {
        let of_peer = self.peer.strip_prefix("namespace-");
        let itself = (self.direction == Direction::Egress || of_peer.is_none()).then(|| self.clone());
        let other = |namespace: &str, peer: String, pods: PodLabels| Self {
            namespace: Text::copied(namespace),
            direction: self.direction.opposite(),
            peer,
            own: self.pods.clone(),
            pods,
            target: None,
            open: self.open.clone(),
        };
        let mut lines: Vec<_> = itself.into_iter().collect();
        if self.peer == SAME_NAMESPACE {
            lines.push(other(&self.namespace, SAME_NAMESPACE.to_owned(), self.own.clone()));
        }
        if let Some(namespace) = of_peer {
            if self.direction == Direction::Ingress {
                lines.push(other(namespace, format!("namespace-{}", self.namespace), self.own.clone()));
            }
            let own = named(network).filter(|(_, pods)| pods.namespace.as_str() == self.namespace.as_str());
            lines.extend(own.filter_map(|(name, pods)| match &pods.labels {
                labels if labels.is_all() => Some(other(namespace, name, self.own.clone())),
                labels => (*labels == self.own).then(|| other(namespace, name, PodLabels::default())),
            }));
        }
        lines
    }
}

/// The peers of the platform that are pods, by their names in policies.
pub(super) fn named(network: &Network) -> impl Iterator<Item = (String, &PodPeer)> {
    let built_in = [("dns", Some(&network.dns)), ("monitoring", network.monitoring.as_ref())];
    let built_in = built_in.into_iter().filter_map(|(name, pods)| Some((name.to_owned(), pods?)));
    let controllers = network.controllers().map(|pods| (super::controller::PEER.to_owned(), pods));
    let peers = network.peers.iter().filter_map(|(name, peer)| match peer {
        OutsideAddresses::Pods(pods) => Some((format!("peer-{name}"), pods)),
        OutsideAddresses::Ranges(_) => None,
    });
    built_in.chain(controllers).chain(peers)
}
